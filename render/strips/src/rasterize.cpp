#include <render/strips/rasterize.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <optional>

namespace tessera::strips {

namespace {

constexpr int subpixelBits = 8;
constexpr std::int32_t one = 1 << subpixelBits;
/// A shorter full run after alphas costs less as alphas than as a span of its own.
constexpr std::uint32_t shortestSolid = 8;
constexpr double farthest = 1e9;               ///< px; beyond, differences lose the 1/256
constexpr std::uint32_t fullArea = 2 * one * one; ///< Cell::area counts doubled areas

/// Exact x of the edge at height y, rounded down; the same for both rows that meet there.
std::int32_t crossingX(std::int32_t x0, std::int32_t y0, std::int32_t x1, std::int32_t y1, std::int32_t y)
{
    if (y == y0) // most edges are shorter than a row
        return x0;
    // The quotient is at most 2^23, and where it is no whole number it is 2^-24 or more away from one: a double tells them
    // apart, and divides in a third of the time.
    const double q = static_cast<double>(static_cast<std::int64_t>(x1 - x0) * (y - y0)) / static_cast<double>(y1 - y0);
    const auto towardsZero = static_cast<std::int32_t>(q);
    return x0 + towardsZero - (static_cast<double>(towardsZero) > q);
}

std::uint32_t alphaOf(std::uint32_t doubledArea, document::FillRule rule)
{
    std::uint32_t v = std::min(doubledArea, 0 - doubledArea);
    if (rule == document::FillRule::evenodd) {
        v %= 2 * fullArea;
        v = v > fullArea ? 2 * fullArea - v : v;
    } else {
        v = std::min(v, fullArea);
    }
    return (v * 255 + fullArea / 2) / fullArea;
}

} // namespace

const Coverage& Rasterizer::rasterize(std::span<const Polyline> lines, document::FillRule rule, const PixelRect& area)
{
    assert(area.y0 % stripHeightPx == 0);
    Coverage& out = m_out;
    out.spans.clear();
    out.alphas.clear();
    if (area.isEmpty() || area.width() > maxDevicePx || area.height() > maxDevicePx)
        return out;
    m_edges.clear();
    for (const Polyline& line : lines) {
        // Points that are not finite are left out as if never there, so that outlines stay closed.
        std::optional<Point> first, last;
        for (Point p : line.points) {
            if (!std::isfinite(p.x) || !std::isfinite(p.y))
                continue;
            if (last)
                addLine(*last, p, area);
            else
                first = p;
            last = p;
        }
        if (last)
            addLine(*last, *first, area);
    }
    if (m_edges.empty())
        return out;

    // Edges by row of 4 px, by counting: a prefix sum and one fill.
    const int rows = (area.height() + stripHeightPx - 1) / stripHeightPx;
    constexpr int rowBits = subpixelBits + 2;
    m_rowStart.assign(static_cast<std::size_t>(rows) + 1, 0);
    for (const Edge& e : m_edges) {
        for (int row = e.y0 >> rowBits; row <= (e.y1 - 1) >> rowBits; ++row)
            ++m_rowStart[static_cast<std::size_t>(row) + 1];
    }
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row)
        m_rowStart[row + 1] += m_rowStart[row];
    m_rowEdges.resize(m_rowStart.back());
    std::vector<std::uint32_t> fill(m_rowStart.begin(), m_rowStart.end() - 1);
    for (std::size_t i = 0; i < m_edges.size(); ++i) {
        for (int row = m_edges[i].y0 >> rowBits; row <= (m_edges[i].y1 - 1) >> rowBits; ++row)
            m_rowEdges[fill[static_cast<std::size_t>(row)]++] = static_cast<std::uint32_t>(i);
    }

    m_widthPx = area.width();
    m_cells.assign(static_cast<std::size_t>(m_widthPx) + 1, Cell{});
    m_touched.assign(static_cast<std::size_t>(m_widthPx) / 64 + 1, 0);
    for (int row = 0; row < rows; ++row) {
        const auto begin = m_rowStart[static_cast<std::size_t>(row)], end = m_rowStart[static_cast<std::size_t>(row) + 1];
        if (begin == end)
            continue;
        for (auto i = begin; i < end; ++i)
            accumulate(m_edges[m_rowEdges[i]], row);
        sweep(row, rule, area, out);
    }
    return out;
}

