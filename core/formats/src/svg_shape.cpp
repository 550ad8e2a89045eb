#include "svg_reader.h"

#include <algorithm>
#include <cmath>

namespace tessera::formats {
namespace {

using document::NodeType;
using document::SubPath;
using document::VectorPath;

SubPath polygon(std::string_view pointsText, bool closed)
{
    SubPath sub{closed, {}};
    const auto numbers = parseNumbers(pointsText);
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        const Point p{numbers[i], numbers[i + 1]};
        sub.points.push_back({p, p, p});
    }
    return sub;
}

SubPath roundedRect(const Rect& r, double rx, double ry)
{
    const Point start{r.x + rx, r.y};
    SubPath sub{true, {{start, start, start}}};
    const auto line = [&](Point p) { sub.points.push_back({p, p, p}); };
    line({r.right() - rx, r.y});
    appendArc(sub, rx, ry, 0, false, true, {r.right(), r.y + ry});
    line({r.right(), r.bottom() - ry});
    appendArc(sub, rx, ry, 0, false, true, {r.right() - rx, r.bottom()});
    line({r.x + rx, r.bottom()});
    appendArc(sub, rx, ry, 0, false, true, {r.x, r.bottom() - ry});
    line({r.x, r.y + ry});
    appendArc(sub, rx, ry, 0, false, true, start);
    sub.points.front().in = sub.points.back().in;
    sub.points.pop_back();
    return sub;
}

/// rx and ry of a rect: what is missing or negative follows the other, and neither passes half a side.
Size cornerRadii(pugi::xml_node element, const Rect& box, const Rect& viewBox, double emPx)
{
    const auto radius = [&](const char* name, double whole) {
        auto value = parseLength(element.attribute(name).value(), whole, emPx);
        return value && *value >= 0 ? value : std::nullopt;
    };
    const auto rx = radius("rx", viewBox.width), ry = radius("ry", viewBox.height);
    return {std::min(rx.value_or(ry.value_or(0)), box.width / 2), std::min(ry.value_or(rx.value_or(0)), box.height / 2)};
}

/// An ellipse's radius; a missing one follows the other.
Size ellipseRadii(pugi::xml_node element, const Rect& viewBox, double emPx)
{
    const auto rx = parseLength(element.attribute("rx").value(), viewBox.width, emPx);
    const auto ry = parseLength(element.attribute("ry").value(), viewBox.height, emPx);
    return {rx.value_or(ry.value_or(0)), ry.value_or(rx.value_or(0))};
}

/// The outline as markers see it.
VectorPath verticesOf(const SvgShape& shape, pugi::xml_node element)
{
    if (tagOf(element) == "path")
        return parsePathVertices(element.attribute("d").value());
    if (shape.type == NodeType::vector)
        return shape.path;
    VectorPath path;
    const Rect& r = shape.bounds;
    if (shape.type == NodeType::ellipse) {
        const Point right{r.right(), r.center().y}, left{r.x, r.center().y};
        SubPath sub{true, {{right, right, right}}};
        for (const Point to : {Point{r.center().x, r.bottom()}, left, Point{r.center().x, r.y}, right})
            appendArc(sub, r.width / 2, r.height / 2, 0, false, true, to);
        sub.points.front().in = sub.points.back().in;
        sub.points.pop_back();
        path.subPaths.push_back(std::move(sub));
    } else if (shape.radii.empty()) {
        SubPath sub{true, {}};
        for (const Point p : {r.topLeft(), Point{r.right(), r.y}, Point{r.right(), r.bottom()}, Point{r.x, r.bottom()}})
            sub.points.push_back({p, p, p});
        path.subPaths.push_back(std::move(sub));
    } else {
        path.subPaths.push_back(roundedRect(r, shape.radii[0], shape.radii[0]));
    }
    return path;
}

} // namespace

