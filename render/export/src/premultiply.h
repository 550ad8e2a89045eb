#pragma once

#include <string>

#include <render/export/codecs.h>

namespace tessera::exports {

[[nodiscard]] inline bool fits(std::int64_t width, std::int64_t height, const ImageLimits& limits)
{
    return width >= 1 && height >= 1 && width <= limits.maxSidePx && height <= limits.maxSidePx &&
           width * height <= limits.maxPixels;
}

[[nodiscard]] inline ImageError tooLarge(const char* format, std::int64_t width, std::int64_t height)
{
    return {ImageErrc::tooLarge, format, std::to_string(width) + " x " + std::to_string(height) + " px"};
}

/// In place, rounded.
void premultiply(scene::Image& image);
/// Rounded; fully transparent pixels become zero. Rows are packed.
[[nodiscard]] scene::Image unpremultiplied(const scene::Image& image);

} // namespace tessera::exports
