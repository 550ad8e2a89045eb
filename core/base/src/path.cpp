#include <core/base/path.h>

#include <algorithm>
#include <cmath>

namespace tessera {

namespace {

/// Handle length of a quarter circle of radius 1: 4/3 (sqrt 2 - 1).
constexpr double quarterHandle = 0.5522847498307936;

} // namespace

Rect Path::controlBounds() const
{
    bool any = false;
    double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    for (Point p : m_points) {
        if (!std::isfinite(p.x) || !std::isfinite(p.y))
            continue;
        if (!any)
            x0 = x1 = p.x, y0 = y1 = p.y, any = true;
        x0 = std::min(x0, p.x), x1 = std::max(x1, p.x);
        y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
    }
    return {x0, y0, x1 - x0, y1 - y0};
}

Path ellipsePath(const Rect& box)
{
    const Point c = box.center();
    const double rx = box.width / 2, ry = box.height / 2, hx = rx * quarterHandle, hy = ry * quarterHandle;
    Path path;
    path.reserve(6, 13);
    path.moveTo({c.x + rx, c.y});
    path.cubicTo({c.x + rx, c.y + hy}, {c.x + hx, c.y + ry}, {c.x, c.y + ry});
    path.cubicTo({c.x - hx, c.y + ry}, {c.x - rx, c.y + hy}, {c.x - rx, c.y});
    path.cubicTo({c.x - rx, c.y - hy}, {c.x - hx, c.y - ry}, {c.x, c.y - ry});
    path.cubicTo({c.x + hx, c.y - ry}, {c.x + rx, c.y - hy}, {c.x + rx, c.y});
    path.close();
    return path;
}

Path rectPath(const Rect& box)
{
    Path path;
    path.reserve(5, 4);
    path.moveTo({box.x, box.y});
    path.lineTo({box.right(), box.y});
    path.lineTo({box.right(), box.bottom()});
    path.lineTo({box.x, box.bottom()});
    path.close();
    return path;
}

Path roundedRectPath(const Rect& box, double topLeft, double topRight, double bottomRight, double bottomLeft)
{
    double tl = std::max(0.0, topLeft), tr = std::max(0.0, topRight);
    double br = std::max(0.0, bottomRight), bl = std::max(0.0, bottomLeft);
    if (tl + tr + br + bl == 0)
        return rectPath(box);
    // CSS Backgrounds 3, 5.5: one factor for all corners keeps their proportions.
    double k = 1;
    const auto fit = [&k](double side, double sum) { k = sum > side && sum > 0 ? std::min(k, side / sum) : k; };
    fit(box.width, tl + tr), fit(box.width, bl + br), fit(box.height, tl + bl), fit(box.height, tr + br);
    tl *= k, tr *= k, br *= k, bl *= k;
    const double h = 1 - quarterHandle, x0 = box.x, y0 = box.y, x1 = box.right(), y1 = box.bottom();
    Path path;
    path.reserve(10, 17);
    path.moveTo({x0 + tl, y0});
    path.lineTo({x1 - tr, y0});
    if (tr > 0)
        path.cubicTo({x1 - tr * h, y0}, {x1, y0 + tr * h}, {x1, y0 + tr});
    path.lineTo({x1, y1 - br});
    if (br > 0)
        path.cubicTo({x1, y1 - br * h}, {x1 - br * h, y1}, {x1 - br, y1});
    path.lineTo({x0 + bl, y1});
    if (bl > 0)
        path.cubicTo({x0 + bl * h, y1}, {x0, y1 - bl * h}, {x0, y1 - bl});
    path.lineTo({x0, y0 + tl});
    if (tl > 0)
        path.cubicTo({x0, y0 + tl * h}, {x0 + tl * h, y0}, {x0 + tl, y0});
    path.close();
    return path;
}

} // namespace tessera
