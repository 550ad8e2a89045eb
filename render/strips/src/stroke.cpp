#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include <render/strips/rasterize.h>

#include "curve.h"

namespace tessera::strips {

namespace {

using document::LineCap;
using document::LineJoin;

constexpr double smoothTurnCos = 0.9; ///< within curves, sharper turns than 26° (cusps) get a round join

double cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }
double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
/// Towards the side that is walked along: clockwise of the direction, as y points down.
Point normalOf(Point d) { return {-d.y, d.x}; }

} // namespace

/// One polyline without repeated points, with unit directions: segment i leads from point i to point i + 1.
struct Spine {
    std::vector<Point> points;
    std::vector<char> smooth;
    std::vector<Point> directions;
    std::vector<double> lengths;
    bool closed = false;

    void clear()
    {
        points.clear(), smooth.clear(), directions.clear(), lengths.clear();
        closed = false;
    }
};

namespace {

void setSpine(Spine& s, const Polyline& line)
{
    s.clear();
    for (std::size_t i = 0; i < line.points.size(); ++i) {
        if (!s.points.empty() && s.points.back() == line.points[i])
            continue;
        s.points.push_back(line.points[i]);
        s.smooth.push_back(i < line.smooth.size() && line.smooth[i]);
    }
    if (line.closed && s.points.size() > 1 && s.points.front() == s.points.back())
        s.points.pop_back(), s.smooth.pop_back();
    s.closed = line.closed && s.points.size() > 1;
    const std::size_t segments = s.closed ? s.points.size() : s.points.size() - 1;
    for (std::size_t i = 0; i < segments; ++i) {
        const Point d = s.points[(i + 1) % s.points.size()] - s.points[i];
        const double len = std::sqrt(d.x * d.x + d.y * d.y);
        s.lengths.push_back(len);
        s.directions.push_back(d * (1 / len));
    }
}

void setReversed(Spine& r, const Spine& s)
{
    r.clear();
    r.closed = s.closed;
    r.points.assign(s.points.rbegin(), s.points.rend());
    r.smooth.assign(s.smooth.rbegin(), s.smooth.rend());
    // Segment i of the reversed line is segment n - 2 - i of the original; a closed one's last segment stays last.
    const std::size_t n = s.directions.size(), shift = s.closed ? 1 : 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t k = (2 * n - 1 - i - shift) % n;
        r.directions.push_back(s.directions[k] * -1);
        r.lengths.push_back(s.lengths[k]);
    }
}

} // namespace

/// What strokes are made in; its memory is used again.
struct StrokeBuffers {
    Polylines centre, dashes, outline;
    Spine spine, back;
};

namespace {

class Stroker
{
public:
    Stroker(const document::StrokeStyle& style, double tolerance, StrokeBuffers& buffers)
        : m_style(style), m_buffers(buffers), m_radius(style.width / 2),
          // Half the tolerance: unlike Wang's bound for curves, a chord's distance from its arc is reached.
          m_arcStep(2 * std::acos(std::clamp(1 - tolerance / 2 / m_radius, 0.0, 0.99999)))
    {
    }

    void stroke(const Polyline& line, Polylines& out)
    {
        const Spine& spine = m_buffers.spine;
        setSpine(m_buffers.spine, line);
        m_points = &out.add().points;
        if (spine.points.size() < 2) {
            if (!line.points.empty() && (line.closed || line.points.size() > 1))
                dot(line.points[0]);
            finish(out);
            return;
        }
        const Spine& back = m_buffers.back;
        setReversed(m_buffers.back, spine);
        side(spine);
        if (spine.closed) {
            finish(out);
            m_points = &out.add().points;
            side(back);
        } else {
            cap(spine.points.back(), spine.directions.back());
            side(back);
            cap(back.points.back(), back.directions.back());
        }
        finish(out);
    }

private:
    void finish(Polylines& out)
    {
        out.last().closed = true;
        if (m_points->empty())
            out.removeLast();
    }

    void side(const Spine& s)
    {
        const std::size_t n = s.directions.size();
        if (s.closed) {
            for (std::size_t i = 0; i < n; ++i)
                join(s, i, (i + n - 1) % n, i);
            return;
        }
        m_points->push_back(s.points.front() + normalOf(s.directions.front()) * m_radius);
        for (std::size_t i = 1; i < n; ++i)
            join(s, i, i - 1, i);
        m_points->push_back(s.points.back() + normalOf(s.directions.back()) * m_radius);
    }

    void join(const Spine& s, std::size_t vertex, std::size_t before, std::size_t after)
    {
        const Point p = s.points[vertex], d0 = s.directions[before], d1 = s.directions[after];
        const Point n0 = normalOf(d0), n1 = normalOf(d1);
        const double turn = cross(d0, d1), along = tessera::strips::dot(d0, d1);
        if (turn > 0) {
            // Inner side. Where the segments are long enough the offsets meet; else through the vertex, so that the
            // nonzero rule still sees the union of both segments.
            const double reach = m_radius * std::sqrt(std::max(0.0, (1 - along) / (1 + along)));
            if (along > -0.999 && reach <= std::min(s.lengths[before], s.lengths[after]))
                m_points->push_back(p + (n0 + n1) * (m_radius / (1 + along)));
            else
                m_points->insert(m_points->end(), {p + n0 * m_radius, p, p + n1 * m_radius});
            return;
        }
        const LineJoin kind = !s.smooth[vertex] ? m_style.join : along > smoothTurnCos ? LineJoin::miter : LineJoin::round;
        const double limit = s.smooth[vertex] ? 2 : m_style.miterLimit;
        // Miter length over width is 1 / sin(half the inner angle), and its square 2 / (1 + cos of the turn).
        if (kind == LineJoin::miter && along > -0.9999 && 2 / (1 + along) <= limit * limit) {
            m_points->push_back(p + (n0 + n1) * (m_radius / (1 + along)));
            return;
        }
        m_points->push_back(p + n0 * m_radius);
        if (kind == LineJoin::round)
            arc(p, n0, -std::abs(std::atan2(turn, along)));
        m_points->push_back(p + n1 * m_radius);
    }

