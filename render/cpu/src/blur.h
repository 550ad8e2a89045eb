#pragma once

#include <cstdint>

#include "pixel_view.h"

/// Gaussian blur, axis by axis, of rows without gaps; beyond the edges all is 0, after each box again. Below 2 px of standard
/// deviation by the Gaussian's own weights, from there on by boxes (Filter Effects, section 9.13): five, as in resvg, which
/// come nearer to the Gaussian than the three that the specification suggests. Cost per pixel does not grow with the blur,
/// and pixels farther than four standard deviations and 2 px do not change a result by one bit.
namespace tessera::cpu {

/// Standard deviations in px; what is not above 0 leaves its axis alone.
void blur(PixelView picture, double sigmaX, double sigmaY);
void blurMask(std::uint8_t* mask, int width, int height, double sigmaX, double sigmaY);

} // namespace tessera::cpu
