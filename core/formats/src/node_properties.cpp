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

namespace {

/// A list of that many numbers; empty when there is none.
std::vector<double> storedNumbers(const ImportedNode& node, std::string_view key, std::size_t count)
{
    std::vector<double> numbers;
    for (const auto& [name, value] : node.properties) {
        const auto* list = name == key ? value.array() : nullptr;
        if (!list || list->size() != count)
            continue;
        for (const crdt::Any& item : *list)
            numbers.push_back(item.number() ? *item.number() : 0);
        break;
    }
    return numbers;
}

} // namespace

Transform storedTransform(const ImportedNode& node)
{
    const auto m = storedNumbers(node, "xf", 6);
    return m.empty() ? Transform() : Transform{m[0], m[1], m[2], m[3], m[4], m[5]};
}

Size sizeOf(const ImportedNode& node)
{
    const auto size = storedNumbers(node, "size", 2);
    return size.empty() ? Size() : Size{size[0], size[1]};
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

std::string joined(const std::vector<std::string>& losses)
{
    std::string text;
    for (const std::string& loss : losses)
        text += (text.empty() ? "" : "; ") + loss;
    return text;
}

bool isUsable(const Transform& t)
{
    constexpr double longest = 1e9;
    const double numbers[] = {t.a, t.b, t.c, t.d, t.e, t.f};
    return std::all_of(std::begin(numbers), std::end(numbers), [](double n) { return std::abs(n) <= longest; })
        && std::abs(t.determinant()) > 1e-12;
}

} // namespace tessera::formats
