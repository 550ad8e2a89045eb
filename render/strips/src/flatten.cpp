#include <render/strips/flatten.h>

#include <algorithm>
#include <cmath>

#include "curve.h"

namespace tessera::strips {

namespace {

bool isFinite(Point p) { return std::isfinite(p.x) && std::isfinite(p.y); }

Point lerp(Point a, Point b, double t) { return a + (b - a) * t; }

} // namespace

int segmentCount(const Point (&p)[4], double tolerance)
{
    // Wang's bound: a cubic split into n equal parts is within sqrt(3)/18 * ... <= (6/8) |d2| / n^2 of its chords.
    const Point a = p[0] - p[1] * 2 + p[2], b = p[1] - p[2] * 2 + p[3];
    const double bend = std::max(length(a), length(b));
    const double n = std::ceil(std::sqrt(0.75 * bend / tolerance));
    return static_cast<int>(std::clamp(n, 1.0, static_cast<double>(maxCurveSegments)));
}

Point pointAt(const Point (&p)[4], double t)
{
    const Point ab = lerp(p[0], p[1], t), bc = lerp(p[1], p[2], t), cd = lerp(p[2], p[3], t);
    return lerp(lerp(ab, bc, t), lerp(bc, cd, t), t);
}

std::vector<Polyline> flatten(const Path& path, const Transform& transform, double tolerance)
{
    std::vector<Polyline> result;
    Polyline current;
    const auto finish = [&](bool closed) {
        current.closed = closed;
        if (!current.points.empty())
            result.push_back(std::move(current));
        current = {};
    };
    std::size_t next = 0;
    Point last{};
    const auto add = [&](Point p) {
        if (isFinite(p))
            current.points.push_back(p), last = p;
    };
    for (PathVerb verb : path.verbs()) {
        switch (verb) {
        case PathVerb::move:
            finish(false);
            add(transform.apply(path.points()[next++]));
            break;
        case PathVerb::line:
            add(transform.apply(path.points()[next++]));
            break;
        case PathVerb::cubic: {
            const Point p[4] = {last, transform.apply(path.points()[next]), transform.apply(path.points()[next + 1]),
                                transform.apply(path.points()[next + 2])};
            next += 3;
            if (!isFinite(p[1]) || !isFinite(p[2]) || !isFinite(p[3])) {
                add(p[3]);
                break;
            }
            const int n = segmentCount(p, tolerance);
            for (int i = 1; i < n; ++i)
                add(pointAt(p, static_cast<double>(i) / n));
            add(p[3]);
            break;
        }
        case PathVerb::close:
            finish(true);
            break;
        }
    }
    finish(false);
    return result;
}

} // namespace tessera::strips
