#pragma once

#include <cstddef>
#include <cstdint>

#include "pixel_source.h"

/// Source over along a row, four pixels at a time. The results are those of over() and scaled(), to the bit.
namespace tessera::cpu {

/// Coverage of a row of alpha columns: byte `row` of each word.
struct RowAlphas {
    const std::uint32_t* columns;
    int row;
    [[nodiscard]] std::uint32_t at(std::size_t x) const { return (columns[x] >> (8 * row)) & 255; }
};

void blendColor(Pixel* out, std::size_t count, Pixel color);
void blendColor(Pixel* out, std::size_t count, Pixel color, RowAlphas alphas);
void blendPixels(Pixel* out, std::size_t count, const Pixel* source);
void blendPixels(Pixel* out, std::size_t count, const Pixel* source, RowAlphas alphas);
void blendPixels(Pixel* out, std::size_t count, const Pixel* source, std::uint32_t opacity);

} // namespace tessera::cpu
