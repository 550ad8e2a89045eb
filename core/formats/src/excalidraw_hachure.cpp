#include <algorithm>
#include <cmath>
#include <numbers>

#include "excalidraw_reader.h"
#include "svg_values.h"

namespace tessera::formats {
namespace {

using document::VectorPath;
using Polygon = std::vector<Point>;

Point onCurve(const document::PathPoint& a, const document::PathPoint& b, double t)
{
    const double s = 1 - t;
    return a.at * (s * s * s) + a.out * (3 * s * s * t) + b.in * (3 * s * t * t) + b.at * (t * t * t);
}

std::vector<Polygon> flattened(const VectorPath& path, double angle)
{
    constexpr int steps = 8; // of a curve; hachures end within a fraction of a px of the outline
    const Transform turn = Transform::rotation(angle);
    std::vector<Polygon> polygons;
    for (const auto& sub : path.subPaths) {
        Polygon polygon;
        for (std::size_t i = 0; i < sub.points.size(); ++i) {
            const auto& from = sub.points[i];
            const auto& to = sub.points[(i + 1) % sub.points.size()];
            polygon.push_back(turn.apply(from.at));
            if (from.out == from.at && to.in == to.at)
                continue;
            for (int step = 1; step < steps; ++step)
                polygon.push_back(turn.apply(onCurve(from, to, double(step) / steps)));
        }
        polygons.push_back(std::move(polygon));
    }
    return polygons;
}

/// Where the horizontal line at `y` is inside, even-odd.
std::vector<double> crossings(const std::vector<Polygon>& polygons, double y)
{
    std::vector<double> xs;
    for (const Polygon& polygon : polygons) {
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            const Point a = polygon[i], b = polygon[(i + 1) % polygon.size()];
            if ((a.y <= y) != (b.y <= y))
                xs.push_back(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y));
        }
    }
    std::sort(xs.begin(), xs.end());
    return xs;
}

/// Appends lines at `angle` with `gap` between them; false when there are too many.
bool appendLines(const VectorPath& outline, double angle, double gap, bool zigzag, std::size_t maxLines, double& workLeft, VectorPath& out)
{
    const auto polygons = flattened(outline, -angle);
    double top = 0, bottom = 0;
    bool any = false;
    std::size_t edges = 0;
    for (const Polygon& polygon : polygons) {
        edges += polygon.size();
        for (const Point p : polygon) {
            top = any ? std::min(top, p.y) : p.y;
            bottom = any ? std::max(bottom, p.y) : p.y;
            any = true;
        }
    }
    constexpr double maxWork = 2e7; // edges looked at for one shape
    const double lines = (bottom - top) / gap, work = lines * double(edges);
    if (!(lines < double(maxLines)) || work > std::min(maxWork, workLeft))
        return false;
    workLeft -= work;
    const Transform back = Transform::rotation(angle);
    for (double y = top + gap / 2; y < bottom; y += gap) {
        const auto xs = crossings(polygons, y);
        for (std::size_t i = 0; i + 1 < xs.size(); i += 2) {
            const Point from = back.apply({xs[i], y}), to = back.apply({xs[i + 1], y});
            if (zigzag && !out.subPaths.empty() && xs.size() == 2) {
                out.subPaths.back().points.push_back(cornerAt(from));
                out.subPaths.back().points.push_back(cornerAt(to));
            } else {
                out.subPaths.push_back({false, {cornerAt(from), cornerAt(to)}});
            }
            if (out.subPaths.size() > maxLines)
                return false;
        }
    }
    return true;
}

} // namespace

std::optional<VectorPath> hachure(const VectorPath& outline, std::string_view style, double strokeWidth, std::size_t maxLines,
                                  double& workLeft)
{
    constexpr double angle = -41 * std::numbers::pi / 180;
    const double gap = std::max(4 * strokeWidth, 0.5);
    VectorPath lines;
    const bool fits = appendLines(outline, angle, gap, style == "zigzag", maxLines, workLeft, lines)
        && (style != "cross-hatch" || appendLines(outline, angle + std::numbers::pi / 2, gap, false, maxLines, workLeft, lines));
    return fits ? std::optional(std::move(lines)) : std::nullopt;
}

} // namespace tessera::formats
