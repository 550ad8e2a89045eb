#include "svg_parts.h"

#include <algorithm>
#include <cmath>

#include <render/scene/node_shape.h>

namespace tessera::exports {
namespace {

using document::LineCap;
using document::LineJoin;
using document::Node;
using document::NodeType;
using document::StrokeAlign;
using document::StrokeStyle;

bool isBox(NodeType type)
{
    return type == NodeType::frame || type == NodeType::rect || type == NodeType::image || type == NodeType::svgRaw || type == NodeType::unknown;
}

bool hasEqualRadii(const Node& node)
{
    return std::all_of(node.radii.begin(), node.radii.end(), [&](double r) { return r == node.radii[0]; });
}

void setUnlessZero(SvgElement& element, std::string_view name, double value)
{
    if (const std::string text = numberText(value); text != "0")
        element.set(name, text);
}

SvgElement boxElement(const Rect& box, double radius)
{
    SvgElement element{"rect", {}, {}, {}, {}};
    setUnlessZero(element, "x", box.x);
    setUnlessZero(element, "y", box.y);
    element.set("width", numberText(box.width)).set("height", numberText(box.height));
    setUnlessZero(element, "rx", std::min({radius, box.width / 2, box.height / 2}));
    return element;
}

SvgElement ellipseElement(const Rect& box)
{
    const bool isCircle = numberText(box.width) == numberText(box.height);
    SvgElement element{isCircle ? "circle" : "ellipse", {}, {}, {}, {}};
    setUnlessZero(element, "cx", box.center().x);
    setUnlessZero(element, "cy", box.center().y);
    if (isCircle)
        element.set("r", numberText(box.width / 2));
    else
        element.set("rx", numberText(box.width / 2)).set("ry", numberText(box.height / 2));
    return element;
}

/// The outline of a shape that an aligned stroke follows when it is written as a centred one: exact for boxes and circles.
std::optional<SvgElement> alignedOutline(const Node& node, Point shift)
{
    const StrokeStyle& style = node.strokeStyle;
    const double by = style.align == StrokeAlign::inside ? -style.width / 2 : style.width / 2;
    const Rect box = Rect{shift.x, shift.y, node.size.width, node.size.height}.inflated(by);
    if (!style.dash.empty() || box.isEmpty() || node.size.width <= 0 || node.size.height <= 0)
        return std::nullopt;
    if (node.type == NodeType::ellipse && node.size.width == node.size.height)
        return ellipseElement(box);
    if (!isBox(node.type) || !hasEqualRadii(node))
        return std::nullopt;
    const double radius = std::min({node.radii[0], node.size.width / 2, node.size.height / 2});
    const bool isSharp = style.join == LineJoin::miter && style.miterLimit >= std::sqrt(2.0);
    if (radius > 0 ? radius + by < 0 : !isSharp)
        return std::nullopt;
    return boxElement(box, radius > 0 ? radius + by : 0);
}

bool isClosed(const Path& path)
{
    // Every subpath ends in a close.
    const auto& verbs = path.verbs();
    for (std::size_t i = 0; i < verbs.size(); ++i) {
        const bool ends = i + 1 == verbs.size() || verbs[i + 1] == PathVerb::move;
        if (ends && verbs[i] != PathVerb::close)
            return false;
    }
    return !verbs.empty();
}

/// Everything but the outline's inside.
std::string outsideReference(SvgExport& file, const Node& node, SvgElement outline, Point shift)
{
    const double reach = scene::strokeReach(node) + 1;
    const Rect box = scene::shapeOf(node).controlBounds().inflated(reach);
    const Rect area{box.x + shift.x, box.y + shift.y, box.width, box.height};
    SvgElement mask{"mask", {{"maskUnits", "userSpaceOnUse"}}, {}, {}, {}};
    mask.set("x", numberText(area.x)).set("y", numberText(area.y)).set("width", numberText(area.width)).set("height", numberText(area.height));
    mask.children.push_back(boxElement(area, 0).set("fill", "#fff"));
    mask.children.push_back(std::move(outline));
    return file.defs.reference(std::move(mask));
}

/// One stroke that is not centred on the outline.
SvgElement alignedStroke(SvgExport& file, const Node& node, const SvgElement& outline, Point shift, const SvgPaint& paint)
{
    SvgElement element = outline;
    const StrokeStyle& style = node.strokeStyle;
    if (auto aligned = alignedOutline(node, shift)) {
        element = std::move(*aligned);
        element.set("fill", "none");
        setPaint(element, "stroke", paint);
        setStroke(element, style, style.width);
        return element;
    }
    element.set("fill", "none");
    setPaint(element, "stroke", paint);
    setStroke(element, style, 2 * style.width);
    if (style.align == StrokeAlign::inside)
        element.set("clip-path", clipReference(file, node, Transform::translation(shift.x, shift.y)));
    else
        element.set("mask", outsideReference(file, node, outline, shift));
    return element;
}

/// A box with nothing but an image is an <image>; any other outline clips one.
std::optional<SvgElement> imageFill(SvgExport& file, const Node& node, const document::Paint& paint, Point shift)
{
    if (!paint.asset || paint.fit == document::ImageFit::tile)
        return std::nullopt;
    auto image = imageElement(file, node, *paint.asset, paint.fit, {shift.x, shift.y, node.size.width, node.size.height}, paint.opacity);
    if (image && !(isBox(node.type) && node.radii == std::array<double, 4>{})) {
        SvgElement clipped{"g", {{"clip-path", clipReference(file, node, Transform::translation(shift.x, shift.y))}}, {}, {}, {}};
        clipped.children.push_back(std::move(*image));
        std::vector<SvgElement> simplified;
        addSimplified(std::move(clipped), simplified);
        return std::move(simplified.front());
    }
    return image;
}

/// SVG's bounding box of the outline is the node's box.
bool boxIsBounds(const Node& node)
{
    if (node.size.width <= 0 || node.size.height <= 0)
        return false;
    if (isBox(node.type) || node.type == NodeType::ellipse)
        return true;
    if (node.type != NodeType::vector)
        return false;
    // Of curves the control box is larger: only an outline within the node's box that touches all its sides is sure.
    Rect ends{0, 0, 0, 0};
    bool any = false;
    for (const auto& sub : node.path.subPaths) {
        for (const auto& point : sub.points) {
            const Rect at{point.at.x, point.at.y, 0, 0};
            const double x = any ? std::min(ends.x, at.x) : at.x, y = any ? std::min(ends.y, at.y) : at.y;
            ends = {x, y, std::max(any ? ends.right() : at.x, at.x) - x, std::max(any ? ends.bottom() : at.y, at.y) - y};
            any = true;
        }
    }
    const auto same = [](const Rect& a, const Rect& b) {
        constexpr double near = 1e-3;
        return std::abs(a.x - b.x) < near && std::abs(a.y - b.y) < near && std::abs(a.right() - b.right()) < near && std::abs(a.bottom() - b.bottom()) < near;
    };
    const Rect box = node.localBounds();
    return same(ends, box) && same(scene::shapeOf(node).controlBounds(), box);
}

} // namespace

std::optional<SvgElement> outlineElement(const Node& node, Point shift)
{
    if (isBox(node.type) && hasEqualRadii(node) && node.size.width > 0 && node.size.height > 0)
        return boxElement({shift.x, shift.y, node.size.width, node.size.height}, node.radii[0]);
    if (node.type == NodeType::ellipse && node.size.width > 0 && node.size.height > 0)
        return ellipseElement({shift.x, shift.y, node.size.width, node.size.height});
    if (node.type == NodeType::line) {
        SvgElement line{"line", {}, {}, {}, {}};
        setUnlessZero(line, "x1", shift.x);
        setUnlessZero(line, "y1", shift.y);
        setUnlessZero(line, "x2", shift.x + node.size.width);
        setUnlessZero(line, "y2", shift.y + node.size.height);
        return line;
    }
    if (node.type != NodeType::vector && node.size == Size{})
        return std::nullopt;
    std::string data = pathText(scene::shapeOf(node).transformed(Transform::translation(shift.x, shift.y)));
    if (data.empty())
        return std::nullopt;
    SvgElement path{"path", {{"d", std::move(data)}}, {}, {}, {}};
    if (node.type == NodeType::vector && node.path.rule == document::FillRule::evenodd)
        path.set("fill-rule", "evenodd");
    return path;
}

std::string clipReference(SvgExport& file, const Node& node, const Transform& transform)
{
    SvgElement clip{"clipPath", {}, {}, {}, {}};
    const bool moves = transform.a == 1 && transform.b == 0 && transform.c == 0 && transform.d == 1;
    if (auto outline = outlineElement(node, moves ? Point{transform.e, transform.f} : Point{})) {
        if (const std::string* rule = outline->get("fill-rule")) {
            outline->attributes.emplace_back("clip-rule", *rule);
            outline->remove("fill-rule");
        }
        if (!moves)
            outline->transform = transform;
        clip.children.push_back(std::move(*outline));
    }
    return file.defs.reference(std::move(clip));
}

void setStroke(SvgElement& element, const StrokeStyle& style, double width)
{
    if (const std::string text = numberText(width); text != "1")
        element.set("stroke-width", text);
    if (style.cap != LineCap::butt)
        element.set("stroke-linecap", style.cap == LineCap::round ? "round" : "square");
    if (style.join != LineJoin::miter)
        element.set("stroke-linejoin", style.join == LineJoin::round ? "round" : "bevel");
    else if (style.miterLimit != 4 && style.miterLimit >= 1)
        element.set("stroke-miterlimit", numberText(style.miterLimit));
    if (style.dash.empty() || !std::all_of(style.dash.begin(), style.dash.end(), [](double d) { return isWritable(d) && d >= 0; }))
        return;
    element.set("stroke-dasharray", numbersText(style.dash));
    setUnlessZero(element, "stroke-dashoffset", style.dashOffset);
}

std::vector<SvgElement> shapeElements(SvgExport& file, const Node& node, Point shift)
{
    std::vector<SvgElement> elements;
    const auto outline = outlineElement(node, shift);
    if (!outline) {
        if (!scene::shapeOf(node).isEmpty() && node.size != Size{} && !(node.fills.empty() && node.strokes.empty()))
            file.notice(node, "has an outline without length, or numbers that no renderer computes with, and is left out");
        return elements;
    }
    SvgArea area{node, node.localBounds(), boxIsBounds(node), shift, 0};
    auto fills = node.type == NodeType::line ? std::vector<document::Paint>{} : node.fills;
    if (node.type == NodeType::image) {
        document::Paint image;
        image.kind = document::PaintKind::image;
        image.asset = node.asset;
        image.fit = node.imageFit;
        fills.push_back(std::move(image));
    }
    for (const document::Paint& fill : fills) {
        if (!fill.visible || !(fill.opacity > 0))
            continue;
        if (fill.kind == document::PaintKind::image && fill.fit != document::ImageFit::tile) {
            if (auto image = imageFill(file, node, fill, shift))
                elements.push_back(std::move(*image));
        } else if (const auto paint = svgPaint(file, fill, area)) {
            elements.push_back(*outline);
            setPaint(elements.back(), "fill", *paint);
        }
    }
    const StrokeStyle& style = node.strokeStyle;
    if (!(style.width > 0) || !isWritable(style.width))
        return elements;
    const bool aligned = style.align != StrokeAlign::center && node.type != NodeType::line && isClosed(scene::shapeOf(node));
    area.reach = scene::strokeReach(node);
    area.isBounds = area.isBounds && !aligned;
    bool canShare = !elements.empty() && elements.back().tag == outline->tag && !aligned; // the last fill's element
    for (const document::Paint& stroke : node.strokes) {
        const auto paint = svgPaint(file, stroke, area);
        if (!paint)
            continue;
        if (aligned) {
            elements.push_back(alignedStroke(file, node, *outline, shift, *paint));
            continue;
        }
        if (!canShare) {
            elements.push_back(*outline);
            if (node.type != NodeType::line)
                elements.back().set("fill", "none");
        }
        canShare = false;
        setPaint(elements.back(), "stroke", *paint);
        setStroke(elements.back(), style, style.width);
    }
    return elements;
}

} // namespace tessera::exports
