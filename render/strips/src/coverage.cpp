#include <render/strips/coverage.h>

#include <algorithm>
#include <cmath>

namespace tessera::strips {

namespace {

/// Bytewise a * b / 255, rounded.
std::uint32_t multiplied(std::uint32_t a, std::uint32_t b)
{
    std::uint32_t result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        const std::uint32_t v = ((a >> shift) & 255) * ((b >> shift) & 255) + 128;
        result |= ((v + (v >> 8)) >> 8) << shift;
    }
    return result;
}

/// Appends columns and spans in order; joins what touches and drops what is empty.
class Writer
{
public:
    explicit Writer(Coverage& out) : m_out(out) {}

    void solid(std::int32_t x, std::int32_t y, std::uint32_t width)
    {
        if (m_isSolid && m_y == y && m_end == x)
            m_out.spans.back().width += width;
        else
            m_out.spans.push_back({x, y, width, solidSpan});
        mark(x, y, width, true);
    }

    void column(std::int32_t x, std::int32_t y, std::uint32_t alpha)
    {
        if (alpha == 0)
            return;
        if (!m_isSolid && m_y == y && m_end == x)
            ++m_out.spans.back().width;
        else
            m_out.spans.push_back({x, y, 1, static_cast<std::uint32_t>(m_out.alphas.size())});
        m_out.alphas.push_back(alpha);
        mark(x, y, 1, false);
    }

private:
    void mark(std::int32_t x, std::int32_t y, std::uint32_t width, bool solid)
    {
        m_y = y, m_end = x + static_cast<std::int32_t>(width), m_isSolid = solid;
    }

    Coverage& m_out;
    std::int32_t m_y = -1;
    std::int32_t m_end = -1;
    bool m_isSolid = false;
};

std::int32_t endOf(const Span& s) { return s.x + static_cast<std::int32_t>(s.width); }

std::uint32_t alphaAt(const Coverage& c, const Span& s, std::int32_t x)
{
    return s.alphaColumn == solidSpan ? 0xffffffff : c.alphas[s.alphaColumn + static_cast<std::uint32_t>(x - s.x)];
}

void copySpan(const Coverage& from, const Span& s, std::int32_t x0, std::int32_t x1, Writer& writer)
{
    if (x0 >= x1)
        return;
    if (s.alphaColumn == solidSpan) {
        writer.solid(x0, s.y, static_cast<std::uint32_t>(x1 - x0));
        return;
    }
    for (std::int32_t x = x0; x < x1; ++x)
        writer.column(x, s.y, alphaAt(from, s, x));
}

/// The first span of `c` that ends beyond (y, x).
std::size_t firstBeyond(const Coverage& c, std::int32_t y, std::int32_t x)
{
    const auto found = std::partition_point(c.spans.begin(), c.spans.end(), [&](const Span& s) {
        return s.y < y || (s.y == y && endOf(s) <= x);
    });
    return static_cast<std::size_t>(found - c.spans.begin());
}

/// The same from `index` on.
std::size_t skipTo(const Coverage& c, std::size_t index, std::int32_t y, std::int32_t x)
{
    while (index < c.spans.size() && (c.spans[index].y < y || (c.spans[index].y == y && endOf(c.spans[index]) <= x)))
        ++index;
    return index;
}

} // namespace

PixelRect intersected(const PixelRect& a, const PixelRect& b)
{
    return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}

PixelRect pixelsTouched(const Rect& r)
{
    if (r.isEmpty() && !(r.width >= 0 && r.height >= 0))
        return {};
    const auto pixel = [](double v) { return static_cast<int>(std::clamp(v, -1e9, 1e9)); };
    return {pixel(std::floor(r.x)), pixel(std::floor(r.y)), pixel(std::ceil(r.right())), pixel(std::ceil(r.bottom()))};
}

