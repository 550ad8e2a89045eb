#include <render/strips/rasterize.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <optional>
#include <span>

namespace tessera::strips {

namespace {

constexpr int subpixelBits = 8;
constexpr std::int32_t one = 1 << subpixelBits;
/// A shorter full run after alphas costs less as alphas than as a span of its own.
constexpr std::uint32_t shortestSolid = 8;
constexpr double farthest = 1e9;               ///< px; beyond, differences lose the 1/256
constexpr double farthestEdge = 1 << 21;       ///< px above or below the area
constexpr std::uint32_t fullArea = 2 * one * one; ///< Cell::area counts doubled areas
using Rows = std::uint32_t __attribute__((vector_size(4 * stripHeightPx)));

/// floor(a * b / c) for one b after the other, the later ones 2^8 apart: in exact steps. |a| < 2^24, 0 <= b <= c < 2^31, c > 0.
class Steps
{
public:
    Steps(std::int32_t a, std::int32_t c) : m_a(a), m_c(c) {}
    std::int32_t first(std::int32_t b)
    {
        m_inverse = 1.0 / m_c;
        const Quotient q = quotient(b);
        m_value = q.value, m_rest = q.rest;
        return m_value;
    }
    std::int32_t next()
    {
        if (!m_hasStep) {
            m_step = quotient(one);
            m_hasStep = true;
        }
        m_value += m_step.value, m_rest += m_step.rest;
        if (m_rest >= m_c)
            ++m_value, m_rest -= m_c;
        return m_value;
    }

private:
    struct Quotient {
        std::int32_t value;
        std::int64_t rest; ///< 0..c - 1
    };
    /// The product with the inverse is within 2^-26 of the quotient, so its whole part is one off at most.
    [[nodiscard]] Quotient quotient(std::int32_t b) const
    {
        const std::int64_t product = static_cast<std::int64_t>(m_a) * b;
        Quotient q{static_cast<std::int32_t>(static_cast<double>(product) * m_inverse), 0};
        q.rest = product - static_cast<std::int64_t>(q.value) * m_c;
        if (q.rest < 0)
            --q.value, q.rest += m_c;
        else if (q.rest >= m_c)
            ++q.value, q.rest -= m_c;
        return q;
    }

