#include "picture_score.h"

#include <algorithm>
#include <cstdlib>

namespace tessera::conformance {
namespace {

using scene::Image;

constexpr int widened = 24; ///< levels beyond the neighbours that anti-aliasing may reach
constexpr int flatRange = 2;
constexpr int wrongColor = 4;

struct Range {
    int low = 255, high = 0;
};

Range neighbours(const Image& image, int x, int y, int channel)
{
    Range range;
    for (int j = std::max(0, y - 1); j <= std::min(image.heightPx - 1, y + 1); ++j) {
        for (int i = std::max(0, x - 1); i <= std::min(image.widthPx - 1, x + 1); ++i) {
            const int v = image.row(j)[i * 4 + channel];
            range.low = std::min(range.low, v);
            range.high = std::max(range.high, v);
        }
    }
    return range;
}

/// Whether a pixel of `drawn` lies outside what its place in `reference` allows.
bool isBeyond(const Image& reference, const Image& drawn, int x, int y)
{
    for (int channel = 0; channel < 4; ++channel) {
        const Range allowed = neighbours(reference, x, y, channel);
        const int v = drawn.row(y)[x * 4 + channel];
        if (v < allowed.low - widened || v > allowed.high + widened)
            return true;
    }
    return false;
}

bool isFlat(const Image& image, int x, int y)
{
    for (int channel = 0; channel < 4; ++channel) {
        const Range range = neighbours(image, x, y, channel);
        if (range.high - range.low > flatRange)
            return false;
    }
    return true;
}

} // namespace

Score compare(const Image& reference, const Image& drawn)
{
    if (reference.widthPx != drawn.widthPx || reference.heightPx != drawn.heightPx || reference.widthPx < 1)
        return {};
    const double pixels = double{1} * reference.widthPx * reference.heightPx;
    long beyond = 0, flat = 0, sum = 0;
    for (int y = 0; y < reference.heightPx; ++y) {
        for (int x = 0; x < reference.widthPx; ++x) {
            int most = 0;
            for (int channel = 0; channel < 4; ++channel) {
                const int difference = std::abs(int{reference.row(y)[x * 4 + channel]} - int{drawn.row(y)[x * 4 + channel]});
                sum += difference;
                most = std::max(most, difference);
            }
            if (most > widened && (isBeyond(reference, drawn, x, y) || isBeyond(drawn, reference, x, y)))
                ++beyond;
            else if (most > wrongColor && isFlat(reference, x, y) && isFlat(drawn, x, y))
                ++flat;
        }
    }
    return {static_cast<double>(beyond) / pixels, static_cast<double>(flat) / pixels, static_cast<double>(sum) / (pixels * 4)};
}

} // namespace tessera::conformance
