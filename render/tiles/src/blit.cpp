#include "blit.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <vector>

namespace tessera::tiles {
namespace {

constexpr std::size_t pixelBytes = 4;

std::size_t bytesOf(int pixels) { return static_cast<std::size_t>(pixels) * pixelBytes; }

[[maybe_unused]] bool holds(const scene::Image& image, const PixelRect& rect)
{
    return rect.isEmpty() || (rect.x0 >= 0 && rect.y0 >= 0 && rect.x1 <= image.widthPx && rect.y1 <= image.heightPx);
}

/// Of the pixel whose centre is `position` less a half, along one axis of the source.
int nearest(int position, double factor, double offset, int size)
{
    return static_cast<int>(std::clamp(std::floor((position + 0.5 + offset) * factor), 0.0, size - 1.0));
}

} // namespace

std::uint32_t pixelAt(const scene::Image& image, int x, int y)
{
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, image.row(y) + bytesOf(x), pixelBytes);
    return pixel;
}

void fillPixels(scene::Image& to, const PixelRect& rect, std::uint32_t pixel)
{
    assert(holds(to, rect));
    if (rect.isEmpty())
        return;
    std::uint8_t* first = to.row(rect.y0) + bytesOf(rect.x0);
    for (int x = 0; x < rect.width(); ++x)
        std::memcpy(first + bytesOf(x), &pixel, pixelBytes);
    for (int y = rect.y0 + 1; y < rect.y1; ++y)
        std::memcpy(to.row(y) + bytesOf(rect.x0), first, bytesOf(rect.width()));
}

void copyPixels(const scene::Image& from, const PixelRect& rect, scene::Image& to, int x, int y)
{
    assert(holds(from, rect) && holds(to, {x, y, x + rect.width(), y + rect.height()}));
    for (int row = 0; row < rect.height(); ++row)
        std::memcpy(to.row(y + row) + bytesOf(x), from.row(rect.y0 + row) + bytesOf(rect.x0), bytesOf(rect.width()));
}

void scalePixels(const scene::Image& from, double factor, double offsetX, double offsetY, scene::Image& to, const PixelRect& rect)
{
    assert(holds(to, rect));
    if (rect.isEmpty())
        return;
    std::vector<int> columns(static_cast<std::size_t>(rect.width()));
    for (int x = 0; x < rect.width(); ++x)
        columns[static_cast<std::size_t>(x)] = nearest(rect.x0 + x, factor, offsetX, from.widthPx);
    int before = -1;
    for (int y = rect.y0; y < rect.y1; ++y) {
        const int row = nearest(y, factor, offsetY, from.heightPx);
        std::uint8_t* out = to.row(y) + bytesOf(rect.x0);
        if (row == before) {
            std::memcpy(out, out - to.strideBytes, bytesOf(rect.width()));
            continue;
        }
        before = row;
        const std::uint8_t* in = from.row(row);
        for (const int column : columns) {
            std::memcpy(out, in + bytesOf(column), pixelBytes);
            out += pixelBytes;
        }
    }
}

void blendPixels(const scene::Image& from, scene::Image& to, int x, int y)
{
    assert(holds(to, {x, y, x + from.widthPx, y + from.heightPx}));
    for (int row = 0; row < from.heightPx; ++row) {
        const std::uint8_t* in = from.row(row);
        std::uint8_t* out = to.row(y + row) + bytesOf(x);
        for (int i = 0; i < from.widthPx; ++i, in += pixelBytes, out += pixelBytes) {
            const unsigned left = 255u - in[3];
            if (left == 255)
                continue;
            for (std::size_t channel = 0; channel < pixelBytes; ++channel) {
                const unsigned below = out[channel] * left + 128; // divided by 255 and rounded
                out[channel] = static_cast<std::uint8_t>(std::min(255u, in[channel] + ((below + (below >> 8)) >> 8)));
            }
        }
    }
}

bool hasOneColor(const scene::Image& image)
{
    if (image.widthPx < 1 || image.heightPx < 1)
        return true;
    // Every pixel equals the one before it, and every row the first.
    if (std::memcmp(image.row(0), image.row(0) + pixelBytes, bytesOf(image.widthPx - 1)) != 0)
        return false;
    for (int y = 1; y < image.heightPx; ++y) {
        if (std::memcmp(image.row(y), image.row(0), bytesOf(image.widthPx)) != 0)
            return false;
    }
    return true;
}

} // namespace tessera::tiles
