#include "node_properties.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "pattern_keys.h"
#include "svg_values.h"

namespace tessera::formats {

using document::PathPoint;
using document::SubPath;
using document::VectorPath;

void setTransform(ImportedNode& node, const Transform& transform)
{
    if (!transform.isIdentity())
        node.properties.emplace_back("xf", document::toAny(transform));
}

Transform storedTransform(const ImportedNode& node)
{
    for (const auto& [key, value] : node.properties) {
        const auto* numbers = key == "xf" ? value.array() : nullptr;
        if (!numbers || numbers->size() != 6)
            continue;
        const auto at = [&](std::size_t i) { return (*numbers)[i].number() ? *(*numbers)[i].number() : 0; };
        return {at(0), at(1), at(2), at(3), at(4), at(5)};
    }
    return {};
}

void placeWithin(ImportedNode& node, const Transform& transform)
{
    const Transform own = storedTransform(node);
    std::erase_if(node.properties, [](const auto& property) { return property.first == "xf"; });
    setTransform(node, transform * own);
}

void setSize(ImportedNode& node, Size size) { node.properties.emplace_back("size", document::toAny(size)); }

void setOpacity(ImportedNode& node, double opacity)
{
    if (opacity < 1)
        node.properties.emplace_back("op", document::rounded(std::max(opacity, 0.0)));
}

void setFills(ImportedNode& node, const std::vector<document::Paint>& fills)
{
    if (!fills.empty())
        node.properties.emplace_back("fills", document::toAny(fills));
}

void setStroke(ImportedNode& node, const document::Paint& paint, const document::StrokeStyle& style)
{
    const document::StrokeStyle plain;
    constexpr const char* aligns[] = {"center", "inside", "outside"};
    constexpr const char* caps[] = {"butt", "round", "square"};
    constexpr const char* joins[] = {"miter", "round", "bevel"};
    node.properties.emplace_back("strokes", document::toAny(std::vector{paint}));
    node.properties.emplace_back("sw", document::rounded(style.width));
    if (style.align != plain.align)
        node.properties.emplace_back("sAlign", aligns[static_cast<int>(style.align)]);
    if (style.cap != plain.cap)
        node.properties.emplace_back("sCap", caps[static_cast<int>(style.cap)]);
    if (style.join != plain.join)
        node.properties.emplace_back("sJoin", joins[static_cast<int>(style.join)]);
    if (!style.dash.empty()) {
        crdt::Any::Array dash;
        std::transform(style.dash.begin(), style.dash.end(), std::back_inserter(dash), [](double length) { return crdt::Any(document::rounded(length)); });
        node.properties.emplace_back("sDash", std::move(dash));
    }
}

ImportedNode vectorNode(const std::string& name, const VectorPath& path, const Transform& space)
{
    const Rect box = pathBounds(path);
    ImportedNode node;
    node.type = document::NodeType::vector;
    node.name = name;
    setTransform(node, space * Transform::translation(box.x, box.y));
    setSize(node, {box.width, box.height});
    node.properties.emplace_back("path", document::toAny(transformed(path, Transform::translation(-box.x, -box.y))));
    return node;
}

VectorPath withTouchingEndsClosed(VectorPath path)
{
    constexpr double touching = 0.01;
    for (SubPath& sub : path.subPaths) {
        if (sub.closed || sub.points.size() < 3 || length(sub.points.front().at - sub.points.back().at) > touching)
            continue;
        sub.points.front().in = sub.points.back().in;
        sub.points.pop_back();
        sub.closed = true;
    }
    return path;
}

PathPoint cornerAt(Point at) { return {at, at, at}; }

VectorPath polygon(const std::vector<Point>& corners, bool closed)
{
    SubPath sub;
    sub.closed = closed;
    std::transform(corners.begin(), corners.end(), std::back_inserter(sub.points), cornerAt);
    return {document::FillRule::nonzero, {std::move(sub)}};
}

VectorPath ellipseOutline(const Rect& box)
{
    SubPath sub;
    const Point center = box.center();
    sub.points.push_back(cornerAt({box.right(), center.y}));
    appendArc(sub, box.width / 2, box.height / 2, 0, false, true, {box.x, center.y});
    appendArc(sub, box.width / 2, box.height / 2, 0, false, true, {box.right(), center.y});
    return withTouchingEndsClosed({document::FillRule::nonzero, {std::move(sub)}});
}

void prefixKeys(ImportedNode& node, const std::string& prefix)
{
    if (!node.key.empty())
        node.key = prefix + node.key;
    const auto prefixed = [&](const std::string& key) { return prefix + key; };
    renamePatterns(node.properties, prefixed);
    for (ImportedFormat& format : node.formats)
        renamePatterns(format.attributes, prefixed);
    for (ImportedNode& child : node.children)
        prefixKeys(child, prefix);
}

bool isUsable(const Transform& t)
{
    constexpr double longest = 1e9;
    const double numbers[] = {t.a, t.b, t.c, t.d, t.e, t.f};
    return std::all_of(std::begin(numbers), std::end(numbers), [](double n) { return std::abs(n) <= longest; })
        && std::abs(t.determinant()) > 1e-12;
}

} // namespace tessera::formats
