#include "svg_parts.h"

#include <algorithm>

#include <render/scene/node_shape.h>

namespace tessera::exports {
namespace {

using document::MaskKind;
using document::Node;
using document::NodeType;
using document::Paint;
using document::PaintKind;

constexpr std::string_view white = "#fff";

/// Fully painted, so that a clip shows as much as a mask by alpha would.
bool isOpaque(const Paint& paint)
{
    return paint.kind == PaintKind::solid && paint.visible && paint.opacity >= 1 && paint.color.a >= 1;
}
bool isNothing(const Paint& paint) { return !paint.visible || !(paint.opacity > 0); }

bool isPlainText(const Node& node)
{
    return node.strokes.empty() && std::all_of(node.text.begin(), node.text.end(), [](const document::StyledRun& run) {
        return !run.style.paint && !run.style.stroke && run.style.decorations.empty() && run.style.fill.a >= 1;
    });
}

/// The content of a <clipPath> that lets through what the node paints: shapes and text, nothing else. False when the node
/// paints in a way that no clip can say.
bool addClipElements(SvgExport& file, const Node& node, const Transform& parent, std::vector<SvgElement>& out, int depth)
{
    if (!node.visible)
        return true;
    if (node.opacity < 1 || !node.effects.empty() || depth > deepestSvgLevel || !isWritable(node.transform))
        return false;
    const Transform transform = parent * node.transform;
    const auto add = [&](SvgElement element) {
        element.transform = transform * element.transform;
        out.push_back(std::move(element));
    };
    if (node.type == NodeType::group) {
        for (const NodeId& id : file.document.tree().childrenOf(node.id)) {
            const Node* child = file.document.node(id);
            if (child && ((child->visible && child->mask != MaskKind::none) || !addClipElements(file, *child, transform, out, depth + 1)))
                return false;
        }
        return true;
    }
    if (node.type == NodeType::text) {
        if (!isPlainText(node) || file.options.text == SvgText::outlines)
            return false;
        for (SvgElement& element : textElements(file, node, {}))
            add(std::move(element));
        return true;
    }
    const bool strokes = !std::all_of(node.strokes.begin(), node.strokes.end(), isNothing);
    if (!scene::hasShape(node.type) || node.type == NodeType::image || strokes || !file.document.tree().childrenOf(node.id).empty())
        return false;
    if (std::all_of(node.fills.begin(), node.fills.end(), isNothing))
        return true;
    if (!std::any_of(node.fills.begin(), node.fills.end(), isOpaque))
        return false;
    if (auto outline = outlineElement(node)) {
        if (const std::string* rule = outline->get("fill-rule")) {
            outline->attributes.emplace_back("clip-rule", *rule);
            outline->remove("fill-rule");
        }
        add(std::move(*outline));
    }
    return true;
}

/// Whether white paints in place of the element's own make its alpha its luminance.
bool canWhiten(const SvgElement& element)
{
    constexpr std::string_view plain[] = {"g", "rect", "circle", "ellipse", "line", "path", "text", "tspan", "textPath", ""};
    if (std::find(std::begin(plain), std::end(plain), element.tag) == std::end(plain))
        return false;
    for (const auto& [name, value] : element.attributes) {
        const bool refers = value.starts_with("url(") && name != "clip-path";
        if (refers || name == "filter" || (name == "style" && value.starts_with("mix-blend-mode")))
            return false;
    }
    return std::all_of(element.children.begin(), element.children.end(), canWhiten);
}

void whiten(SvgElement& element, bool inherited)
{
    if (element.tag.empty())
        return;
    for (auto& [name, value] : element.attributes) {
        if ((name == "fill" || name == "stroke") && value.starts_with('#'))
            value = white;
    }
    const bool isGroup = element.tag == "g";
    if (!isGroup && !inherited && !element.get("fill") && element.tag != "line")
        element.set("fill", std::string(white));
    for (SvgElement& child : element.children)
        whiten(child, inherited || !isGroup);
}

/// Turns alpha into luminance: the one kind of mask that every reader knows.
std::string alphaFilter(SvgExport& file, const Rect& region)
{
    SvgElement filter{"filter", {{"filterUnits", "userSpaceOnUse"}}, {}, {}, {}};
    filter.set("x", numberText(region.x)).set("y", numberText(region.y)).set("width", numberText(region.width)).set("height", numberText(region.height));
    filter.set("color-interpolation-filters", "sRGB");
    filter.children.push_back({"feColorMatrix", {{"values", "0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 0"}}, {}, {}, {}});
    return file.defs.reference(std::move(filter));
}

/// A frame that only limits what a mask shows is the mask's own area.
bool isArea(const Node& node)
{
    const Transform& t = node.transform;
    return node.type == NodeType::frame && node.clip && node.fills.empty() && node.strokes.empty() && node.effects.empty() && node.opacity >= 1 &&
           node.radii == std::array<double, 4>{} && t.a == 1 && t.b == 0 && t.c == 0 && t.d == 1;
}

std::string maskReference(SvgExport& file, const Node& mask, int depth)
{
    SvgElement element{"mask", {{"maskUnits", "userSpaceOnUse"}}, {}, {}, {}};
    Rect area = file.boundsInParent(mask.id).inflated(1);
    if (isArea(mask)) {
        area = {mask.transform.e, mask.transform.f, mask.size.width, mask.size.height};
        addNode(file, mask, mask.transform, false, element.children, depth);
    } else {
        addNode(file, mask.id, element.children, depth);
    }
    element.set("x", numberText(area.x)).set("y", numberText(area.y)).set("width", numberText(area.width)).set("height", numberText(area.height));
    if (mask.mask != MaskKind::luminance && !element.children.empty()) {
        if (std::all_of(element.children.begin(), element.children.end(), canWhiten)) {
            for (SvgElement& child : element.children)
                whiten(child, false);
        } else {
            SvgElement filtered{"g", {{"filter", alphaFilter(file, area)}}, {}, {}, std::move(element.children)};
            element.children.clear();
            addSimplified(std::move(filtered), element.children);
        }
    }
    return file.defs.reference(std::move(element));
}

} // namespace

void addMasked(SvgExport& file, const Node& mask, std::vector<SvgElement> content, std::vector<SvgElement>& out, int depth)
{
    SvgElement group{"g", {}, {}, {}, std::move(content)};
    if (mask.mask == MaskKind::vector && scene::hasShape(mask.type)) {
        group.set("clip-path", clipReference(file, mask, mask.transform));
    } else {
        SvgElement clip{"clipPath", {}, {}, {}, {}};
        if (mask.mask != MaskKind::luminance && addClipElements(file, mask, {}, clip.children, depth))
            group.set("clip-path", file.defs.reference(std::move(clip)));
        else
            group.set("mask", maskReference(file, mask, depth));
    }
    addSimplified(std::move(group), out);
}

} // namespace tessera::exports
