#include "svg_parts.h"

#include <algorithm>

namespace tessera::exports {
namespace {

using document::BlendMode;
using document::Node;
using document::NodeType;

/// Stages in which SVG applies what an element says about its own picture; what is not among them is 0.
int stageOf(std::string_view attribute)
{
    constexpr std::string_view stages[] = {"", "filter", "clip-path", "mask", "opacity", "style"};
    const auto* found = std::find(std::begin(stages) + 1, std::end(stages), attribute);
    return found == std::end(stages) ? 0 : static_cast<int>(found - std::begin(stages));
}

/// Whether one element can say what a group and its only child say: the child's stages all come before the group's, and
/// what the group refers to stays in the same coordinates.
bool canMerge(const SvgElement& group, const SvgElement& child)
{
    int first = 6, last = 0;
    bool refers = false;
    for (const auto& [name, value] : group.attributes) {
        const int stage = stageOf(name);
        if (stage == 0 && name != "data-name")
            return false;
        if (name == "data-name" && child.get(name))
            return false;
        first = stage == 0 ? first : std::min(first, stage);
        refers = refers || (stage >= 1 && stage <= 3);
    }
    for (const auto& [name, value] : child.attributes) {
        if (name != "style" || value.starts_with("mix-blend-mode") || value.starts_with("isolation"))
            last = std::max(last, stageOf(name));
        else if (group.get("style"))
            return false;
    }
    return last < first && !(refers && !child.transform.isIdentity());
}

bool isLeaf(NodeType type)
{
    return type != NodeType::page && type != NodeType::group && type != NodeType::frame;
}

bool isTranslation(const Transform& t) { return t.a == 1 && t.b == 0 && t.c == 0 && t.d == 1; }

/// Elements for what the node itself paints, without its children.
std::vector<SvgElement> ownElements(SvgExport& file, const Node& node, Point shift)
{
    switch (node.type) {
    case NodeType::page:
    case NodeType::group:
        return {};
    case NodeType::text:
        return file.options.text == SvgText::outlines ? outlinedText(file, node) : textElements(file, node, shift);
    case NodeType::svgRaw:
        return rawElements(file, node);
    case NodeType::unknown:
        file.notice(node, "a node of the type '" + node.typeText + "' is left out");
        return {};
    case NodeType::frame:
    case NodeType::rect:
    case NodeType::ellipse:
    case NodeType::line:
    case NodeType::vector:
    case NodeType::image:
        break;
    }
    return shapeElements(file, node, shift);
}

bool blends(BlendMode mode) { return mode != BlendMode::normal && mode != BlendMode::passThrough; }

/// Whether something below blends with what is below the node.
bool reachesBelow(SvgExport& file, const NodeId& id, int depth)
{
    const auto& children = file.document.tree().childrenOf(id);
    return depth < deepestSvgLevel && std::any_of(children.begin(), children.end(), [&](const NodeId& child) {
        const Node* node = file.document.node(child);
        if (!node || !node->visible)
            return false;
        const bool isolates = node->blend == BlendMode::normal || node->opacity < 1 || !node->effects.empty();
        return blends(node->blend) || (!isolates && reachesBelow(file, child, depth + 1));
    });
}

/// While a node is written: whether what is below it may lie beside the picture.
class OutsideScope
{
public:
    /// Nodes of patterns are elsewhere; what a frame clips may be anywhere.
    OutsideScope(SvgExport& file, const Node& node) : m_file(file), m_before(file.mayBeOutside)
    {
        if (!file.openPatterns.empty() || !(m_before || node.type == NodeType::frame))
            return;
        const Rect bounds = file.scene.list(node.id)->boundsPage;
        m_isOutside = m_before && !bounds.isEmpty() && !bounds.intersects(file.viewPage);
        file.mayBeOutside = (node.type == NodeType::frame && node.clip) || bounds.isEmpty() || !file.viewPage.contains(bounds);
    }
    ~OutsideScope() { m_file.mayBeOutside = m_before; }
    OutsideScope(const OutsideScope&) = delete;
    OutsideScope& operator=(const OutsideScope&) = delete;
    [[nodiscard]] bool isOutside() const { return m_isOutside; }

private:
    SvgExport& m_file;
    bool m_before;
    bool m_isOutside = false;
};

} // namespace

void addSimplified(SvgElement group, std::vector<SvgElement>& out)
{
    if (group.attributes.empty() && group.transform.isIdentity()) {
        std::move(group.children.begin(), group.children.end(), std::back_inserter(out));
        return;
    }
    if (group.children.size() != 1 || !canMerge(group, group.children.front())) {
        out.push_back(std::move(group));
        return;
    }
    SvgElement child = std::move(group.children.front());
    child.transform = group.transform * child.transform;
    for (auto& [name, value] : group.attributes)
        child.attributes.emplace_back(name, std::move(value));
    out.push_back(std::move(child));
}

void addChildren(SvgExport& file, const NodeId& id, std::vector<SvgElement>& out, int depth)
{
    const auto& children = file.document.tree().childrenOf(id);
    const auto maskOf = [&](const NodeId& child) -> const Node* {
        const Node* node = file.document.node(child);
        return node && node->visible && node->mask != document::MaskKind::none ? node : nullptr;
    };
    for (std::size_t i = 0; i < children.size();) {
        const Node* mask = maskOf(children[i]);
        if (!mask) {
            addNode(file, children[i++], out, depth + 1);
            continue;
        }
        std::vector<SvgElement> content;
        for (++i; i < children.size() && !maskOf(children[i]); ++i)
            addNode(file, children[i], content, depth + 1);
        if (!content.empty())
            addMasked(file, *mask, std::move(content), out, depth + 1);
    }
}

void addNode(SvgExport& file, const NodeId& id, std::vector<SvgElement>& out, int depth)
{
    if (const Node* node = file.document.node(id))
        addNode(file, *node, node->transform, true, out, depth);
    else if (document::isRecoveredGroup(id)) // stands in the tree only
        addChildren(file, id, out, depth);
}

void addNode(SvgExport& file, const Node& node, const Transform& transform, bool clips, std::vector<SvgElement>& out, int depth)
{
    if (!node.visible || !(node.opacity > 0))
        return;
    if (depth > deepestSvgLevel) {
        file.notice(node, "is nested too deep and left out");
        return;
    }
    if (!isWritable(transform) || !isWritable(Rect{0, 0, node.size.width, node.size.height})) {
        file.notice(node, "has a number that no renderer computes with and is left out");
        return;
    }
    // Nobody sees what is beside the picture, and some readers fail at groups there.
    const OutsideScope scope(file, node);
    if (scope.isOutside())
        return;
    // Where nothing refers to the node's own coordinates, a move goes into the numbers.
    const bool moves = isLeaf(node.type) && node.effects.empty() && isTranslation(transform) && file.options.text != SvgText::outlines;
    SvgElement group{"g", {}, moves ? Transform{} : transform, {}, {}};
    group.children = ownElements(file, node, moves ? Point{transform.e, transform.f} : Point{});
    std::vector<SvgElement> children;
    addChildren(file, node.id, children, depth);
    if (node.type == NodeType::frame && node.clip && clips && !children.empty()) {
        if (node.blend == BlendMode::passThrough && reachesBelow(file, node.id, depth))
            file.notice(node, "clips its content, so that blend modes in it see only what is inside");
        SvgElement clipped{"g", {{"clip-path", clipReference(file, node)}}, {}, {}, std::move(children)};
        children.clear();
        addSimplified(std::move(clipped), children);
    }
    std::move(children.begin(), children.end(), std::back_inserter(group.children));
    const auto filters = filterReferences(file, node);
    if (group.children.empty() && filters.empty())
        return;
    for (std::size_t i = 0; i + 1 < filters.size(); ++i) {
        SvgElement filtered{"g", {{"filter", filters[i]}}, {}, {}, std::move(group.children)};
        group.children.clear();
        addSimplified(std::move(filtered), group.children);
    }
    if (file.options.names && !node.name.empty())
        group.set("data-name", node.name);
    if (!filters.empty())
        group.set("filter", filters.back());
    if (node.opacity < 1)
        group.set("opacity", numberText(node.opacity));
    if (blends(node.blend))
        group.set("style", "mix-blend-mode:" + std::string(document::blendName(node.blend)));
    else if (node.blend == BlendMode::normal && node.opacity >= 1 && filters.empty() && reachesBelow(file, node.id, depth))
        group.set("style", "isolation:isolate");
    addSimplified(std::move(group), out);
}

} // namespace tessera::exports
