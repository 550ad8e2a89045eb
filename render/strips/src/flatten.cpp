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
    return clampedCount(std::sqrt(0.75 * std::max(length(a), length(b)) / tolerance));
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
    Flattener(const Transform& transform, double tolerance, double strokeRadius)
        : m_transform(transform), m_tolerance(tolerance), m_strokeRadius(strokeRadius)
    {
    }

    std::vector<Polyline> run(const Path& path)
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
        return std::move(m_result);
    }

private:
    void add(Point p, bool smooth)
    {
        if (!isFinite(p))
            return;
        m_current.points.push_back(p);
        if (m_strokeRadius > 0)
            m_current.smooth.push_back(smooth);
    }

    void addCubic(Point a, Point b, Point to)
    {
        if (m_current.points.empty() || !isFinite(a) || !isFinite(b) || !isFinite(to)) {
            add(to, false);
            return;
        }
        const Point p[4] = {m_current.points.back(), a, b, to};
        const int n = m_strokeRadius > 0 ? std::max(segmentCount(p, m_tolerance), turnCount(p, m_tolerance, m_strokeRadius))
                                         : segmentCount(p, m_tolerance);
        for (int i = 1; i < n; ++i)
            add(pointAt(p, static_cast<double>(i) / n), true);
        add(to, false);
    }

    void finish(bool closed)
    {
        m_current.closed = closed;
        if (!m_current.points.empty())
            m_result.push_back(std::move(m_current));
        m_current = {};
    }

    Transform m_transform;
    double m_tolerance;
    double m_strokeRadius;
    Polyline m_current;
    std::vector<Polyline> m_result;
};

} // namespace

std::vector<Polyline> flatten(const Path& path, const Transform& transform, double tolerance)
{
    return Flattener(transform, tolerance, 0).run(path);
}

std::vector<Polyline> flattenForStroke(const Path& path, double tolerance, double radius)
{
    return Flattener({}, tolerance, radius).run(path);
}

} // namespace tessera::strips
