#include <app/models/geometry_edits.h>

#include <algorithm>
#include <numbers>

namespace tessera::app {
namespace {

using document::Document;
using document::Node;
using document::NodeType;

double ratio(double to, double from)
{
    return from > 0 ? to / from : 1.0;
}

document::VectorPath scaledPath(document::VectorPath path, double sx, double sy)
{
    const auto scale = [&](Point& p) { p = {p.x * sx, p.y * sy}; };
    for (document::SubPath& sub : path.subPaths) {
        for (document::PathPoint& point : sub.points) {
            scale(point.at);
            scale(point.in);
            scale(point.out);
        }
    }
    return path;
}

void scaleInto(Commands& out, const Document& document, const NodeId& id, const Transform& pageMap)
{
    const Node* node = document.node(id);
    if (!node)
        return;
    if (node->type == NodeType::group) {
        for (const NodeId& child : document.tree().childrenOf(id))
            scaleInto(out, document, child, pageMap);
        return;
    }
    const Transform before = document.pageTransform(id);
    const Transform after = pageMap * before;
    const double sx = ratio(std::hypot(after.a, after.b), std::hypot(before.a, before.b));
    const double sy = ratio(std::hypot(after.c, after.d), std::hypot(before.c, before.d));
    const auto toParent = parentTransform(document, id).inverted();
    if (!toParent || sx <= 0 || sy <= 0)
        return;
    const Transform own = *toParent * after * Transform::scaling(1 / sx, 1 / sy);
    out.push_back(document::SetFrame{id, own, {node->size.width * sx, node->size.height * sy}});
    if (node->type == NodeType::vector && (sx != 1 || sy != 1))
        out.push_back(document::SetProperties{id, {{"path", document::toAny(scaledPath(node->path, sx, sy))}}});
}

Rect localContentBounds(const Document& document, const NodeId& group, const Transform& toBox)
{
    Rect bounds;
    for (const NodeId& child : document.tree().childrenOf(group)) {
        const Node* node = document.node(child);
        if (!node)
            continue;
        const Transform childToBox = toBox * node->transform;
        bounds = united(bounds, node->type == NodeType::group ? localContentBounds(document, child, childToBox)
                                                              : childToBox.mapBounds(node->localBounds()));
    }
    return bounds;
}

} // namespace

std::vector<NodeId> topmost(const Document& document, std::span<const NodeId> nodes)
{
    const document::Tree& tree = document.tree();
    std::vector<NodeId> result;
    for (const NodeId& id : nodes) {
        const Node* node = document.node(id);
        if (!node || node->type == NodeType::page || tree.isInTrash(id))
            continue;
        const bool covered = std::ranges::any_of(
            nodes, [&](const NodeId& other) { return other != id && tree.isAncestor(other, id); });
        if (!covered && std::ranges::find(result, id) == result.end())
            result.push_back(id);
    }
    // Siblings in paint order, so that copies and groups keep who covers whom.
    std::ranges::stable_sort(result, [&](const NodeId& a, const NodeId& b) {
        const auto parentA = tree.shownParent.find(a), parentB = tree.shownParent.find(b);
        if (parentA == tree.shownParent.end() || parentB == tree.shownParent.end() || parentA->second != parentB->second)
            return false;
        const auto& siblings = tree.childrenOf(parentA->second);
        return std::ranges::find(siblings, a) < std::ranges::find(siblings, b);
    });
    return result;
}

Transform parentTransform(const Document& document, const NodeId& node)
{
    const auto parent = document.tree().shownParent.find(node);
    if (parent == document.tree().shownParent.end() || parent->second.isEmpty() || !document.node(parent->second))
        return {};
    return document.pageTransform(parent->second);
}

SelectionBox selectionBox(const Document& document, std::span<const NodeId> nodes)
{
    const std::vector<NodeId> top = topmost(document, nodes);
    if (top.size() == 1) {
        const Node& node = *document.node(top.front());
        const Transform toPage = document.pageTransform(node.id);
        if (node.type != NodeType::group)
            return {toPage, node.size};
        const Rect content = localContentBounds(document, node.id, {});
        return {toPage * Transform::translation(content.x, content.y), {content.width, content.height}};
    }
    Rect bounds;
    bool first = true;
    for (const NodeId& id : top) {
        const Rect box = document.pageBounds(id);
        if (first)
            bounds = box;
        else
            bounds = Rect::fromCorners({std::min(bounds.x, box.x), std::min(bounds.y, box.y)},
                                       {std::max(bounds.right(), box.right()), std::max(bounds.bottom(), box.bottom())});
        first = false;
    }
    return {Transform::translation(bounds.x, bounds.y), {bounds.width, bounds.height}};
}

Commands transformNodes(const Document& document, std::span<const NodeId> nodes, const Transform& pageMap)
{
    Commands commands;
    for (const NodeId& id : topmost(document, nodes)) {
        const auto toParent = parentTransform(document, id).inverted();
        if (toParent)
            commands.push_back(document::SetTransform{id, *toParent * pageMap * document.pageTransform(id)});
    }
    return commands;
}

Commands scaleNodes(const Document& document, std::span<const NodeId> nodes, const Transform& pageMap)
{
    Commands commands;
    for (const NodeId& id : topmost(document, nodes))
        scaleInto(commands, document, id, pageMap);
    return commands;
}

double rotationDegrees(const Transform& transform)
{
    const double degrees = std::atan2(transform.b, transform.a) * 180 / std::numbers::pi;
    return degrees <= -180 ? degrees + 360 : degrees;
}

Commands alignNodes(const Document& document, std::span<const NodeId> nodes, Alignment alignment)
{
    const std::vector<NodeId> top = topmost(document, nodes);
    if (top.empty())
        return {};
    Rect target = selectionBox(document, top).pageBounds();
    if (top.size() == 1) {
        const Node* parent = document.node(document.tree().shownParent.at(top.front()));
        if (!parent || parent->type == NodeType::page)
            return {};
        target = document.pageBounds(parent->id);
    }
    Commands commands;
    for (const NodeId& id : top) {
        const Rect box = document.pageBounds(id);
        Point by;
        switch (alignment) {
        case Alignment::left: by.x = target.x - box.x; break;
        case Alignment::centerX: by.x = target.center().x - box.center().x; break;
        case Alignment::right: by.x = target.right() - box.right(); break;
        case Alignment::top: by.y = target.y - box.y; break;
        case Alignment::centerY: by.y = target.center().y - box.center().y; break;
        case Alignment::bottom: by.y = target.bottom() - box.bottom(); break;
        }
        if (by == Point{})
            continue;
        const Commands moved = transformNodes(document, std::span(&id, 1), Transform::translation(by.x, by.y));
        commands.insert(commands.end(), moved.begin(), moved.end());
    }
    return commands;
}

} // namespace tessera::app
