#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <core/base/geometry.h>

/// An outline as plain data: lines and cubic Béziers in subpaths. Coordinates are in whatever space the owner states.
/// Values may be anything a double holds; consumers skip what is not finite. Pure; safe on any thread.
namespace tessera {

enum class PathVerb : std::uint8_t { move, line, cubic, close };

/// `verbs` own `points` in order: move and line one each, cubic three, close none. Every subpath begins with a move.
class Path
{
public:
    [[nodiscard]] bool isEmpty() const { return m_verbs.empty(); }
    [[nodiscard]] const std::vector<PathVerb>& verbs() const { return m_verbs; }
    [[nodiscard]] const std::vector<Point>& points() const { return m_points; }

    void reserve(std::size_t verbCount, std::size_t pointCount) { m_verbs.reserve(verbCount), m_points.reserve(pointCount); }
    void moveTo(Point to) { add(PathVerb::move, to), m_start = to; }
    void lineTo(Point to) { begin(), add(PathVerb::line, to); }
    void cubicTo(Point control1, Point control2, Point to)
    {
        begin();
        m_verbs.push_back(PathVerb::cubic);
        m_points.insert(m_points.end(), {control1, control2, to});
    }
    void quadTo(Point control, Point to)
    {
        begin();
        const Point from = m_points.back();
        cubicTo(from + (control - from) * (2.0 / 3), to + (control - to) * (2.0 / 3), to);
    }
    void close()
    {
        if (!m_verbs.empty() && m_verbs.back() != PathVerb::close)
            m_verbs.push_back(PathVerb::close);
    }
    void append(const Path& other, const Transform& transform)
    {
        m_verbs.insert(m_verbs.end(), other.m_verbs.begin(), other.m_verbs.end());
        for (Point p : other.m_points)
            m_points.push_back(transform.apply(p));
        m_start = transform.apply(other.m_start);
    }
    [[nodiscard]] Path transformed(const Transform& transform) const
    {
        Path result;
        result.append(*this, transform);
        return result;
    }
    /// Box of all points, control points included: contains the outline, may be larger.
    [[nodiscard]] Rect controlBounds() const;

    friend bool operator==(const Path& a, const Path& b)
    {
        return a.m_verbs == b.m_verbs && a.m_points == b.m_points;
    }

private:
    void add(PathVerb verb, Point to)
    {
        m_verbs.push_back(verb);
        m_points.push_back(to);
    }
    /// Drawing after a close, or on an empty path, starts a subpath where the last one began.
    void begin()
    {
        if (m_verbs.empty() || m_verbs.back() == PathVerb::close)
            moveTo(m_start);
    }

    std::vector<PathVerb> m_verbs;
    std::vector<Point> m_points;
    Point m_start;
};

/// The four Béziers of a full ellipse inside `box`, clockwise from its right end. Radial error below 0.03 %.
[[nodiscard]] Path ellipsePath(const Rect& box);
/// Rectangle with corner radii (top left, top right, bottom right, bottom left); radii that do not fit shrink together.
[[nodiscard]] Path roundedRectPath(const Rect& box, double topLeft, double topRight, double bottomRight, double bottomLeft);
[[nodiscard]] Path rectPath(const Rect& box);

} // namespace tessera
