#include <app/tools/picking.h>

#include <algorithm>

#include <render/scene/hit_test.h>

namespace tessera::app {
namespace {

using document::Document;
using document::Node;
using document::NodeType;

/// Shown ancestors of a node from just below the page down to the node itself.
std::vector<NodeId> chainOf(const Document& document, NodeId id)
{
    std::vector<NodeId> chain;
    const auto& parents = document.tree().shownParent;
    while (true) {
        const Node* node = document.node(id);
        if ((!node && !document::isRecoveredGroup(id)) || (node && node->type == NodeType::page))
            break;
        if (node)
            chain.push_back(id);
        const auto parent = parents.find(id);
        if (parent == parents.end())
            break;
        id = parent->second;
    }
    std::ranges::reverse(chain);
    return chain;
}

/// First of the chain that a plain click selects: frames on the page are opened, a group closes what it holds.
std::size_t clickLevel(const Document& document, const std::vector<NodeId>& chain)
{
    std::size_t level = 0;
    while (level + 1 < chain.size() && document.node(chain[level])->type == NodeType::frame)
        ++level;
    return level;
}

scene::HitOptions pickOptions(const ToolContext& context)
{
    return {context.pickRadiusView / context.zoom, scene::LockedNodes::skip, context.index};
}

} // namespace

std::optional<NodeId> pick(const ToolContext& context, Point page, bool deep)
{
    const auto hit = scene::hitTest(context.document, context.page, page, pickOptions(context));
    if (!hit || deep)
        return hit;
    const std::vector<NodeId> chain = chainOf(context.document, *hit);
    if (chain.empty())
        return std::nullopt;
    const std::size_t level = clickLevel(context.document, chain);
    const auto& parents = context.document.tree().shownParent;
    for (const NodeId& selected : context.selection) {
        const auto parent = parents.find(selected);
        if (parent == parents.end())
            continue;
        for (std::size_t i = level + 1; i < chain.size(); ++i) {
            if (chain[i - 1] == parent->second)
                return chain[i];
        }
    }
    return chain[level];
}

std::optional<NodeId> pickInside(const ToolContext& context, Point page, const NodeId& from)
{
    const auto hit = scene::hitTest(context.document, context.page, page, pickOptions(context));
    if (!hit)
        return std::nullopt;
    const std::vector<NodeId> chain = chainOf(context.document, *hit);
    const auto at = std::ranges::find(chain, from);
    if (at == chain.end() || at + 1 == chain.end())
        return std::nullopt;
    return *(at + 1);
}

std::vector<NodeId> pickRect(const ToolContext& context, const Rect& rectPage, const NodeId& container)
{
    std::vector<NodeId> result;
    for (const NodeId& id : scene::nodesInRect(context.document, container, rectPage, pickOptions(context))) {
        const Node* node = context.document.node(id);
        const bool isFrame = node && node->type == NodeType::frame;
        // A frame is taken only whole; touched in part, its content is meant.
        if (isFrame && !rectPage.contains(context.document.pageBounds(id))) {
            const std::vector<NodeId> inside = pickRect(context, rectPage, id);
            result.insert(result.end(), inside.begin(), inside.end());
        } else {
            result.push_back(id);
        }
    }
    return result;
}

NodeId containerAt(const ToolContext& context, Point page, const std::vector<NodeId>& except)
{
    const Document& document = context.document;
    NodeId container = context.page;
    for (bool descended = true; descended;) {
        descended = false;
        const auto& children = document.tree().childrenOf(container);
        for (auto child = children.rbegin(); child != children.rend() && !descended; ++child) {
            const Node* node = document.node(*child);
            if (!node || node->type != NodeType::frame || !node->visible || node->locked ||
                std::ranges::find(except, *child) != except.end())
                continue;
            const auto toNode = document.pageTransform(*child).inverted();
            if (toNode && node->localBounds().contains(toNode->apply(page))) {
                container = *child;
                descended = true;
            }
        }
    }
    return container;
}

} // namespace tessera::app
