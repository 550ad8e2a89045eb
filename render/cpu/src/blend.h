#pragma once

#include <cstddef>
#include <cstdint>

#include "pixel_source.h"

/// Source over along a strip, a column of four pixels at a time (surface.h has the order). `alphas`: the coverage of each
/// column, as in strips::Coverage. The results are those of over() and scaled(), to the bit.
namespace tessera::cpu {

void blendColor(Pixel* out, std::size_t columns, Pixel color);
void blendColor(Pixel* out, std::size_t columns, Pixel color, const std::uint32_t* alphas);
void blendPixels(Pixel* out, std::size_t columns, const Pixel* source);
void blendPixels(Pixel* out, std::size_t columns, const Pixel* source, const std::uint32_t* alphas);
/// The source times opacity / 255.
void blendPixels(Pixel* out, std::size_t columns, const Pixel* source, std::uint32_t opacity);

} // namespace tessera::cpu
