#include <algorithm>
#include <cmath>
#include <numbers>

#include "excalidraw_reader.h"
#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;
using document::PathPoint;
using document::SubPath;
using document::VectorPath;

namespace {

bool isRound(const Any& element) { return memberOf(element, "roundness").object() || textOf(element, "strokeSharpness") == "round"; }

/// A quarter of the side, but of the adaptive kind (3) at most 32 px.
double cornerRadius(const Any& element, double side)
{
    constexpr double share = 0.25, adaptive = 32;
    const Any& roundness = memberOf(element, "roundness");
    if (numberOr(roundness, "type", 1) == 3)
        return std::min(side * share, std::max(0.0, numberOr(roundness, "value", adaptive)));
    return side * share;
}

VectorPath roundedRect(Size size, double radius)
{
    constexpr double handle = 0.5522847498; // of the radius, for a quarter of a circle
    const double w = size.width, h = size.height, k = radius * (1 - handle);
    SubPath sub;
    sub.closed = true;
    const auto corner = [&](Point before, Point control1, Point control2, Point after) {
        sub.points.push_back({before, before, control1});
        sub.points.push_back({after, control2, after});
    };
    corner({0, radius}, {0, k}, {k, 0}, {radius, 0});
    corner({w - radius, 0}, {w - k, 0}, {w, k}, {w, radius});
    corner({w, h - radius}, {w, h - k}, {w - k, h}, {w - radius, h});
    corner({radius, h}, {k, h}, {0, h - k}, {0, h - radius});
    return {document::FillRule::nonzero, {std::move(sub)}};
}

VectorPath diamond(const Any& element, Size size)
{
    const Point top{size.width / 2, 0}, right{size.width, size.height / 2}, bottom{size.width / 2, size.height}, left{0, size.height / 2};
    if (!isRound(element))
        return polygon({top, right, bottom, left}, true);
    const double dx = cornerRadius(element, size.width / 2), dy = cornerRadius(element, size.height / 2);
    SubPath sub;
    sub.closed = true;
    const auto corner = [&](Point before, Point at, Point after) {
        sub.points.push_back({before, before, at});
        sub.points.push_back({after, at, after});
    };
    corner({top.x - dx, top.y + dy}, top, {top.x + dx, top.y + dy});
    corner({right.x - dx, right.y - dy}, right, {right.x - dx, right.y + dy});
    corner({bottom.x + dx, bottom.y - dy}, bottom, {bottom.x - dx, bottom.y - dy});
    corner({left.x + dx, left.y + dy}, left, {left.x + dx, left.y - dy});
    return {document::FillRule::nonzero, {std::move(sub)}};
}

/// A Catmull-Rom curve through the points.
VectorPath smooth(const std::vector<Point>& points)
{
    VectorPath path = polygon(points, false);
    auto& curve = path.subPaths.front().points;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Point before = points[i == 0 ? 0 : i - 1], after = points[std::min(i + 1, points.size() - 1)];
        const Point handle = (after - before) * (1.0 / 6);
        curve[i].in = i == 0 ? points[i] : points[i] - handle;
        curve[i].out = i + 1 == points.size() ? points[i] : points[i] + handle;
    }
    return path;
}

ExcalidrawOutline lineOutline(const Any& element)
{
    ExcalidrawOutline outline;
    for (const Any& point : listOf(element, "points")) {
        const auto* pair = point.array();
        if (!pair || pair->size() < 2 || !(*pair)[0].number() || !(*pair)[1].number())
            continue;
        constexpr double farthest = 1e7;
        const Point at{*(*pair)[0].number(), *(*pair)[1].number()};
        if (std::abs(at.x) <= farthest && std::abs(at.y) <= farthest)
            outline.points.push_back(at);
    }
    const auto& points = outline.points;
    if (points.empty())
        return outline;
    const bool isFree = textOf(element, "type") == "freedraw";
    const bool isCurve = isFree || (isRound(element) && !isSet(element, "elbowed"));
    outline.path = isCurve && points.size() > 2 ? smooth(points) : polygon(points, false);
    constexpr double loop = 8; // ends this close count as one
    outline.isArea = points.size() > 3 - (isFree ? 1 : 0) && length(points.front() - points.back()) <= loop && textOf(element, "type") != "arrow";
    if (outline.isArea)
        outline.path = withTouchingEndsClosed(outline.path);
    return outline;
}

} // namespace