    /// Points strictly between the ends of an arc about `center` from direction `from`.
    void arc(Point center, Point from, double sweep)
    {
        const double steps = std::ceil(std::abs(sweep) / m_arcStep);
        const int n = steps < 10000 ? static_cast<int>(steps) : 0;
        for (int i = 1; i < n; ++i)
            m_points->push_back(center + Transform::rotation(sweep * i / n).applyVector(from) * m_radius);
    }

    void cap(Point end, Point d)
    {
        if (m_style.cap == LineCap::round)
            arc(end, normalOf(d), -std::numbers::pi);
        if (m_style.cap == LineCap::square) {
            m_points->push_back(end + (normalOf(d) + d) * m_radius);
            m_points->push_back(end + (d - normalOf(d)) * m_radius);
        }
    }

    /// A subpath or dash without length: what its two caps make.
    void dot(Point at)
    {
        if (m_style.cap == LineCap::butt)
            return;
        const Point d{1, 0}, n = normalOf(d);
        m_points->push_back(at + n * m_radius);
        cap(at, d);
        m_points->push_back(at - n * m_radius);
        cap(at, d * -1);
    }

    const document::StrokeStyle& m_style;
    StrokeBuffers& m_buffers;
    double m_radius;
    double m_arcStep;
    std::vector<Point>* m_points = nullptr; ///< of the polyline being made
};

/// Largest factor by which the transform lengthens a vector.
double largestScale(const Transform& t)
{
    const double sum = t.a * t.a + t.b * t.b + t.c * t.c + t.d * t.d, det = t.determinant();
    return std::sqrt((sum + std::sqrt(std::max(0.0, sum * sum - 4 * det * det))) / 2);
}

bool isClosed(const Path& path)
{
    std::size_t moves = 0, closes = 0;
    for (PathVerb verb : path.verbs()) {
        moves += verb == PathVerb::move;
        closes += verb == PathVerb::close;
    }
    return moves != 0 && moves == closes;
}

} // namespace

namespace {

/// Into buffers.outline.
void makeOutline(const Path& path, const document::StrokeStyle& style, double tolerance, StrokeBuffers& buffers)
{
    buffers.outline.clear();
    if (!(style.width > 0) || !std::isfinite(style.width) || !(tolerance > 0))
        return;
    buffers.centre.clear();
    flattenForStroke(path, tolerance, style.width / 2, buffers.centre);
    std::span<const Polyline> lines = buffers.centre.all();
    if (!style.dash.empty()) {
        buffers.dashes.clear();
        dashed(lines, style.dash, style.dashOffset, buffers.dashes);
        lines = buffers.dashes.all();
    }
    Stroker stroker(style, tolerance, buffers);
    for (const Polyline& line : lines)
        stroker.stroke(line, buffers.outline);
}

} // namespace

std::vector<Polyline> strokeOutline(const Path& path, const document::StrokeStyle& style, double tolerance)
{
    StrokeBuffers buffers;
    makeOutline(path, style, tolerance, buffers);
    return {buffers.outline.all().begin(), buffers.outline.all().end()};
}

const Coverage& strokeCoverage(Rasterizer& rasterizer, const Path& path, const Transform& toDevice,
                               const document::StrokeStyle& style, document::FillRule rule, const PixelRect& area)
{
    const double scale = largestScale(toDevice);
    if (!(scale > 0) || !std::isfinite(scale))
        return rasterizer.nothing();
    document::StrokeStyle drawn = style;
    const bool aligned = style.align != document::StrokeAlign::center && isClosed(path);
    if (aligned)
        drawn.width *= 2;
    StrokeBuffers& buffers = rasterizer.strokeBuffers();
    makeOutline(path, drawn, flattenTolerancePx / scale, buffers);
    for (Polyline& line : buffers.outline.all()) {
        for (Point& p : line.points)
            p = toDevice.apply(p);
    }
    const Coverage& stroke = rasterizer.rasterize(buffers.outline.all(), document::FillRule::nonzero, area);
    if (!aligned)
        return stroke;
    const Coverage whole = stroke;
    const Coverage& shape = fillCoverage(rasterizer, path, toDevice, rule, area);
    return rasterizer.keep(style.align == document::StrokeAlign::inside ? intersected(whole, shape) : subtracted(whole, shape));
}

Rasterizer::Rasterizer() : m_strokeBuffers(std::make_unique<StrokeBuffers>()) {}
Rasterizer::~Rasterizer() = default;
Rasterizer::Rasterizer(Rasterizer&&) noexcept = default;
Rasterizer& Rasterizer::operator=(Rasterizer&&) noexcept = default;

} // namespace tessera::strips
