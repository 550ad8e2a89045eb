#pragma once

#include <vector>

#include <core/base/color.h>
#include <render/scene/display_list.h>
#include <render/scene/image.h>
#include <render/strips/frame.h>

/// The CPU back end: composes a strips::Frame into pixels. Always there, always the same bytes.
namespace tessera::cpu {

/// Composes onto `background` (unpremultiplied; transparent by default). Pure; safe on any thread.
[[nodiscard]] scene::Image compose(const strips::Frame& frame, const Color& background = {0, 0, 0, 0});

/// The same into an image of the frame's size, of which only the rows from `firstRow` to before `endRow` are written. Parts of
/// one image that share no row may be composed at the same time.
void composeRows(const strips::Frame& frame, const Color& background, int firstRow, int endRow, scene::Image& out);

/// A layer of a frame, all its content and effects done, before its opacity, blend mode and clip.
struct ComposedLayer {
    scene::Image pixels;
    strips::PixelRect bounds; ///< device px
    std::size_t pop{};        ///< index of its popLayer
};
/// `push`: index of a pushLayer. For back ends that leave effects to this one; a background blur finds nothing to blur.
[[nodiscard]] ComposedLayer composeLayer(const strips::Frame& frame, std::size_t push);

/// Display list to pixels; keeps geometry between frames. One caller at a time. Nothing fails: a view without pixels gives
/// an empty image.
class Renderer
{
public:
    /// With several threads each draws some of the rows, about as much work as the others. The pixels are the same.
    explicit Renderer(int threads = 1);
    /// `memory`: an image whose memory the result may take.
    [[nodiscard]] scene::Image render(const scene::DisplayList& list, const scene::View& view,
                                      const Color& background = {0, 0, 0, 0}, scene::Image memory = {});
    /// A picture of the view's size, of which only the pixels of `region` are drawn, as in the whole. On one thread where that is
    /// a part of the view.
    [[nodiscard]] scene::Image renderRegion(const scene::DisplayList& list, const scene::View& view, const strips::PixelRect& region,
                                            const Color& background = {0, 0, 0, 0});
    /// Drops what is kept between frames.
    void forgetGeometry();

private:
    std::vector<strips::FrameBuilder> m_frames; ///< one for each thread
};

} // namespace tessera::cpu
