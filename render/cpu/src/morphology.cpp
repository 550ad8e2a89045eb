#include "morphology.h"

#include <algorithm>
#include <cstring>

namespace tessera::cpu {
namespace {

constexpr int lanes = 32; ///< bytes of lines side by side

template <Extreme which> void into(std::uint8_t* to, const std::uint8_t* a, const std::uint8_t* b)
{
    for (int l = 0; l < lanes; ++l)
        to[l] = which == Extreme::largest ? std::max(a[l], b[l]) : std::min(a[l], b[l]);
}

/// van Herk and Gil-Werman: the line is cut into pieces as long as the window; within a piece the extremes from its start
/// and from its end are known, and every window is the end of one piece and the start of the next.
/// `line` has `window` - 1 samples around `count`.
template <Extreme which> void windowExtremes(const std::vector<std::uint8_t>& line, std::vector<std::uint8_t>& out, int count, int window)
{
    const int total = count + window - 1;
    std::vector<std::uint8_t> fromStart(line), fromEnd(line);
    const auto at = [](auto& v, int i) { return v.data() + static_cast<std::size_t>(i) * lanes; };
    for (int i = 1; i < total; ++i) {
        if (i % window != 0)
            into<which>(at(fromStart, i), at(fromStart, i), at(fromStart, i - 1));
    }
    for (int i = total - 2; i >= 0; --i) {
        if (i % window != window - 1)
            into<which>(at(fromEnd, i), at(fromEnd, i), at(fromEnd, i + 1));
    }
    for (int i = 0; i < count; ++i)
        into<which>(at(out, i), at(fromEnd, i), at(fromStart, i + window - 1));
}

struct Lines {
    std::uint8_t* data;
    std::ptrdiff_t along, across;
    int count, lineCount, channels;
};

void lineExtremes(const Lines& lines, Extreme which, Window window)
{
    // A window that covers the line from everywhere may as well be that long.
    const int before = std::min(window.before, lines.count), after = std::min(window.after, lines.count);
    const int size = before + after + 1;
    if (size <= 1)
        return;
    const int block = lanes / lines.channels;
    const auto bytes = static_cast<std::size_t>(lines.channels);
    std::vector<std::uint8_t> in(static_cast<std::size_t>(lines.count + size - 1) * lanes),
        out(static_cast<std::size_t>(lines.count) * lanes);
    for (int first = 0; first < lines.lineCount; first += block) {
        const int here = std::min(block, lines.lineCount - first);
        std::uint8_t* corner = lines.data + first * lines.across;
        for (int i = 0; i < lines.count; ++i) {
            for (int j = 0; j < here; ++j)
                std::memcpy(&in[static_cast<std::size_t>((i + before) * lanes + j * lines.channels)],
                            corner + i * lines.along + j * lines.across, bytes);
        }
        which == Extreme::largest ? windowExtremes<Extreme::largest>(in, out, lines.count, size)
                                  : windowExtremes<Extreme::smallest>(in, out, lines.count, size);
        for (int i = 0; i < lines.count; ++i) {
            for (int j = 0; j < here; ++j)
                std::memcpy(corner + i * lines.along + j * lines.across,
                            &out[static_cast<std::size_t>(i * lanes + j * lines.channels)], bytes);
        }
    }
}

void extremesOfBytes(std::uint8_t* bytes, int width, int height, int channels, Extreme which, Window x, Window y)
{
    if (width < 1 || height < 1)
        return;
    const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(width) * channels;
    lineExtremes({bytes, channels, stride, width, height, channels}, which, x);
    lineExtremes({bytes, stride, channels, height, width, channels}, which, y);
}

} // namespace

void extremes(PixelView picture, Extreme which, Window x, Window y)
{
    extremesOfBytes(reinterpret_cast<std::uint8_t*>(picture.pixels), picture.width, picture.height, 4, which, x, y);
}

void extremesOfMask(std::uint8_t* mask, int width, int height, Extreme which, Window x, Window y)
{
    extremesOfBytes(mask, width, height, 1, which, x, y);
}

} // namespace tessera::cpu
