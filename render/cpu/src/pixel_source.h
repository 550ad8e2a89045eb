#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <render/strips/frame.h>

namespace tessera::cpu {

/// Premultiplied RGBA in memory order, red in the lowest byte.
using Pixel = std::uint32_t;

/// Channel-wise p * m / 255, rounded; m is 0..255.
[[nodiscard]] inline Pixel scaled(Pixel p, std::uint32_t m)
{
    std::uint32_t even = (p & 0x00ff00ff) * m + 0x00800080;
    std::uint32_t odd = ((p >> 8) & 0x00ff00ff) * m + 0x00800080;
    even = ((even + ((even >> 8) & 0x00ff00ff)) >> 8) & 0x00ff00ff;
    odd = (odd + ((odd >> 8) & 0x00ff00ff)) & 0xff00ff00;
    return even | odd;
}

/// Source over, both premultiplied.
[[nodiscard]] inline Pixel over(Pixel source, Pixel below) { return source + scaled(below, 255 - (source >> 24)); }

[[nodiscard]] inline Pixel toPixel(const float (&premultiplied)[4])
{
    Pixel p = 0;
    for (int i = 0; i < 4; ++i)
        p |= static_cast<Pixel>(premultiplied[i] * 255 + 0.5f) << (8 * i);
    return p;
}

/// Colours of one paint, a row at a time; the definitions in render/strips/frame.h.
class PixelSource
{
public:
    virtual ~PixelSource() = default;
    /// `count` pixels from (x, y) to the right, to every `stride`th place of `out`.
    virtual void fill(int x, int y, Pixel* out, std::size_t count, std::size_t stride) = 0;
};

/// For every kind but solid. The frame must outlive it.
[[nodiscard]] std::unique_ptr<PixelSource> makePixelSource(const strips::Frame& frame, const strips::FramePaint& paint);

} // namespace tessera::cpu
