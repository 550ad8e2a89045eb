#include <app/panels/selection_summary.h>

#include <cmath>

#include <app/models/geometry_edits.h>

namespace tessera::app {
namespace {

using document::NodeType;

double shown(double value)
{
    return std::round(value * 100) / 100;
}

bool hasCorners(NodeType type)
{
    return type == NodeType::rect || type == NodeType::frame || type == NodeType::image;
}

bool takesPaint(NodeType type)
{
    return type == NodeType::rect || type == NodeType::frame || type == NodeType::ellipse || type == NodeType::vector ||
           type == NodeType::line;
}

void addText(SelectionSummary& summary, const document::Node& node)
{
    summary.textNodes.push_back(node.id);
    summary.textAlign.add(node.paragraph.align);
    const std::vector<document::StyledRun> empty{{}};
    for (const document::StyledRun& run : node.text.empty() ? empty : node.text) {
        summary.family.add(run.style.family);
        summary.fontSize.add(run.style.size);
        summary.weight.add(run.style.weight);
        summary.textColor.add(run.style.fill);
    }
}

} // namespace

SelectionSummary summarize(const document::Document& document, std::span<const NodeId> nodes)
{
    SelectionSummary summary;
    for (const NodeId& id : nodes) {
        const document::Node* node = document.node(id);
        if (!node)
            continue;
        summary.nodes.push_back(id);
        const SelectionBox box = selectionBox(document, std::span(&id, 1));
        const auto toParent = parentTransform(document, id).inverted();
        const Transform own = toParent ? *toParent * box.toPage : box.toPage;
        summary.x.add(shown(own.e));
        summary.y.add(shown(own.f));
        summary.width.add(shown(box.size.width));
        summary.height.add(shown(box.size.height));
        summary.rotation.add(shown(rotationDegrees(own)));
        summary.opacity.add(node->opacity);
        summary.visible.add(node->visible);
        summary.locked.add(node->locked);
        if (node->type == NodeType::frame)
            summary.clip.add(node->clip);
        if (hasCorners(node->type)) {
            for (const double radius : node->radii)
                summary.radius.add(shown(radius));
        }
        if (takesPaint(node->type)) {
            summary.paintable.push_back(id);
            summary.fills.add(node->fills);
            summary.strokes.add(node->strokes);
            summary.strokeWidth.add(node->strokeStyle.width);
            summary.strokeAlign.add(node->strokeStyle.align);
        }
        if (node->type == NodeType::text)
            addText(summary, *node);
    }
    return summary;
}

} // namespace tessera::app
