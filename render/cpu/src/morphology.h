#pragma once

#include <cstdint>

#include "pixel_view.h"

/// Largest or smallest value around each pixel, channel by channel; beyond the edges all is 0. Cost per pixel does not grow
/// with the window.
namespace tessera::cpu {

enum class Extreme : std::uint8_t { smallest, largest };

/// The window: from `before` px before a pixel to `after` px behind it, along each axis.
struct Window {
    int before{};
    int after{};
};

void extremes(PixelView picture, Extreme which, Window x, Window y);
void extremesOfMask(std::uint8_t* mask, int width, int height, Extreme which, Window x, Window y);

} // namespace tessera::cpu
