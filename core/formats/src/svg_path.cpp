#include "svg_values.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::formats {
namespace {

using document::PathPoint;
using document::SubPath;
using document::VectorPath;

/// Interprets path data command by command; SVG 1.1 section 8.3.
class PathReader
{
public:
    explicit PathReader(std::string_view data, bool wholeArcs = false) : m_scanner(data), m_wholeArcs(wholeArcs) {}

    VectorPath read()
    {
        char command = 0;
        while (true) {
            m_scanner.skipSeparators();
            if (m_scanner.atEnd())
                break;
            const char c = m_scanner.peek();
            if (std::isalpha(static_cast<unsigned char>(c))) {
                command = c;
                m_scanner.advance();
            } else if (command == 'M' || command == 'm') {
                command = command == 'M' ? 'L' : 'l'; // further pairs after a moveto are linetos
            } else if (command == 0 || command == 'Z' || command == 'z') {
                break;
            }
            if (m_path.subPaths.empty() && command != 'M' && command != 'm')
                break;
            if (!step(command))
                break;
        }
        std::erase_if(m_path.subPaths, [](const SubPath& s) { return s.points.size() < 2 && !s.closed; });
        return std::move(m_path);
    }

private:
    bool step(char command)
    {
        const bool relative = command >= 'a';
        const Point base = relative ? m_at : Point{};
        const Point previousControl = m_control;
        const char previousKind = m_kind;
        m_kind = static_cast<char>(std::toupper(static_cast<unsigned char>(command)));
        switch (m_kind) {
        case 'M': {
            const auto to = point(base);
            if (!to)
                return false;
            m_path.subPaths.push_back({false, {{*to, *to, *to}}});
            m_at = m_start = *to;
            return true;
        }
        case 'Z':
            close();
            return true;
        case 'L': return lineTo(point(base));
        case 'H': {
            const auto x = m_scanner.number();
            return x && lineTo(Point{base.x + *x, m_at.y});
        }
        case 'V': {
            const auto y = m_scanner.number();
            return y && lineTo(Point{m_at.x, base.y + *y});
        }
        case 'C': {
            const auto c1 = point(base), c2 = point(base), to = point(base);
            return c1 && c2 && to && cubicTo(*c1, *c2, *to);
        }
        case 'S': {
            const Point c1 = previousKind == 'C' || previousKind == 'S' ? m_at * 2 - previousControl : m_at;
            const auto c2 = point(base), to = point(base);
            return c2 && to && cubicTo(c1, *c2, *to);
        }
        case 'Q': {
            const auto c = point(base), to = point(base);
            return c && to && quadraticTo(*c, *to);
        }
        case 'T': {
            const Point c = previousKind == 'Q' || previousKind == 'T' ? m_at * 2 - previousControl : m_at;
            const auto to = point(base);
            return to && quadraticTo(c, *to);
        }
        case 'A': {
            const auto rx = m_scanner.number(), ry = m_scanner.number(), rotation = m_scanner.number();
            const auto large = m_scanner.flag(), sweep = m_scanner.flag();
            const auto to = point(base);
            if (!rx || !ry || !rotation || !large || !sweep || !to)
                return false;
            SubPath& sub = current();
            const std::size_t first = sub.points.size();
            appendArc(sub, *rx, *ry, *rotation, *large, *sweep, *to);
            if (m_wholeArcs && sub.points.size() > first + 1)
                sub.points.erase(sub.points.begin() + static_cast<std::ptrdiff_t>(first), sub.points.end() - 1);
            m_at = *to;
            return true;
        }
        default: return false;
        }
    }

    std::optional<Point> point(Point base)
    {
        const auto x = m_scanner.number();
        const auto y = m_scanner.number();
        return x && y ? std::optional(Point{base.x + *x, base.y + *y}) : std::nullopt;
    }

    /// Drawing on after a Z starts a new sub-path at the old start.
    SubPath& current()
    {
        if (m_path.subPaths.back().closed)
            m_path.subPaths.push_back({false, {{m_start, m_start, m_start}}});
        return m_path.subPaths.back();
    }

    bool lineTo(std::optional<Point> to)
    {
        if (!to)
            return false;
        current().points.push_back({*to, *to, *to});
        m_at = *to;
        return true;
    }

    bool cubicTo(Point c1, Point c2, Point to)
    {
        SubPath& sub = current();
        sub.points.back().out = c1;
        sub.points.push_back({to, c2, to});
        m_control = c2;
        m_at = to;
        return true;
    }

    bool quadraticTo(Point c, Point to)
    {
        const Point from = m_at;
        cubicTo(from + (c - from) * (2.0 / 3), to + (c - to) * (2.0 / 3), to);
        m_control = c;
        return true;
    }

    void close()
    {
        SubPath& sub = m_path.subPaths.back();
        // The closing segment back to the start is implied: fold a repeated last point into the first one.
        if (sub.points.size() > 1 && length(sub.points.back().at - sub.points.front().at) < 1e-9) {
            sub.points.front().in = sub.points.back().in;
            sub.points.pop_back();
        }
        sub.closed = true;
        m_at = m_start;
    }

