#pragma once

#include <cstddef>

#include <render/strips/frame.h>

#include "blend.h"

namespace tessera::cpu {

/// Pixels of a layer onto what is below, CSS compositing level 1: source times opacity / 255, and times the coverage of their
/// columns (blend.h) where it is not null. Not for normal, which blend.h does faster. Within 1 level of exact arithmetic.
void blendPixels(Pixel* out, std::size_t count, const Pixel* source, std::uint32_t opacity, scene::BlendMode mode,
                 const std::uint32_t* alphas = nullptr);

} // namespace tessera::cpu