void Rasterizer::addLine(Point from, Point to, const PixelRect& area)
{
    const auto place = [&](Point p) {
        return Point{std::clamp(p.x, -farthest, farthest) - area.x0, std::clamp(p.y, -farthest, farthest) - area.y0};
    };
    addClipped(place(from), place(to), area.width(), area.height());
}

/// Cuts the line at the area's top and bottom; parts beyond its left and right become vertical there, so that what
/// they wind around stays wound.
void Rasterizer::addClipped(Point from, Point to, double width, double height)
{
    if (from.y == to.y || std::max(from.y, to.y) <= 0 || std::min(from.y, to.y) >= height)
        return;
    if (std::min(from.x, to.x) >= 0 && std::max(from.x, to.x) <= width && std::min(from.y, to.y) >= 0 && std::max(from.y, to.y) <= height) {
        addEdge(from.x, from.y, to.x, to.y); // nearly all: the area is the shape's own box
        return;
    }
    const auto atY = [&](double y) { return from.x + (to.x - from.x) * ((y - from.y) / (to.y - from.y)); };
    Point a = from, b = to;
    if (a.y < 0)
        a = {atY(0), 0};
    else if (a.y > height)
        a = {atY(height), height};
    if (b.y < 0)
        b = {atY(0), 0};
    else if (b.y > height)
        b = {atY(height), height};

    // Up to three pieces: left of, within and right of the area.
    double cuts[4] = {0, 1, 1, 1};
    int count = 1;
    const double dx = b.x - a.x;
    for (double edge : {0.0, width}) {
        if ((a.x < edge) != (b.x < edge) && dx != 0)
            cuts[count++] = std::clamp((edge - a.x) / dx, 0.0, 1.0);
    }
    cuts[count++] = 1;
    std::sort(cuts, cuts + count);
    Point start = a;
    for (int i = 1; i < count; ++i) {
        const Point end = cuts[i] >= 1 ? b : a + (b - a) * cuts[i];
        addEdge(std::clamp(start.x, 0.0, width), start.y, std::clamp(end.x, 0.0, width), end.y);
        start = end;
    }
}

void Rasterizer::addEdge(double x0, double y0, double x1, double y1)
{
    const auto fixed = [](double v) { return static_cast<std::int32_t>(v * one + 0.5); }; // never negative here
    Edge e{fixed(x0), fixed(y0), fixed(x1), fixed(y1), 1};
    if (e.y0 == e.y1)
        return;
    if (e.y0 > e.y1) {
        std::swap(e.x0, e.x1);
        std::swap(e.y0, e.y1);
        e.winding = -1;
    }
    m_edges.push_back(e);
}

/// Adds the edge's part within one strip row: per pixel the height it spans (cover) and twice the area between the
/// pixel's left side and the edge, the cells of FreeType's and AGG's scan converters.
void Rasterizer::accumulate(const Edge& e, int row)
{
    const std::int32_t top = row * stripHeightPx * one;
    std::int32_t y = std::max(e.y0, top);
    const std::int32_t bottom = std::min(e.y1, top + stripHeightPx * one);
    std::int32_t x = crossingX(e.x0, e.y0, e.x1, e.y1, y);
    while (y < bottom) {
        const std::int32_t nextY = std::min(bottom, (y & ~(one - 1)) + one);
        const std::int32_t nextX = nextY == e.y1 ? e.x1 : crossingX(e.x0, e.y0, e.x1, e.y1, nextY);
        const int line = (y - top) >> subpixelBits;
        const auto add = [&](std::int32_t column, std::int32_t cover, std::int32_t xSum) {
            // xSum: the sum of both ends' x within the column; the piece's mean distance from the column's left, doubled.
            Cell& cell = m_cells[static_cast<std::size_t>(column)];
            cell.cover[line] += static_cast<std::uint32_t>(cover * e.winding);
            cell.area[line] += static_cast<std::uint32_t>(cover * xSum * e.winding);
            m_touched[static_cast<std::size_t>(column) >> 6] |= std::uint64_t{1} << (column & 63);
        };
        std::int32_t fromX = x, fromY = y;
        const std::int32_t firstColumn = x >> subpixelBits, lastColumn = nextX >> subpixelBits;
        if (firstColumn == lastColumn) {
            add(firstColumn, nextY - y, (x & (one - 1)) + (nextX & (one - 1)));
        } else {
            const std::int32_t step = nextX > x ? 1 : -1;
            for (std::int32_t column = firstColumn; column != lastColumn; column += step) {
                const std::int32_t toX = (step > 0 ? column + 1 : column) * one;
                const std::int32_t toY = y + crossingX(0, 0, nextY - y, std::abs(nextX - x), std::abs(toX - x));
                const std::int32_t base = column * one;
                add(column, toY - fromY, (fromX - base) + (toX - base));
                fromX = toX, fromY = toY;
            }
            const std::int32_t base = lastColumn * one;
            add(lastColumn, nextY - fromY, (fromX - base) + (nextX - base));
        }
        x = nextX, y = nextY;
    }
}

