#include "outline_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tessera::scene {

namespace {

constexpr int curveSteps = 24;

/// Calls side(from, to, isDrawn) for every piece; open subpaths get an undrawn closing side, for insideness.
template <class Side> void walkSides(const Path& path, Side side)
{
    std::size_t next = 0;
    Point start{}, last{};
    bool open = false;
    for (PathVerb verb : path.verbs()) {
        const Point* p = path.points().data() + next;
        switch (verb) {
        case PathVerb::move:
            if (open)
                side(last, start, false);
            start = last = p[0];
            next += 1, open = true;
            break;
        case PathVerb::line:
            side(last, p[0], true);
            last = p[0];
            next += 1;
            break;
        case PathVerb::cubic: {
            const Point from = last;
            for (int i = 1; i <= curveSteps; ++i) {
                const double t = static_cast<double>(i) / curveSteps, u = 1 - t;
                const Point to = from * (u * u * u) + p[0] * (3 * u * u * t) + p[1] * (3 * u * t * t) + p[2] * (t * t * t);
                side(last, to, true);
                last = to;
            }
            next += 3;
            break;
        }
        case PathVerb::close:
            side(last, start, true);
            last = start, open = false;
            break;
        }
    }
    if (open)
        side(last, start, false);
}

double distanceToSegment(Point p, Point a, Point b)
{
    const Point d = b - a;
    const double squared = d.x * d.x + d.y * d.y;
    const double t = squared > 0 ? std::clamp(((p.x - a.x) * d.x + (p.y - a.y) * d.y) / squared, 0.0, 1.0) : 0;
    return length(p - (a + d * t));
}

} // namespace

bool isInside(const Path& path, Point p, document::FillRule rule)
{
    int winding = 0;
    walkSides(path, [&](Point a, Point b, bool) {
        if ((a.y <= p.y) == (b.y <= p.y))
            return;
        const double x = a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x);
        if (x > p.x)
            winding += b.y > a.y ? 1 : -1;
    });
    return rule == document::FillRule::nonzero ? winding != 0 : winding % 2 != 0;
}

double distanceTo(const Path& path, Point p)
{
    double best = std::numeric_limits<double>::infinity();
    walkSides(path, [&](Point a, Point b, bool drawn) {
        if (drawn)
            best = std::min(best, distanceToSegment(p, a, b));
    });
    return best;
}

} // namespace tessera::scene
