#pragma once

#include <cstddef>
#include <vector>

#include "pixel_source.h"

namespace tessera::cpu {

/// Rows of premultiplied pixels without gaps. Does not own them.
struct PixelView {
    Pixel* pixels{};
    int width{};
    int height{};
    [[nodiscard]] Pixel* row(int y) const { return pixels + static_cast<std::size_t>(y) * static_cast<std::size_t>(width); }
    [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
};

/// The same, owned; transparent at first.
class Picture
{
public:
    Picture(int width, int height) : m_pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)), m_width(width), m_height(height) {}
    [[nodiscard]] int width() const { return m_width; }
    [[nodiscard]] int height() const { return m_height; }
    [[nodiscard]] Pixel* row(int y) { return m_pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width); }
    [[nodiscard]] const Pixel* row(int y) const { return m_pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(m_width); }
    [[nodiscard]] std::vector<Pixel>& pixels() { return m_pixels; }
    [[nodiscard]] const std::vector<Pixel>& pixels() const { return m_pixels; }
    [[nodiscard]] PixelView view() { return {m_pixels.data(), m_width, m_height}; }

private:
    std::vector<Pixel> m_pixels;
    int m_width;
    int m_height;
};

/// Channel of a pixel, 0 red to 3 alpha.
[[nodiscard]] inline std::uint32_t channelOf(Pixel p, int channel) { return (p >> (8 * channel)) & 255; }

[[nodiscard]] inline Pixel packed(std::uint32_t r, std::uint32_t g, std::uint32_t b, std::uint32_t a) { return r | g << 8 | b << 16 | a << 24; }

/// 0..1 to a byte, rounded; NaN is 0.
[[nodiscard]] inline std::uint32_t toByte(float unit) { return unit > 0 ? unit < 1 ? static_cast<std::uint32_t>(unit * 255 + 0.5f) : 255 : 0; }

} // namespace tessera::cpu