Coverage intersected(const Coverage& a, const Coverage& b)
{
    Coverage out;
    Writer writer(out);
    std::size_t start = a.isEmpty() ? 0 : firstBeyond(b, a.spans[0].y, a.spans[0].x);
    for (const Span& s : a.spans) {
        start = skipTo(b, start, s.y, s.x);
        for (std::size_t i = start; i < b.spans.size() && b.spans[i].y == s.y && b.spans[i].x < endOf(s); ++i) {
            const Span& t = b.spans[i];
            const std::int32_t x0 = std::max(s.x, t.x), x1 = std::min(endOf(s), endOf(t));
            if (t.alphaColumn == solidSpan) {
                copySpan(a, s, x0, x1, writer);
            } else if (s.alphaColumn == solidSpan) {
                copySpan(b, t, x0, x1, writer);
            } else {
                for (std::int32_t x = x0; x < x1; ++x)
                    writer.column(x, s.y, multiplied(alphaAt(a, s, x), alphaAt(b, t, x)));
            }
        }
    }
    return out;
}

Coverage subtracted(const Coverage& a, const Coverage& b)
{
    Coverage out;
    Writer writer(out);
    std::size_t start = a.isEmpty() ? 0 : firstBeyond(b, a.spans[0].y, a.spans[0].x);
    for (const Span& s : a.spans) {
        start = skipTo(b, start, s.y, s.x);
        std::int32_t x = s.x;
        for (std::size_t i = start; i < b.spans.size() && b.spans[i].y == s.y && b.spans[i].x < endOf(s); ++i) {
            const Span& t = b.spans[i];
            copySpan(a, s, x, std::max(x, t.x), writer);
            x = std::max(x, t.x);
            const std::int32_t end = std::min(endOf(s), endOf(t));
            if (t.alphaColumn != solidSpan) {
                for (std::int32_t column = x; column < end; ++column)
                    writer.column(column, s.y, multiplied(alphaAt(a, s, column), ~alphaAt(b, t, column)));
            }
            x = end;
        }
        copySpan(a, s, x, endOf(s), writer);
    }
    return out;
}

Coverage cropped(const Coverage& a, const PixelRect& to)
{
    Coverage out;
    Writer writer(out);
    for (const Span& s : a.spans) {
        std::uint32_t mask = 0;
        for (int i = 0; i < stripHeightPx; ++i) {
            if (s.y + i >= to.y0 && s.y + i < to.y1)
                mask |= 255u << (8 * i);
        }
        const std::int32_t x0 = std::max(s.x, to.x0), x1 = std::min(endOf(s), to.x1);
        if (mask == 0xffffffff) {
            copySpan(a, s, x0, x1, writer);
        } else if (mask != 0) {
            for (std::int32_t x = x0; x < x1; ++x)
                writer.column(x, s.y, alphaAt(a, s, x) & mask);
        }
    }
    return out;
}

std::uint64_t totalAlpha(const Coverage& a)
{
    std::uint64_t sum = 0;
    for (const Span& s : a.spans) {
        for (std::int32_t x = s.x; x < endOf(s); ++x) {
            const std::uint32_t v = alphaAt(a, s, x);
            sum += (v & 255) + ((v >> 8) & 255) + ((v >> 16) & 255) + (v >> 24);
        }
    }
    return sum;
}

std::vector<std::uint8_t> expanded(const Coverage& a, const PixelRect& area)
{
    std::vector<std::uint8_t> out(static_cast<std::size_t>(area.width()) * static_cast<std::size_t>(area.height()));
    for (const Span& s : a.spans) {
        for (std::int32_t x = std::max(s.x, area.x0); x < std::min(endOf(s), area.x1); ++x) {
            const std::uint32_t v = alphaAt(a, s, x);
            for (int i = 0; i < stripHeightPx; ++i) {
                const int y = s.y + i;
                if (y >= area.y0 && y < area.y1)
                    out[static_cast<std::size_t>(y - area.y0) * static_cast<std::size_t>(area.width()) +
                        static_cast<std::size_t>(x - area.x0)] = static_cast<std::uint8_t>(v >> (8 * i));
            }
        }
    }
    return out;
}

} // namespace tessera::strips