    NumberScanner m_scanner;
    bool m_wholeArcs;
    VectorPath m_path;
    Point m_at, m_start, m_control;
    char m_kind = 0;
};

void growByCubic(double p0, double p1, double p2, double p3, double& low, double& high)
{
    low = std::min({low, p0, p3});
    high = std::max({high, p0, p3});
    if (p1 >= low && p1 <= high && p2 >= low && p2 <= high)
        return;
    const double a = -p0 + 3 * p1 - 3 * p2 + p3, b = 2 * (p0 - 2 * p1 + p2), c = p1 - p0;
    double roots[2];
    int count = 0;
    if (std::abs(a) < 1e-12) {
        if (std::abs(b) > 1e-12)
            roots[count++] = -c / b;
    } else if (const double d = b * b - 4 * a * c; d >= 0) {
        roots[count++] = (-b + std::sqrt(d)) / (2 * a);
        roots[count++] = (-b - std::sqrt(d)) / (2 * a);
    }
    for (int i = 0; i < count; ++i) {
        const double t = roots[i], u = 1 - t;
        if (t <= 0 || t >= 1)
            continue;
        const double v = u * u * u * p0 + 3 * u * u * t * p1 + 3 * u * t * t * p2 + t * t * t * p3;
        low = std::min(low, v);
        high = std::max(high, v);
    }
}

} // namespace

VectorPath parsePathData(std::string_view data) { return PathReader(data).read(); }
VectorPath parsePathVertices(std::string_view data) { return PathReader(data, true).read(); }

Rect pathBounds(const VectorPath& path)
{
    double x0 = 1e300, y0 = 1e300, x1 = -1e300, y1 = -1e300;
    for (const SubPath& sub : path.subPaths) {
        const std::size_t segments = sub.points.size() - (sub.closed ? 0 : 1);
        for (std::size_t i = 0; i < segments && !sub.points.empty(); ++i) {
            const PathPoint& a = sub.points[i];
            const PathPoint& b = sub.points[(i + 1) % sub.points.size()];
            growByCubic(a.at.x, a.out.x, b.in.x, b.at.x, x0, x1);
            growByCubic(a.at.y, a.out.y, b.in.y, b.at.y, y0, y1);
        }
    }
    return x1 < x0 ? Rect{} : Rect{x0, y0, x1 - x0, y1 - y0};
}

VectorPath transformed(const VectorPath& path, const Transform& transform)
{
    VectorPath result = path;
    for (SubPath& sub : result.subPaths)
        for (PathPoint& p : sub.points)
            p = {transform.apply(p.at), transform.apply(p.in), transform.apply(p.out)};
    return result;
}

void appendArc(SubPath& subPath, double rx, double ry, double rotationDegrees, bool large, bool sweep, Point to)
{
    const Point from = subPath.points.back().at;
    rx = std::abs(rx);
    ry = std::abs(ry);
    if (from == to)
        return;
    if (rx < 1e-9 || ry < 1e-9) {
        subPath.points.push_back({to, to, to});
        return;
    }
    // Endpoint to centre form, SVG 1.1 appendix F.6.5, in a frame where the ellipse is the unit circle.
    const Transform rotation = Transform::rotation(rotationDegrees * std::numbers::pi / 180);
    const Point half = rotation.inverted()->applyVector((from - to) * 0.5);
    const double scale = std::sqrt(std::max(1.0, half.x * half.x / (rx * rx) + half.y * half.y / (ry * ry)));
    rx *= scale;
    ry *= scale;
    const Transform toEllipse = rotation * Transform::scaling(rx, ry);
    const Point a = toEllipse.inverted()->applyVector(from), b = toEllipse.inverted()->applyVector(to);
    const Point middle = (a + b) * 0.5, chord = b - a;
    const double halfChord = length(chord) / 2;
    const double rise = std::sqrt(std::max(0.0, 1 - halfChord * halfChord));
    const Point normal{-chord.y / (2 * halfChord), chord.x / (2 * halfChord)};
    const Point center = middle + normal * (large == sweep ? -rise : rise);
    const double start = std::atan2(a.y - center.y, a.x - center.x);
    double extent = std::atan2(b.y - center.y, b.x - center.x) - start;
    if (sweep && extent <= 0)
        extent += 2 * std::numbers::pi;
    if (!sweep && extent >= 0)
        extent -= 2 * std::numbers::pi;
    const int pieces = std::max(1, static_cast<int>(std::ceil(std::abs(extent) / (std::numbers::pi / 2) - 1e-9)));
    const double step = extent / pieces, k = 4.0 / 3 * std::tan(step / 4);
    for (int i = 0; i < pieces; ++i) {
        const double t0 = start + step * i, t1 = t0 + step;
        const Point p0{std::cos(t0), std::sin(t0)}, p1{std::cos(t1), std::sin(t1)};
        const auto place = [&](Point p) { return toEllipse.applyVector(center + p); };
        const Point end = i + 1 == pieces ? to : place(p1);
        subPath.points.back().out = place({p0.x - k * p0.y, p0.y + k * p0.x});
        subPath.points.push_back({end, place({p1.x + k * p1.y, p1.y - k * p1.x}), end});
    }
}

} // namespace tessera::formats
