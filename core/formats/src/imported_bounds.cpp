#include "imported_bounds.h"

#include <algorithm>

#include "svg_values.h"

namespace tessera::formats {
namespace {

const crdt::Any* property(const ImportedNode& node, std::string_view key)
{
    const auto found = std::find_if(node.properties.begin(), node.properties.end(), [&](const auto& entry) { return entry.first == key; });
    return found == node.properties.end() ? nullptr : &found->second;
}

std::vector<double> numbers(const crdt::Any* value)
{
    std::vector<double> list;
    if (const auto* array = value ? value->array() : nullptr) {
        for (const crdt::Any& item : *array)
            list.push_back(item.number() ? *item.number() : 0);
    }
    return list;
}

Size sizeOf(const ImportedNode& node)
{
    const auto n = numbers(property(node, "size"));
    return n.size() == 2 ? Size{n[0], n[1]} : Size{};
}

document::VectorPath pathOf(const ImportedNode& node)
{
    document::VectorPath path;
    const crdt::Any* stored = property(node, "path");
    const crdt::Any* subs = stored ? stored->find("subs") : nullptr;
    if (!subs || !subs->array())
        return path;
    for (const crdt::Any& item : *subs->array()) {
        document::SubPath sub;
        sub.closed = item.find("closed") && item.find("closed")->boolean() && *item.find("closed")->boolean();
        const auto n = numbers(item.find("points"));
        for (std::size_t i = 0; i + 5 < n.size(); i += 6)
            sub.points.push_back({{n[i], n[i + 1]}, {n[i + 2], n[i + 3]}, {n[i + 4], n[i + 5]}});
        path.subPaths.push_back(std::move(sub));
    }
    return path;
}

document::VectorPath outlineOf(const ImportedNode& node)
{
    const Size size = sizeOf(node);
    document::VectorPath path;
    if (node.type == document::NodeType::vector)
        return pathOf(node);
    if (node.type == document::NodeType::ellipse) {
        const double rx = size.width / 2, ry = size.height / 2;
        const Point start{0, ry};
        document::SubPath sub{true, {{start, start, start}}};
        appendArc(sub, rx, ry, 0, false, true, {size.width, ry});
        appendArc(sub, rx, ry, 0, false, true, start);
        path.subPaths.push_back(std::move(sub));
    } else if (node.type != document::NodeType::group) {
        document::SubPath sub{true, {}};
        for (const Point p : {Point{0, 0}, Point{size.width, 0}, Point{size.width, size.height}, Point{0, size.height}})
            sub.points.push_back({p, p, p});
        path.subPaths.push_back(std::move(sub));
    }
    return path;
}

} // namespace

Rect importedBounds(const ImportedNode& node, const Transform& outer)
{
    const auto m = numbers(property(node, "xf"));
    const Transform toOuter = m.size() == 6 ? outer * Transform{m[0], m[1], m[2], m[3], m[4], m[5]} : outer;
    const document::VectorPath outline = outlineOf(node);
    Rect bounds = outline.subPaths.empty() ? Rect{} : pathBounds(transformed(outline, toOuter));
    for (const ImportedNode& child : node.children)
        bounds = united(bounds, importedBounds(child, toOuter));
    return bounds;
}

} // namespace tessera::formats
