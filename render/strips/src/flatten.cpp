#include <render/strips/flatten.h>

#include <algorithm>
#include <cmath>

#include "curve.h"

namespace tessera::strips {

namespace {

bool isFinite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }

Point lerp(Point a, Point b, double t) { return a + (b - a) * t; }

Point pointAt(const Point (&p)[4], double t)
{
    const Point ab = lerp(p[0], p[1], t), bc = lerp(p[1], p[2], t), cd = lerp(p[2], p[3], t);
    return lerp(lerp(ab, bc, t), lerp(bc, cd, t), t);
}

int clampedCount(double n)
{
    // NaN, from points that overflow, counts as 1.
    return n >= 1 ? static_cast<int>(std::fmin(std::ceil(n), maxCurveSegments)) : 1;
}

/// Wang's bound: a cubic cut into n equal parameter steps is within 3/4 max|second difference| / n^2 of its chords.
int segmentCount(const Point (&p)[4], double tolerance)
{
    const Point a = p[0] - p[1] * 2 + p[2], b = p[1] - p[2] * 2 + p[3];
    const double longest = std::sqrt(std::max(a.x * a.x + a.y * a.y, b.x * b.x + b.y * b.y)); // hypot takes ten times as long
    return clampedCount(std::sqrt(0.75 * longest / tolerance));
}

/// Steps that keep an arc of `radius`, turning as much as the control polygon does, within tolerance.
int turnCount(const Point (&p)[4], double tolerance, double radius)
{
    if (radius <= tolerance)
        return 1;
    double turn = 0;
    Point last{};
    for (int i = 1; i < 4; ++i) {
        const Point d = p[i] - p[i - 1];
        if (length(d) == 0)
            continue;
        if (length(last) != 0)
            turn += std::abs(std::atan2(last.x * d.y - last.y * d.x, last.x * d.x + last.y * d.y));
        last = d;
    }
    return clampedCount(turn / (2 * std::acos(1 - tolerance / radius)));
}

class Flattener
{
public:
    Flattener(const Transform& transform, double tolerance, double strokeRadius, Polylines& out)
        : m_transform(transform), m_tolerance(tolerance), m_strokeRadius(strokeRadius), m_out(out)
    {
    }

    void run(const Path& path)
    {
        std::size_t next = 0;
        const auto take = [&] { return m_transform.apply(path.points()[next++]); };
        for (PathVerb verb : path.verbs()) {
            switch (verb) {
            case PathVerb::move:
                finish(false);
                add(take(), false);
                break;
            case PathVerb::line:
                add(take(), false);
                break;
            case PathVerb::cubic: {
                const Point a = take(), b = take();
                addCubic(a, b, take());
                break;
            }
            case PathVerb::close:
                finish(true);
                break;
            }
        }
        finish(false);
    }

private:
    void add(Point p, bool smooth)
    {
        if (!isFinite(p))
            return;
        if (!m_current)
            m_current = &m_out.add();
        m_current->points.push_back(p);
        if (m_strokeRadius > 0)
            m_current->smooth.push_back(smooth);
    }

    void addCubic(Point a, Point b, Point to)
    {
        if (!m_current || !isFinite(a) || !isFinite(b) || !isFinite(to)) {
            add(to, false);
            return;
        }
        const Point p[4] = {m_current->points.back(), a, b, to};
        const int n = m_strokeRadius > 0 ? std::max(segmentCount(p, m_tolerance), turnCount(p, m_tolerance, m_strokeRadius))
                                         : segmentCount(p, m_tolerance);
        for (int i = 1; i < n; ++i)
            add(pointAt(p, static_cast<double>(i) / n), true);
        add(to, false);
    }

    void finish(bool closed)
    {
        if (m_current)
            m_current->closed = closed;
        m_current = nullptr;
    }

    Transform m_transform;
    double m_tolerance;
    double m_strokeRadius;
    Polylines& m_out;
    Polyline* m_current = nullptr; ///< the open subpath; null before its first point
};

} // namespace

void flatten(const Path& path, const Transform& transform, double tolerance, Polylines& out)
{
    Flattener(transform, tolerance, 0, out).run(path);
}

std::vector<Polyline> flatten(const Path& path, const Transform& transform, double tolerance)
{
    Polylines lines;
    flatten(path, transform, tolerance, lines);
    return {lines.all().begin(), lines.all().end()};
}

void flattenForStroke(const Path& path, double tolerance, double radius, Polylines& out)
{
    Flattener({}, tolerance, radius, out).run(path);
}

} // namespace tessera::strips
