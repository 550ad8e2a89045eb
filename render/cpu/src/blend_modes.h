#pragma once

#include <cstddef>

#include <render/strips/frame.h>

#include "blend.h"

namespace tessera::cpu {

/// A row of a layer onto what is below, CSS compositing level 1: source times opacity / 255, and times the coverage where
/// there is one. Not for normal, which blend.h does faster. Within 1 level of exact arithmetic.
void blendPixels(Pixel* out, std::size_t count, const Pixel* source, std::uint32_t opacity, scene::BlendMode mode);
void blendPixels(Pixel* out, std::size_t count, const Pixel* source, std::uint32_t opacity, scene::BlendMode mode, RowAlphas alphas);

} // namespace tessera::cpu
