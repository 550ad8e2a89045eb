#pragma once

#include <vector>

#include <render/scene/image.h>
#include <render/strips/coverage.h>

#include "pixel_source.h"

namespace tessera::cpu {

/// Pixels of a layer, in strips as coverage is: the four pixels of a column lie next to each other, then comes the column to
/// the right. A span is one run of memory, and a column's four alphas meet its four pixels in their order.
class Surface
{
public:
    /// Transparent. Holds whole strips, so up to three rows above and below `bounds` too; what is drawn there never shows.
    explicit Surface(const strips::PixelRect& bounds);
    /// The pixels of an image that lies at `bounds`.
    Surface(const scene::Image& image, const strips::PixelRect& bounds);

    [[nodiscard]] const strips::PixelRect& bounds() const { return m_bounds; }
    /// Rows of the first strip and behind the last, device px, multiples of the strip's height.
    [[nodiscard]] int firstRow() const { return m_firstRow; }
    [[nodiscard]] int endRow() const { return m_endRow; }
    /// Column x, within bounds, of the strip whose first row is y. More columns of the strip follow up to its right end.
    [[nodiscard]] Pixel* column(int x, int y) { return m_pixels.data() + indexOf(x, y); }
    [[nodiscard]] const Pixel* column(int x, int y) const { return m_pixels.data() + indexOf(x, y); }

    void fill(Pixel color);
    /// Copies what of `part` lies in bounds to where it lies in an image whose top left pixel is at (left, top).
    void copyTo(scene::Image& image, const strips::PixelRect& part, int left, int top) const;
    /// The part, which lies within bounds, as an image of its own.
    [[nodiscard]] scene::Image toImage(const strips::PixelRect& part) const;

private:
    [[nodiscard]] std::size_t indexOf(int x, int y) const
    {
        return static_cast<std::size_t>(y - m_firstRow) * static_cast<std::size_t>(m_bounds.width()) +
               static_cast<std::size_t>(x - m_bounds.x0) * strips::stripHeightPx;
    }

    strips::PixelRect m_bounds;
    int m_firstRow = 0;
    int m_endRow = 0;
    std::vector<Pixel> m_pixels;
};

/// The first row of the strip that has row y.
[[nodiscard]] inline int stripOf(int y) { return y & ~(strips::stripHeightPx - 1); }

} // namespace tessera::cpu
