#pragma once

#include <core/base/color.h>
#include <render/scene/display_list.h>
#include <render/scene/image.h>
#include <render/strips/frame.h>

/// The CPU back end: composes a strips::Frame into pixels. Always there, always the same bytes.
namespace tessera::cpu {

/// Composes onto `background` (unpremultiplied; transparent by default). Pure; safe on any thread.
[[nodiscard]] scene::Image compose(const strips::Frame& frame, const Color& background = {0, 0, 0, 0});

/// A layer of a frame, all its content and effects done, before its opacity, blend mode and clip.
struct ComposedLayer {
    scene::Image pixels;
    strips::PixelRect bounds; ///< device px
    std::size_t pop{};        ///< index of its popLayer
};
/// `push`: index of a pushLayer. For back ends that leave effects to this one; a background blur finds nothing to blur.
[[nodiscard]] ComposedLayer composeLayer(const strips::Frame& frame, std::size_t push);

/// Display list to pixels; keeps geometry between frames. One thread at a time. Nothing fails: a view without pixels
/// gives an empty image.
class Renderer
{
public:
    [[nodiscard]] scene::Image render(const scene::DisplayList& list, const scene::View& view,
                                      const Color& background = {0, 0, 0, 0});

private:
    strips::FrameBuilder m_frames;
};

} // namespace tessera::cpu
