#pragma once

#include <core/base/color.h>
#include <core/document/filter.h>

#include "pixel_view.h"

/// Colour arithmetic of filters. Safe on any thread.
namespace tessera::cpu {

enum class ColorSpace : std::uint8_t { encoded, linear }; ///< sRGB's curve or linear light, 8 bits both

void convert(PixelView picture, ColorSpace from, ColorSpace to);
/// Premultiplied, rounded.
[[nodiscard]] Pixel toPixel(const Color& color, ColorSpace space);

void applyMatrix(PixelView picture, const document::ColorMatrixFilter& matrix);
void applyTransfer(PixelView picture, const document::ComponentTransferFilter& transfer);

/// Bytes c / a of premultiplied pixels, rounded, alpha kept; and back.
[[nodiscard]] Pixel unpremultiplied(Pixel p);
[[nodiscard]] Pixel premultiplied(Pixel p);

} // namespace tessera::cpu
