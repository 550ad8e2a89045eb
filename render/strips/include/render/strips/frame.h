#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <render/scene/display_list.h>
#include <render/strips/coverage.h>

/// A display list seen through a view, ready to be composed: the input of the CPU and the Vulkan back end. All geometry
/// is done: strokes are strips, clips are multiplied into the strips, so a back end fills spans and composes layers.
///
/// A back end starts from the background colour (premultiplied; usually transparent) and runs `commands` in order.
/// draw: for every pixel of the command's spans, source over: dst = src * m + dst * (1 - srcAlpha * m), with m the
/// span's coverage / 255 and src the paint's premultiplied colour at the pixel's centre, its opacity included.
/// pushLayer: draws go to a new transparent layer over `bounds`. popLayer: the layer goes through its effects, then onto
/// what is below it with m = opacity, times the coverage of the command's spans where it has any, and its blend mode (CSS
/// compositing level 1; normal is source over). pushMask is a pushLayer whose popMask multiplies the layer below it by the
/// mask's alpha, or by (54 r + 183 g + 19 b) / 256 of its premultiplied values; outside of the mask's bounds that is zero.
/// Layers nest and every push has its pop. Blending is in sRGB-encoded values, 8 bits per channel,
/// rounded to nearest; back ends agree within 2/255 (3/255 under gradients and images).
namespace tessera::strips {

enum class PaintKind : std::uint32_t { solid = 0, linearGradient = 1, radialGradient = 2, image = 3, angularGradient = 4, diamondGradient = 5, picture = 6 };

/// Laid out so that it may be copied to a GPU buffer as it is (80 bytes; std430: vec4, vec4, vec2, then scalars).
struct FramePaint {
    float color[4]{};         ///< solid: premultiplied, opacity included
    /// Pixel centre (x + 0.5, y + 0.5) to paint space: gx = m[0] x + m[2] y + m[4], gy = m[1] x + m[3] y + m[5].
    /// Gradients: unit gradient space. Images: image pixels.
    float fromDevice[6]{1, 0, 0, 1, 0, 0};
    float opacity = 1;        ///< gradient, image: multiplies the premultiplied colour
    PaintKind kind = PaintKind::solid;
    std::uint32_t firstStop{}; ///< gradient: range of Frame::stops
    std::uint32_t stopCount{};
    std::uint32_t image{};     ///< image: index into Frame::images; picture: into Frame::pictures, then as an image
    std::uint32_t repeat{};    ///< image, picture: 1 repeats, 0 clamps to the edge pixels
    std::uint32_t spread{};   ///< gradient: scene::GradientSpread
    float focus[2]{};         ///< radial: focal point in the circle's space, p = 2 (g - (0.5, 0.5)); |focus| < |1 - focusRadius|
    float focusRadius{};      ///< radial: in that space
};
static_assert(sizeof(FramePaint) == 80);

/// Unpremultiplied; interpolated unpremultiplied, then premultiplied. t before the first stop takes the first, after
/// the last the last; of stops at one offset the last one counts from there on. t of each kind: scene::Gradient; reflected
/// or repeated t: the distance to the nearest even number, the fraction.
struct FrameStop {
    float color[4]{};
    float offset{};
    float reserved[3]{};
};

enum class CommandKind : std::uint8_t { draw, pushLayer, popLayer, pushMask, popMask };

inline constexpr std::uint32_t noEffects = 0xffffffff;

struct Command {
    CommandKind kind = CommandKind::draw;
    scene::BlendMode blend = scene::BlendMode::normal; ///< popLayer; pushLayer says the same
    bool luminance = false;    ///< popMask; pushMask says the same
    std::uint32_t firstSpan{}; ///< draw; popLayer: a clip, when there are any
    std::uint32_t spanCount{};
    std::uint32_t paint{};     ///< draw: index into Frame::paints
    float opacity = 1;         ///< popLayer; pushLayer says the same
    std::uint32_t effects = noEffects; ///< pushLayer, popLayer: index into Frame::effects
    /// Pixels that may change. Of a layer with effects, pushLayer: all that the effects look at, which may reach outside the
    /// frame; popLayer: what becomes visible, within that.
    PixelRect bounds;
};

struct Frame;

/// What one primitive of a filter shows: an image, or a picture of as many device px as the primitive's area has.
struct FilterPicture {
    std::size_t effect{};    ///< index into FrameEffects::effects
    std::size_t primitive{}; ///< index into its filter's primitives
    scene::ImageRef image;
    std::shared_ptr<const Frame> picture; ///< when there is no image
};

/// What a layer goes through. Never empty; unknown and invisible effects are left out.
struct FrameEffects {
    std::vector<scene::Effect> effects;
    Transform toDevice; ///< the effects' space to device px
    std::vector<FilterPicture> pictures;
};

/// Bilinear sampling of images: texel centres at half integers, that is, the four texels around g - 0.5 weighted by its
/// fraction, on premultiplied values. Images are already reduced (box filter, halves) so that one device pixel spans
/// less than two texels.
struct Frame {
    int widthPx{};
    int heightPx{};
    std::vector<Command> commands;
    std::vector<Span> spans;             ///< alphaColumn refers to `alphas` below
    std::vector<std::uint32_t> alphas;
    std::vector<FramePaint> paints;
    std::vector<FrameStop> stops;
    std::vector<FrameEffects> effects;
    std::vector<std::shared_ptr<const Frame>> pictures; ///< composed on transparent before they are drawn: cells of patterns
    std::vector<scene::ImageRef> images; ///< equal pointers are equal images; hold the pointer to cache by it
};

/// Keeps coverage of items that stay where they are, or move by whole pixels, between frames. One thread at a time.
class FrameBuilder
{
public:
    FrameBuilder();
    ~FrameBuilder();
    FrameBuilder(FrameBuilder&&) noexcept;
    FrameBuilder& operator=(FrameBuilder&&) noexcept;

    /// `view` sizes outside 1..maxDevicePx give an empty frame of size 0. A region limits the drawing to some pixels,
    /// which come out as in the whole frame; where there is background blur, what it looks at around them is drawn too.
    [[nodiscard]] Frame build(const scene::DisplayList& list, const scene::View& view);
    [[nodiscard]] Frame build(const scene::DisplayList& list, const scene::View& view, const PixelRect& region);
    /// Takes back a frame that is no longer needed: the next one is built in its memory.
    void recycle(Frame frame);
    /// Drops the coverage that is kept, as if nothing had been drawn before.
    void forgetGeometry();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::strips
