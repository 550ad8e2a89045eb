#pragma once

#include <cstdint>
#include <vector>

#include <core/base/geometry.h>
#include <core/document/node.h>

/// Sparse strips: how much of each device pixel a shape covers, stored only where it is not zero. docs/decisions/0003.
///
/// Format. The picture is cut into rows of 4 pixels. A span covers `width` columns of one row, 4 pixels each, from
/// pixel (x, y), y a multiple of 4. A solid span covers all its pixels fully. Of any other, column c of the span (0 the
/// leftmost) has its four coverages in alphas[alphaColumn + c], one byte each, 0..255, the lowest byte the topmost
/// pixel. Spans of one Coverage are sorted by (y, x) and never overlap; all lie within [0, width) of the area they were
/// made for. The last row may reach up to 3 pixels below an area whose height is no multiple of 4: clip there.
namespace tessera::strips {

inline constexpr int stripHeightPx = 4;
inline constexpr std::uint32_t solidSpan = 0xffffffff; ///< value of alphaColumn
inline constexpr int maxDevicePx = 32767;              ///< largest width and height of a device area

/// 16 bytes, in this order: fit to be a GPU instance as it is.
struct Span {
    std::int32_t x{};
    std::int32_t y{};
    std::uint32_t width{};
    std::uint32_t alphaColumn = solidSpan;
    friend bool operator==(const Span&, const Span&) = default;
};

struct Coverage {
    std::vector<Span> spans;
    std::vector<std::uint32_t> alphas;
    [[nodiscard]] bool isEmpty() const { return spans.empty(); }
    friend bool operator==(const Coverage&, const Coverage&) = default;
};

/// Device pixels, half open.
struct PixelRect {
    int x0{}, y0{}, x1{}, y1{};
    [[nodiscard]] bool isEmpty() const { return x1 <= x0 || y1 <= y0; }
    [[nodiscard]] int width() const { return x1 - x0; }
    [[nodiscard]] int height() const { return y1 - y0; }
    friend bool operator==(const PixelRect&, const PixelRect&) = default;
};
[[nodiscard]] PixelRect intersected(const PixelRect& a, const PixelRect& b);
/// Every pixel that the rectangle touches.
[[nodiscard]] PixelRect pixelsTouched(const Rect& rectDevice);

/// Product of two coverages: a clip. Pure.
[[nodiscard]] Coverage intersected(const Coverage& a, const Coverage& b);
/// a times one minus b.
[[nodiscard]] Coverage subtracted(const Coverage& a, const Coverage& b);
/// The part within whole pixels.
[[nodiscard]] Coverage cropped(const Coverage& a, const PixelRect& to);
/// Sum over all pixels, in 1/255 pixels: for tests and statistics.
[[nodiscard]] std::uint64_t totalAlpha(const Coverage& a);
/// One byte per pixel of `area`, row by row.
[[nodiscard]] std::vector<std::uint8_t> expanded(const Coverage& a, const PixelRect& area);

} // namespace tessera::strips