std::optional<SvgShape> SvgReader::shapeOf(pugi::xml_node element, const Style& style, const Context& context) const
{
    const std::string_view tag = tagOf(element);
    const double w = context.viewBox.width, h = context.viewBox.height, em = style.fontSize();
    const auto length = [&](const char* name, double whole) { return attributeLength(element, name, whole, 0, em); };
    SvgShape shape;
    if (tag == "rect") {
        shape.bounds = {length("x", w), length("y", h), length("width", w), length("height", h)};
        if (shape.bounds.isEmpty())
            return std::nullopt;
        const Size r = cornerRadii(element, shape.bounds, context.viewBox, em);
        if (r.width > 0 && r.height > 0 && std::abs(r.width - r.height) > 1e-6) {
            shape.path.subPaths.push_back(roundedRect(shape.bounds, r.width, r.height));
        } else {
            shape.type = NodeType::rect;
            if (r.width > 0 && r.height > 0)
                shape.radii.assign(4, r.width);
        }
        return shape;
    }
    if (tag == "circle" || tag == "ellipse") {
        const double r = tag == "circle" ? length("r", diagonalOf(context.viewBox)) : 0;
        const Size radii = tag == "circle" ? Size{r, r} : ellipseRadii(element, context.viewBox, em);
        if (!(radii.width > 0) || !(radii.height > 0))
            return std::nullopt;
        shape.type = NodeType::ellipse;
        shape.bounds = {length("cx", w) - radii.width, length("cy", h) - radii.height, 2 * radii.width, 2 * radii.height};
        return shape;
    }
    if (tag == "path") {
        shape.path = parsePathData(element.attribute("d").value());
    } else if (tag == "line") {
        const Point a{length("x1", w), length("y1", h)}, b{length("x2", w), length("y2", h)};
        shape.path.subPaths.push_back({false, {{a, a, a}, {b, b, b}}});
    } else {
        shape.path.subPaths.push_back(polygon(element.attribute("points").value(), tag == "polygon"));
    }
    std::erase_if(shape.path.subPaths, [](const SubPath& s) { return s.points.empty(); });
    if (shape.path.subPaths.empty())
        return std::nullopt;
    shape.path.rule = style.get("fill-rule") == "evenodd" ? document::FillRule::evenodd : document::FillRule::nonzero;
    shape.bounds = pathBounds(shape.path);
    return shape;
}

void SvgReader::readShape(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out)
{
    const auto shape = shapeOf(element, style, context);
    if (!shape)
        return;
    const Rect& bounds = shape->bounds;
    ImportedNode node;
    node.type = shape->type;
    node.name = nameOf(element);
    if (node.type == NodeType::vector)
        node.properties.emplace_back("path", document::toAny(transformed(shape->path, Transform::translation(-bounds.x, -bounds.y))));
    setTransform(node, context.transform * Transform::translation(bounds.x, bounds.y));
    setSize(node, {bounds.width, bounds.height});
    if (!shape->radii.empty())
        node.properties.emplace_back("radii", crdt::Any::Array(shape->radii.begin(), shape->radii.end()));
    setVisibility(node, style, true);
    addAppearance(node, style, bounds, context, element);

    std::vector<ImportedNode> marks;
    if (!m_inClip && !style.isHidden())
        marks = markers(verticesOf(*shape, element), style, context);
    auto parts = paintOrder(std::move(node), std::move(marks), style.get("paint-order"));
    if (parts.size() == 1) {
        if (compose == Compose::onNode)
            setComposing(parts.front(), style);
        out.push_back(std::move(parts.front()));
        return;
    }
    ImportedNode group;
    group.name = nameOf(element);
    if (compose == Compose::onNode)
        setComposing(group, style);
    group.children = std::move(parts);
    out.push_back(std::move(group));
}

/// A node paints its fills, then its strokes. Any other order, or markers, takes a node for each part.
std::vector<ImportedNode> paintOrder(ImportedNode shape, std::vector<ImportedNode> markers, std::string_view order)
{
    const auto has = [&](std::string_view key) {
        return std::any_of(shape.properties.begin(), shape.properties.end(), [&](const auto& p) { return p.first == key; });
    };
    std::vector<std::string_view> parts;
    for (std::string_view rest = trimmed(order); !rest.empty();) {
        const std::string_view word = rest.substr(0, std::min(rest.find_first_of(" \t\n"), rest.size()));
        if (word != "fill" && word != "stroke" && word != "markers") {
            parts.clear(); // an order that is not understood counts as none
            break;
        }
        if (std::find(parts.begin(), parts.end(), word) == parts.end())
            parts.push_back(word);
        rest = trimmed(rest.substr(word.size()));
    }
    for (const std::string_view part : {"fill", "stroke", "markers"}) {
        if (std::find(parts.begin(), parts.end(), part) == parts.end())
            parts.push_back(part);
    }
    const auto placeOf = [&](std::string_view part) { return std::find(parts.begin(), parts.end(), part) - parts.begin(); };
    const bool strokeFirst = placeOf("stroke") < placeOf("fill") && has("fills") && has("strokes");
    const bool markersBetween = !markers.empty() && placeOf("markers") == 1;
    std::vector<ImportedNode> nodes;
    const auto addMarkers = [&] { std::move(markers.begin(), markers.end(), std::back_inserter(nodes)); };
    if (!strokeFirst && !markersBetween) {
        if (placeOf("markers") == 0)
            addMarkers();
        nodes.push_back(std::move(shape));
        if (placeOf("markers") == 2)
            addMarkers();
        return nodes;
    }
    const auto without = [&](std::string_view key) {
        ImportedNode part = shape;
        std::erase_if(part.properties, [&](const auto& p) { return p.first == key; });
        return part;
    };
    for (const std::string_view part : parts) {
        if (part == "markers")
            addMarkers();
        else
            nodes.push_back(without(part == "fill" ? "strokes" : "fills"));
    }
    return nodes;
}

} // namespace tessera::formats