ExcalidrawOutline excalidrawOutline(const Any& element)
{
    const std::string_view type = textOf(element, "type");
    const Size size{std::abs(numberOr(element, "width", 0)), std::abs(numberOr(element, "height", 0))};
    if (type == "line" || type == "arrow" || type == "freedraw" || type == "draw")
        return lineOutline(element);
    if (type == "ellipse")
        return {ellipseOutline({0, 0, size.width, size.height}), true, {}};
    if (type == "diamond")
        return {diamond(element, size), true, {}};
    if (isRound(element))
        return {roundedRect(size, cornerRadius(element, std::min(size.width, size.height))), true, {}};
    return {polygon({{0, 0}, {size.width, 0}, {size.width, size.height}, {0, size.height}}, true), true, {}};
}

std::optional<ArrowHead> arrowHead(std::string_view kind, ArrowEnd end, const ExcalidrawOutline& line, double strokeWidth)
{
    if (line.points.size() < 2 || line.path.subPaths.empty())
        return std::nullopt;
    const auto& points = line.path.subPaths.front().points;
    const bool atEnd = end == ArrowEnd::end;
    const PathPoint& tipPoint = atEnd ? points.back() : points.front();
    const Point handle = atEnd ? tipPoint.in : tipPoint.out;
    const Point beside = atEnd ? points[points.size() - 2].at : points[1].at;
    const Point from = handle == tipPoint.at ? beside : handle;
    const Point tip = tipPoint.at;
    const double angle = std::atan2(tip.y - from.y, tip.x - from.x);

    const bool isArrow = kind == "arrow", isOutline = kind.ends_with("_outline");
    const std::string_view base = isOutline ? kind.substr(0, kind.size() - 8) : kind;
    const double wanted = isArrow ? 30 : base == "diamond" || base.starts_with("crowfoot") ? 20 : 15;
    const double size = std::min(wanted, length(tip - beside) * (base == "diamond" ? 0.25 : 0.5) + strokeWidth);
    const auto degrees = [](double value) { return std::tan(value * std::numbers::pi / 180); };
    const Transform place = Transform::translation(tip.x, tip.y) * Transform::rotation(angle); // the tip at 0, looking along +x
    ArrowHead head;
    if (isArrow || base == "triangle") {
        const double half = size * degrees(isArrow ? 20 : 25);
        head.path = polygon({{-size, -half}, {0, 0}, {-size, half}}, base == "triangle");
    } else if (base == "bar" || base == "crowfoot_one") {
        head.path = polygon({{0, -size / 2}, {0, size / 2}}, false);
    } else if (base == "diamond") {
        const double half = size * degrees(25);
        head.path = polygon({{0, 0}, {-size, -half}, {-2 * size, 0}, {-size, half}}, true);
    } else if (base == "dot" || base == "circle") {
        head.path = ellipseOutline({-size / 2, -size / 2, size, size});
    } else if (base == "crowfoot_many" || base == "crowfoot_one_or_many") {
        const double half = size * degrees(25);
        head.path = polygon({{0, -half}, {-size, 0}, {0, half}}, false);
        if (base == "crowfoot_one_or_many")
            head.path.subPaths.push_back(polygon({{-size, -half}, {-size, half}}, false).subPaths.front());
    } else {
        return std::nullopt;
    }
    if (head.path.subPaths.front().closed)
        head.fill = isOutline ? ArrowHead::Fill::background : ArrowHead::Fill::stroke;
    head.path = transformed(head.path, place);
    return head;
}

} // namespace tessera::formats
