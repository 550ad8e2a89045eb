#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

/// Points, sizes, rectangles and 2D affine transforms in double precision. The y axis points down, angles are
/// clockwise, as in SVG. The space (document or view) is named by the variable. Pure; safe on any thread.
namespace tessera {

struct Point {
    double x{};
    double y{};
    friend bool operator==(const Point&, const Point&) = default;
    friend Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
    friend Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
    friend Point operator*(Point a, double k) { return {a.x * k, a.y * k}; }
};

[[nodiscard]] inline double length(Point p) { return std::hypot(p.x, p.y); }

struct Size {
    double width{};
    double height{};
    friend bool operator==(const Size&, const Size&) = default;
};

/// Half-open rectangle; empty when width or height is not positive.
struct Rect {
    double x{};
    double y{};
    double width{};
    double height{};
    friend bool operator==(const Rect&, const Rect&) = default;

    [[nodiscard]] double right() const { return x + width; }
    [[nodiscard]] double bottom() const { return y + height; }
    [[nodiscard]] Point topLeft() const { return {x, y}; }
    [[nodiscard]] Point center() const { return {x + width / 2, y + height / 2}; }
    [[nodiscard]] bool isEmpty() const { return !(width > 0 && height > 0); }
    [[nodiscard]] bool contains(Point p) const
    {
        return p.x >= x && p.y >= y && p.x < right() && p.y < bottom();
    }
    [[nodiscard]] bool contains(const Rect& r) const
    {
        return r.x >= x && r.y >= y && r.right() <= right() && r.bottom() <= bottom();
    }
    [[nodiscard]] bool intersects(const Rect& r) const
    {
        return r.x < right() && x < r.right() && r.y < bottom() && y < r.bottom();
    }
    [[nodiscard]] Rect inflated(double by) const { return {x - by, y - by, width + 2 * by, height + 2 * by}; }
    [[nodiscard]] static Rect fromCorners(Point a, Point b)
    {
        return {std::min(a.x, b.x), std::min(a.y, b.y), std::abs(a.x - b.x), std::abs(a.y - b.y)};
    }
};

[[nodiscard]] inline Rect united(const Rect& a, const Rect& b)
{
    if (a.isEmpty())
        return b;
    if (b.isEmpty())
        return a;
    const double x = std::min(a.x, b.x), y = std::min(a.y, b.y);
    return {x, y, std::max(a.right(), b.right()) - x, std::max(a.bottom(), b.bottom()) - y};
}

[[nodiscard]] inline Rect intersected(const Rect& a, const Rect& b)
{
    const double x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::max(0.0, std::min(a.right(), b.right()) - x), std::max(0.0, std::min(a.bottom(), b.bottom()) - y)};
}

/// [a b c d e f] in SVG order: x' = a x + c y + e, y' = b x + d y + f.
struct Transform {
    double a = 1, b = 0, c = 0, d = 1, e = 0, f = 0;
    friend bool operator==(const Transform&, const Transform&) = default;

    [[nodiscard]] static Transform translation(double x, double y) { return {1, 0, 0, 1, x, y}; }
    [[nodiscard]] static Transform scaling(double x, double y) { return {x, 0, 0, y, 0, 0}; }
    [[nodiscard]] static Transform rotation(double radians)
    {
        const double s = std::sin(radians), k = std::cos(radians);
        return {k, s, -s, k, 0, 0};
    }
    [[nodiscard]] Point apply(Point p) const { return {a * p.x + c * p.y + e, b * p.x + d * p.y + f}; }
    /// Direction: the linear part alone.
    [[nodiscard]] Point applyVector(Point p) const { return {a * p.x + c * p.y, b * p.x + d * p.y}; }
    /// Bounding box of the transformed rectangle.
    [[nodiscard]] Rect mapBounds(const Rect& r) const
    {
        const Point p[4] = {apply({r.x, r.y}), apply({r.right(), r.y}), apply({r.right(), r.bottom()}), apply({r.x, r.bottom()})};
        double x0 = p[0].x, x1 = p[0].x, y0 = p[0].y, y1 = p[0].y;
        for (const Point& q : p) {
            x0 = std::min(x0, q.x), x1 = std::max(x1, q.x);
            y0 = std::min(y0, q.y), y1 = std::max(y1, q.y);
        }
        return {x0, y0, x1 - x0, y1 - y0};
    }
    [[nodiscard]] double determinant() const { return a * d - b * c; }
    /// Length factor of the transform: the square root of the area factor.
    [[nodiscard]] double scale() const { return std::sqrt(std::abs(determinant())); }
    [[nodiscard]] bool isIdentity() const { return *this == Transform{}; }
    /// Empty when the transform flattens the plane.
    [[nodiscard]] std::optional<Transform> inverted() const
    {
        const double det = determinant();
        if (!(std::abs(det) > 1e-300) || !std::isfinite(det))
            return std::nullopt;
        const Transform r{d / det, -b / det, -c / det, a / det, 0, 0};
        return Transform{r.a, r.b, r.c, r.d, -(r.a * e + r.c * f), -(r.b * e + r.d * f)};
    }
};

/// `outer * inner`: apply `inner` first.
[[nodiscard]] inline Transform operator*(const Transform& m, const Transform& n)
{
    return {m.a * n.a + m.c * n.b,       m.b * n.a + m.d * n.b,      m.a * n.c + m.c * n.d,
            m.b * n.c + m.d * n.d,       m.a * n.e + m.c * n.f + m.e, m.b * n.e + m.d * n.f + m.f};
}

} // namespace tessera
