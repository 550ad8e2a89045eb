#include "svg_reader.h"

#include <cmath>
#include <numbers>

/// Markers, SVG 2 chapter 13: a copy of the marker at vertices of a path, turned along it.
namespace tessera::formats {
namespace {

using document::PathPoint;
using document::SubPath;

struct Vertex {
    Point at;
    std::optional<Point> in;  ///< direction of the segment that ends here
    std::optional<Point> out; ///< direction of the segment that begins here
};

std::optional<Point> direction(Point from, Point to)
{
    const Point d = to - from;
    const double l = length(d);
    return l > 1e-9 ? std::optional(d * (1 / l)) : std::nullopt;
}

/// Where a curve sets out: towards its first control point that lies elsewhere.
std::optional<Point> startOf(const PathPoint& a, const PathPoint& b)
{
    for (const Point& p : {a.out, b.in, b.at}) {
        if (const auto d = direction(a.at, p))
            return d;
    }
    return std::nullopt;
}
std::optional<Point> endOf(const PathPoint& a, const PathPoint& b)
{
    for (const Point& p : {b.in, a.out, a.at}) {
        if (const auto d = direction(p, b.at))
            return d;
    }
    return std::nullopt;
}

/// A closed sub-path ends with a vertex at its start. A segment without length has the direction of its neighbour.
void addVertices(const SubPath& sub, std::vector<Vertex>& out)
{
    const std::size_t first = out.size(), count = sub.points.size();
    for (const PathPoint& point : sub.points)
        out.push_back({point.at, {}, {}});
    if (sub.closed)
        out.push_back({sub.points.front().at, {}, {}});
    for (std::size_t i = 0; first + i + 1 < out.size(); ++i) {
        const PathPoint &a = sub.points[i], &b = sub.points[(i + 1) % count];
        out[first + i].out = startOf(a, b);
        out[first + i + 1].in = endOf(a, b);
    }
    if (sub.closed && out.size() > first + 1) { // the ends of a closed path meet
        out.back().out = out[first].out;
        out[first].in = out.back().in;
    }
}

double angleOf(const Vertex& vertex)
{
    const auto angle = [](Point d) { return std::atan2(d.y, d.x); };
    if (!vertex.in || !vertex.out)
        return vertex.in ? angle(*vertex.in) : vertex.out ? angle(*vertex.out) : 0;
    const double a = angle(*vertex.in);
    const double turn = std::remainder(angle(*vertex.out) - a, 2 * std::numbers::pi);
    return a + turn / 2;
}

} // namespace

std::vector<ImportedNode> SvgReader::markers(const document::VectorPath& path, const Style& style, const Context& context)
{
    std::vector<ImportedNode> nodes;
    const auto find = [&](const char* property) {
        const std::string_view value = style.get(property);
        const pugi::xml_node target = value.empty() || value == "none" ? pugi::xml_node{} : byReference(value);
        return target && tagOf(target) == "marker" ? target : pugi::xml_node{};
    };
    const pugi::xml_node start = find("marker-start"), mid = find("marker-mid"), end = find("marker-end");
    if (!start && !mid && !end)
        return nodes;
    std::vector<Vertex> vertices;
    for (const SubPath& sub : path.subPaths)
        addVertices(sub, vertices);
    const double strokeWidth = style.length("stroke-width", 1, diagonalOf(context.viewBox));
    const auto add = [&](pugi::xml_node kind, const Vertex& vertex, bool isStart) {
        if (!kind)
            return;
        const std::string_view orient = kind.attribute("orient").value();
        double angle = orient == "auto" || orient == "auto-start-reverse" ? angleOf(vertex) : parseAngle(orient).value_or(0) * std::numbers::pi / 180;
        if (orient == "auto-start-reverse" && isStart)
            angle += std::numbers::pi;
        if (auto node = marker(kind, vertex.at, angle, strokeWidth, style, context))
            nodes.push_back(std::move(*node));
    };
    for (std::size_t i = 0; i < vertices.size(); ++i) {
        if (i == 0)
            add(start, vertices[i], true);
        else if (i + 1 < vertices.size())
            add(mid, vertices[i], false);
        if (i + 1 == vertices.size())
            add(end, vertices[i], false);
    }
    return nodes;
}

std::optional<ImportedNode> SvgReader::marker(pugi::xml_node marker, Point at, double angle, double strokeWidth, const Style& user, const Context& context)
{
    const Expansion expansion(*this, marker);
    if (expansion.isLoop() || overLimit())
        return std::nullopt;
    // What a marker inherits comes from where it stands, not from who uses it.
    Style style = styleOf(marker);
    style.becomeContext(user);
    const Size size{attributeLength(marker, "markerWidth", context.viewBox.width, 3), attributeLength(marker, "markerHeight", context.viewBox.height, 3)};
    if (!(size.width > 0) || !(size.height > 0))
        return std::nullopt;
    const bool byStroke = std::string_view(marker.attribute("markerUnits").value()) != "userSpaceOnUse";
    const double unit = byStroke ? strokeWidth : 1;
    const auto box = viewBoxOf(marker);
    const Rect area = box.value_or(Rect{0, 0, size.width, size.height});
    // Aligned by its reference point, a marker only scales to its box.
    const Transform fit = box ? fitTransform(*box, size, marker.attribute("preserveAspectRatio").value()) : Transform{};
    const Point reference{attributeLength(marker, "refX", area.width), attributeLength(marker, "refY", area.height)};
    const Point shift = fit.apply(reference);
    const Transform place = context.transform * Transform::translation(at.x, at.y) * Transform::rotation(angle) * Transform::scaling(unit, unit) *
                            Transform::translation(-shift.x, -shift.y);
    Context inner{style, fit, area, context.depth + 1};
    const std::string_view overflow = style.get("overflow");
    ImportedNode node;
    if (overflow == "visible" || overflow == "auto") {
        node.name = nameOf(marker);
        setTransform(node, place);
    } else {
        node = viewport(nameOf(marker), place, fit.mapBounds(area), inner);
    }
    setComposing(node, style);
    readChildren(marker, inner, node.children);
    if (node.children.empty())
        return std::nullopt;
    return node;
}

} // namespace tessera::formats