/// One pass over the touched columns of a row: columns between them repeat one value, so they are skipped when it is
/// zero and become a solid span when it is full.
void Rasterizer::sweep(int row, document::FillRule rule, const PixelRect& area, Coverage& out)
{
    std::uint32_t cover[stripHeightPx] = {};
    const std::int32_t y = area.y0 + row * stripHeightPx;
    std::int32_t openEnd = -1;  // column after the last alpha span of this row
    std::int32_t solidEnd = -1; // column after the last solid span of this row
    const auto alphaSpan = [&](std::int32_t x, std::uint32_t width, std::uint32_t value) {
        if (openEnd == x) {
            out.spans.back().width += width;
        } else {
            out.spans.push_back({area.x0 + x, y, width, static_cast<std::uint32_t>(out.alphas.size())});
        }
        out.alphas.insert(out.alphas.end(), width, value);
        openEnd = x + static_cast<std::int32_t>(width);
    };
    const auto columns = [&](std::int32_t from, std::int32_t to, std::uint32_t value) {
        const auto width = static_cast<std::uint32_t>(to - from);
        if (value != 0xffffffff || (openEnd == from && width < shortestSolid)) {
            alphaSpan(from, width, value);
            return;
        }
        if (solidEnd == from)
            out.spans.back().width += width;
        else
            out.spans.push_back({area.x0 + from, y, width, solidSpan});
        solidEnd = to;
    };
    const auto gap = [&](std::int32_t from, std::int32_t to) {
        if (from >= to)
            return;
        std::uint32_t value = 0;
        for (int i = 0; i < stripHeightPx; ++i)
            value |= alphaOf(cover[i] * 2u * one, rule) << (8 * i);
        if (value != 0)
            columns(from, to, value);
    };
    std::int32_t position = 0;
    for (std::size_t word = 0; word < m_touched.size(); ++word) {
        std::uint64_t bits = m_touched[word];
        m_touched[word] = 0;
        for (; bits != 0; bits &= bits - 1) {
            const auto column = static_cast<std::int32_t>(word * 64) + std::countr_zero(bits);
            Cell& cell = m_cells[static_cast<std::size_t>(column)];
            if (column < m_widthPx) {
                gap(position, column);
                std::uint32_t value = 0;
                for (int i = 0; i < stripHeightPx; ++i) {
                    cover[i] += cell.cover[i];
                    value |= alphaOf(cover[i] * 2u * one - cell.area[i], rule) << (8 * i);
                }
                if (value != 0)
                    columns(column, column + 1, value);
                position = column + 1;
            }
            cell = Cell{};
        }
    }
    gap(position, m_widthPx);
}

const Coverage& fillCoverage(Rasterizer& rasterizer, const Path& path, const Transform& toDevice, document::FillRule rule,
                             const PixelRect& area)
{
    Polylines& lines = rasterizer.lineBuffer();
    lines.clear();
    flatten(path, toDevice, flattenTolerancePx, lines);
    return rasterizer.rasterize(lines.all(), rule, area);
}

} // namespace tessera::strips
