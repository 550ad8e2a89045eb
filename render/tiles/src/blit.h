#pragma once

#include <cstdint>

#include <render/scene/image.h>
#include <render/strips/coverage.h>

/// Pixels from one image to another, four bytes each, of any meaning.
namespace tessera::tiles {

using strips::PixelRect;

/// Of `to`; the rectangle lies within it.
void fillPixels(scene::Image& to, const PixelRect& rect, std::uint32_t pixel);
/// `rect` of `from` to (x, y) of `to`; both hold all of it.
void copyPixels(const scene::Image& from, const PixelRect& rect, scene::Image& to, int x, int y);
/// For each pixel (x, y) of `rect`, which lies within `to`: the pixel of `from` that has the point
/// ((x + 0.5 + offsetX) * factor, (y + 0.5 + offsetY) * factor), or the one nearest it.
void scalePixels(const scene::Image& from, double factor, double offsetX, double offsetY, scene::Image& to, const PixelRect& rect);
/// All of `from`, premultiplied, over what is at (x, y) of `to`, which holds it. Alpha is each pixel's last byte.
void blendPixels(const scene::Image& from, scene::Image& to, int x, int y);
/// All pixels are equal to the first one.
[[nodiscard]] bool hasOneColor(const scene::Image& image);
[[nodiscard]] std::uint32_t pixelAt(const scene::Image& image, int x, int y);

} // namespace tessera::tiles
