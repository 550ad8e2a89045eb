#include "path_walk.h"

#include <algorithm>
#include <cmath>

namespace tessera::text {

namespace {

constexpr std::size_t steps = 128; ///< chords per curve: their length is right to about one in 10,000

Point pointAt(const Point (&p)[4], double t)
{
    const double s = 1 - t;
    return p[0] * (s * s * s) + p[1] * (3 * s * s * t) + p[2] * (3 * s * t * t) + p[3] * (t * t * t);
}

/// Where handles lie on their points the tangent is that of the next control point that differs.
Point directionAt(const Point (&p)[4], double t)
{
    const double s = 1 - t;
    const Point d = (p[1] - p[0]) * (s * s) + (p[2] - p[1]) * (2 * s * t) + (p[3] - p[2]) * (t * t);
    if (std::hypot(d.x, d.y) > 1e-9)
        return d;
    return t < 0.5 ? p[2] - p[0] : p[3] - p[1];
}

bool isFinite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }

} // namespace

PathWalk::PathWalk(const Path& path)
{
    Point start, pen;
    std::size_t next = 0;
    const auto& points = path.points();
    for (const PathVerb verb : path.verbs()) {
        switch (verb) {
        case PathVerb::move:
            start = pen = points[next++];
            break;
        case PathVerb::line:
            addLine(pen, points[next]);
            pen = points[next++];
            break;
        case PathVerb::cubic:
            add(pen, points[next], points[next + 1], points[next + 2]);
            pen = points[next + 2];
            next += 3;
            break;
        case PathVerb::close:
            addLine(pen, start);
            pen = start;
            break;
        }
    }
}

/// With handles at its thirds, a side is travelled evenly.
void PathWalk::addLine(Point from, Point to)
{
    const Point third = (to - from) * (1.0 / 3);
    add(from, from + third, to - third, to);
}

void PathWalk::add(Point a, Point b, Point c, Point d)
{
    if (!isFinite(a) || !isFinite(b) || !isFinite(c) || !isFinite(d))
        return;
    Segment segment{{a, b, c, d}, m_length, 0, {}};
    segment.chords.reserve(steps + 1);
    segment.chords.push_back(0);
    Point from = a;
    for (std::size_t i = 1; i <= steps; ++i) {
        const Point to = pointAt(segment.p, static_cast<double>(i) / steps);
        segment.length += std::hypot(to.x - from.x, to.y - from.y);
        segment.chords.push_back(segment.length);
        from = to;
    }
    if (!(segment.length > 0))
        return;
    m_length += segment.length;
    m_segments.push_back(std::move(segment));
}

std::optional<PathWalk::Place> PathWalk::at(double distance) const
{
    if (!(distance >= 0) || distance > m_length || m_segments.empty())
        return std::nullopt;
    const auto after = std::upper_bound(m_segments.begin(), m_segments.end(), distance,
                                        [](double d, const Segment& s) { return d < s.start; });
    const Segment& segment = *(after - 1);
    const double along = std::min(distance - segment.start, segment.length);
    const auto chord = std::max<std::ptrdiff_t>(1, std::lower_bound(segment.chords.begin(), segment.chords.end(), along) -
                                                       segment.chords.begin());
    const double low = segment.chords[static_cast<std::size_t>(chord - 1)], high = segment.chords[static_cast<std::size_t>(chord)];
    const double t = (static_cast<double>(chord - 1) + (high > low ? (along - low) / (high - low) : 0)) / steps;
    const Point direction = directionAt(segment.p, t);
    return Place{pointAt(segment.p, t), std::atan2(direction.y, direction.x)};
}

} // namespace tessera::text