    std::int32_t m_a, m_c, m_value = 0;
    std::int64_t m_rest = 0;
    double m_inverse = 0;
    Quotient m_step{};
    bool m_hasStep = false;
};

/// 2^32 / c rounded up, for quotients of numbers up to 2^18 by a multiplication: exact, as 2^18 * c < 2^32.
constexpr std::int32_t largestDivisor = 4 * one;
constexpr auto reciprocals = [] {
    std::array<std::uint32_t, largestDivisor + 1> table{};
    for (std::uint64_t c = 2; c < table.size(); ++c)
        table[c] = static_cast<std::uint32_t>((std::uint64_t{1} << 32) / c + 1);
    return table;
}();
std::int32_t dividedSmall(std::int32_t n, std::int32_t c)
{
    const auto i = static_cast<std::size_t>(c);
    return c == 1 ? n : static_cast<std::int32_t>((static_cast<std::uint64_t>(static_cast<std::uint32_t>(n)) * reciprocals[i]) >> 32);
}

/// The coverages of four rows from their doubled areas: |v|, at most all or folded by the rule, times 255 / fullArea rounded.
std::uint32_t alphasOf(Rows doubledAreas, document::FillRule rule)
{
    static_assert(fullArea == 1 << 17);
    using Signed = std::int32_t __attribute__((vector_size(sizeof(Rows))));
    const auto sign = reinterpret_cast<Rows>(reinterpret_cast<Signed>(doubledAreas) >> 31);
    Rows v = (doubledAreas ^ sign) - sign;
    if (rule == document::FillRule::evenodd) {
        v &= 2 * fullArea - 1;
        const auto beyond = reinterpret_cast<Rows>(v > fullArea);
        v = (v & ~beyond) | ((2 * fullArea - v) & beyond);
    } else {
        const auto beyond = reinterpret_cast<Rows>((v >> 17) != 0);
        v = (v & ~beyond) | (fullArea & beyond);
    }
    v = ((v << 8) - v + fullArea / 2) >> 17;
    return v[0] | v[1] << 8 | v[2] << 16 | v[3] << 24;
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
    m_height = area.height() * one;
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

    // As many strips at a time as fit into the first cache; most shapes are one band.
    constexpr std::size_t bandCells = 1024;
    m_widthPx = area.width();
    m_cellsPerStrip = static_cast<std::size_t>(m_widthPx) + 1;
    m_touchedPerStrip = static_cast<std::size_t>(m_widthPx) / 64 + 1;
    const int strips = (area.height() + stripHeightPx - 1) / stripHeightPx;
    int stripBits = 0;
    while ((m_cellsPerStrip << (stripBits + 1)) <= bandCells && (1 << stripBits) < strips)
        ++stripBits;
    const int bandBits = subpixelBits + 2 + stripBits;
    const int bands = (strips + (1 << stripBits) - 1) >> stripBits;
    m_cells.resize(std::max(m_cells.size(), m_cellsPerStrip << stripBits));
    m_touched.resize(std::max(m_touched.size(), m_touchedPerStrip << stripBits));
    if (bands > 1)
        sortIntoBands(bands, bandBits);
    for (int band = 0; band < bands; ++band) {
        const std::int32_t top = band << bandBits, bottom = std::min((band + 1) << bandBits, m_height);
        if (bands == 1) {
            for (const Edge& edge : m_edges)
                accumulate(edge, top, bottom);
        } else {
            const auto begin = m_bandStart[static_cast<std::size_t>(band)], end = m_bandStart[static_cast<std::size_t>(band) + 1];
            if (begin == end)
                continue;
            for (auto i = begin; i < end; ++i)
                accumulate(m_edges[m_bandEdges[i]], top, bottom);
        }
        for (int strip = 0; strip < 1 << stripBits; ++strip)
            sweep(strip, area.y0 + ((band << stripBits) + strip) * stripHeightPx, rule, area);
    }
    return out;
}

/// By counting: a prefix sum and one fill.
void Rasterizer::sortIntoBands(int bands, int bandBits)
{
    const auto firstBand = [bandBits](const Edge& e) { return std::max(e.y0, 0) >> bandBits; };
    const auto lastBand = [&](const Edge& e) { return (std::min(e.y1, m_height) - 1) >> bandBits; };
    m_bandStart.assign(static_cast<std::size_t>(bands) + 1, 0);
    for (const Edge& e : m_edges) {
        for (int band = firstBand(e); band <= lastBand(e); ++band)
            ++m_bandStart[static_cast<std::size_t>(band) + 1];
    }
    for (std::size_t band = 0; band < static_cast<std::size_t>(bands); ++band)
        m_bandStart[band + 1] += m_bandStart[band];
    m_bandEdges.resize(m_bandStart.back());
    std::vector<std::uint32_t> fill(m_bandStart.begin(), m_bandStart.end() - 1);
    for (std::size_t i = 0; i < m_edges.size(); ++i) {
        for (int band = firstBand(m_edges[i]); band <= lastBand(m_edges[i]); ++band)
            m_bandEdges[fill[static_cast<std::size_t>(band)]++] = static_cast<std::uint32_t>(i);
    }
}

void Rasterizer::addLine(Point from, Point to, const PixelRect& area)
{
    const auto place = [&](Point p) {
        return Point{std::clamp(p.x, -farthest, farthest) - area.x0, std::clamp(p.y, -farthest, farthest) - area.y0};
    };
    addClipped(place(from), place(to), area.width(), area.height());
}

/// Parts beyond the area's left and right become vertical there, so that what they wind around stays wound. Above and below
/// edges stay whole, and their rows are left out: a cut would move them by a fraction of 1/256, and parts of a picture would
/// not have the pixels of the whole.
void Rasterizer::addClipped(Point from, Point to, double width, double height)
{
    if (from.y == to.y || std::max(from.y, to.y) <= 0 || std::min(from.y, to.y) >= height)
        return;
    if (std::max(std::abs(from.y), std::abs(to.y)) > farthestEdge) { // they would not fit into 24.8
        const auto within = [&](Point p) {
            const double y = std::clamp(p.y, -farthestEdge, farthestEdge);
            return p.y == y ? p : Point{from.x + (to.x - from.x) * ((y - from.y) / (to.y - from.y)), y};
        };
        const Point a = within(from), b = within(to);
        from = a, to = b;
    }
    if (std::min(from.x, to.x) >= 0 && std::max(from.x, to.x) <= width) {
        addEdge(from.x, from.y, to.x, to.y); // nearly all: the area is the shape's own box
        return;
    }
    // Up to three pieces: left of, within and right of the area.
    double cuts[4] = {0, 1, 1, 1};
    int count = 1;
    const double dx = to.x - from.x;
    for (double edge : {0.0, width}) {
        if ((from.x < edge) != (to.x < edge) && dx != 0)
            cuts[count++] = std::clamp((edge - from.x) / dx, 0.0, 1.0);
    }
    cuts[count++] = 1;
    std::sort(cuts, cuts + count);
    Point start = from;
    for (int i = 1; i < count; ++i) {
        const Point end = cuts[i] >= 1 ? to : from + (to - from) * cuts[i];
        addEdge(std::clamp(start.x, 0.0, width), start.y, std::clamp(end.x, 0.0, width), end.y);
        start = end;
    }
}

void Rasterizer::addEdge(double x0, double y0, double x1, double y1)
{
    const auto fixed = [](double v) { // to nearest
        const double scaled = v * one + 0.5;
        const auto towardsZero = static_cast<std::int32_t>(scaled);
        return towardsZero - (static_cast<double>(towardsZero) > scaled);
    };
    Edge e{fixed(x0), fixed(y0), fixed(x1), fixed(y1), 1};
    if (e.y0 > e.y1) {
        std::swap(e.x0, e.x1);
        std::swap(e.y0, e.y1);
        e.winding = -1;
    }
    if (e.y0 != e.y1 && e.y1 > 0 && e.y0 < m_height)
        m_edges.push_back(e);
}

/// Adds the edge's part within a band, row by row.
void Rasterizer::accumulate(const Edge& e, std::int32_t top, std::int32_t bottom)
{
    // The x where it crosses the rows' borders, rounded down: the same for both rows that meet there.
    Steps crossings(e.x1 - e.x0, e.y1 - e.y0);
    std::int32_t y = std::max(e.y0, top), x = y == e.y0 ? e.x0 : e.x0 + crossings.first(y - e.y0);
    bool hasStarted = y != e.y0;
    bottom = std::min(bottom, e.y1);
    while (y < bottom) {
        const std::int32_t nextY = std::min(bottom, (y & ~(one - 1)) + one);
        std::int32_t nextX = e.x1;
        if (nextY != e.y1) {
            nextX = e.x0 + (hasStarted ? crossings.next() : crossings.first(nextY - e.y0));
            hasStarted = true;
        }
        const int line = (y - top) >> subpixelBits;
        const auto strip = static_cast<std::size_t>(line / stripHeightPx);
        addRow(m_cells.data() + strip * m_cellsPerStrip, m_touched.data() + strip * m_touchedPerStrip, line % stripHeightPx,
               {x, y, nextX, nextY, e.winding});
        x = nextX, y = nextY;
    }
}

/// Adds a piece that stays within one row of pixels.
inline void Rasterizer::addRow(Cell* cells, std::uint64_t* touched, int row, const Edge& piece)
{
    const auto add = [&](std::int32_t column, std::int32_t cover, std::int32_t xSum) {
        // xSum: the sum of both ends' x within the column; the piece's mean distance from the column's left, doubled.
        Cell& cell = cells[column];
        cell.cover[row] += static_cast<std::uint32_t>(cover * piece.winding);
        cell.area[row] += static_cast<std::uint32_t>(cover * xSum * piece.winding);
        touched[column >> 6] |= std::uint64_t{1} << (column & 63);
    };
    const std::int32_t firstColumn = piece.x0 >> subpixelBits, lastColumn = piece.x1 >> subpixelBits;
    if (firstColumn == lastColumn) {
        add(firstColumn, piece.y1 - piece.y0, (piece.x0 & (one - 1)) + (piece.x1 & (one - 1)));
        return;
    }
    const std::int32_t step = piece.x1 > piece.x0 ? 1 : -1;
    const std::int32_t height = piece.y1 - piece.y0, width = std::abs(piece.x1 - piece.x0);
    std::int32_t fromX = piece.x0, fromY = piece.y0;
    Steps crossings(height, width); // of pieces that are flatter than most
    for (std::int32_t column = firstColumn; column != lastColumn; column += step) {
        const std::int32_t toX = (step > 0 ? column + 1 : column) * one, passed = std::abs(toX - piece.x0);
        const std::int32_t toY = piece.y0 + (width <= largestDivisor ? dividedSmall(height * passed, width)
                                             : column == firstColumn ? crossings.first(passed)
                                                                     : crossings.next());
        const std::int32_t base = column * one;
        add(column, toY - fromY, (fromX - base) + (toX - base));
        fromX = toX, fromY = toY;
    }
    const std::int32_t base = lastColumn * one;
    add(lastColumn, piece.y1 - fromY, (fromX - base) + (piece.x1 - base));
}

/// One pass over the touched columns of a strip: columns between them repeat one value, so they are skipped when it is
/// zero and become a solid span when it is full.
void Rasterizer::sweep(int strip, std::int32_t y, document::FillRule rule, const PixelRect& area)
{
    Coverage& out = m_out;
    Rows cover{};
    std::int32_t openEnd = -1;  // column after the last alpha span of this strip
    std::int32_t solidEnd = -1; // column after the last solid span of this strip
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
        if (const std::uint32_t value = alphasOf(cover << (subpixelBits + 1), rule))
            columns(from, to, value);
    };
    Cell* const cells = m_cells.data() + static_cast<std::size_t>(strip) * m_cellsPerStrip;
    const std::span touched(m_touched.data() + static_cast<std::size_t>(strip) * m_touchedPerStrip, m_touchedPerStrip);
    std::int32_t position = 0;
    for (std::size_t word = 0; word < touched.size(); ++word) {
        std::uint64_t bits = touched[word];
        touched[word] = 0;
        for (; bits != 0; bits &= bits - 1) {
            const auto column = static_cast<std::int32_t>(word * 64) + std::countr_zero(bits);
            Cell& cell = cells[column];
            if (column < m_widthPx) {
                gap(position, column);
                cover += cell.cover;
                if (const std::uint32_t value = alphasOf((cover << (subpixelBits + 1)) - cell.area, rule))
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
