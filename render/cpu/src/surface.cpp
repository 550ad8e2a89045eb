#include "surface.h"

#include <algorithm>
#include <cstring>

namespace tessera::cpu {
namespace {

using strips::PixelRect;
using strips::stripHeightPx;

// A vector type of both compilers: four pixels of a column or of a row.
using Four = Pixel __attribute__((vector_size(16)));

Four load(const void* from)
{
    Four four;
    std::memcpy(&four, from, sizeof four);
    return four;
}

void store(void* to, Four four) { std::memcpy(to, &four, sizeof four); }

/// Four columns to four rows, or back.
void transpose(Four (&v)[4])
{
    const Four a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5), b = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
    const Four c = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7), d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
    v[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
    v[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
    v[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
    v[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

/// Rows of a strip within first..end.
struct Rows {
    int first, end;
    [[nodiscard]] bool isWhole() const { return first == 0 && end == stripHeightPx; }
};
Rows rowsOf(int strip, int first, int end) { return {std::max(0, first - strip), std::min(stripHeightPx, end - strip)}; }

} // namespace

Surface::Surface(const PixelRect& bounds) : m_bounds(bounds)
{
    m_firstRow = m_endRow = stripOf(m_bounds.y0);
    if (m_bounds.isEmpty()) {
        m_bounds = {bounds.x0, bounds.y0, bounds.x0, bounds.y0};
        return;
    }
    m_endRow = stripOf(m_bounds.y1 + stripHeightPx - 1);
    m_pixels.resize(indexOf(m_bounds.x0, m_endRow));
}

Surface::Surface(const scene::Image& image, const PixelRect& bounds) : Surface(bounds)
{
    const auto rowAt = [&](int y) { return image.row(y - m_bounds.y0); };
    for (int strip = m_firstRow; strip < m_endRow; strip += stripHeightPx) {
        const Rows rows = rowsOf(strip, m_bounds.y0, m_bounds.y1);
        Pixel* out = column(m_bounds.x0, strip);
        int x = 0;
        for (; rows.isWhole() && x + 4 <= m_bounds.width(); x += 4) {
            Four v[4];
            for (int row = 0; row < 4; ++row)
                v[row] = load(rowAt(strip + row) + x * 4);
            transpose(v);
            for (int i = 0; i < 4; ++i)
                store(out + (x + i) * 4, v[i]);
        }
        for (int row = rows.first; row < rows.end; ++row) {
            for (int i = x; i < m_bounds.width(); ++i)
                std::memcpy(out + i * stripHeightPx + row, rowAt(strip + row) + i * 4, sizeof(Pixel));
        }
    }
}

void Surface::fill(Pixel color) { std::fill(m_pixels.begin(), m_pixels.end(), color); }

void Surface::copyTo(scene::Image& image, const PixelRect& part, int left, int top) const
{
    const PixelRect p = intersected(part, m_bounds);
    if (p.isEmpty())
        return;
    const auto rowAt = [&](int y) { return image.row(y - top) + static_cast<std::ptrdiff_t>(p.x0 - left) * 4; };
    for (int strip = stripOf(p.y0); strip < p.y1; strip += stripHeightPx) {
        const Rows rows = rowsOf(strip, p.y0, p.y1);
        const Pixel* from = column(p.x0, strip);
        int x = 0;
        for (; rows.isWhole() && x + 4 <= p.width(); x += 4) {
            Four v[4];
            for (int i = 0; i < 4; ++i)
                v[i] = load(from + (x + i) * 4);
            transpose(v);
            for (int row = 0; row < 4; ++row)
                store(rowAt(strip + row) + x * 4, v[row]);
        }
        for (int row = rows.first; row < rows.end; ++row) {
            for (int i = x; i < p.width(); ++i)
                std::memcpy(rowAt(strip + row) + i * 4, from + i * stripHeightPx + row, sizeof(Pixel));
        }
    }
}

scene::Image Surface::toImage(const PixelRect& part) const
{
    scene::Image image = scene::Image::blank(std::max(0, part.width()), std::max(0, part.height()));
    copyTo(image, part, part.x0, part.y0);
    return image;
}

} // namespace tessera::cpu
