#include <algorithm>
#include <cmath>

#include <core/document/document.h>

namespace tessera::document {
namespace {

bool isFinite(const Transform& t)
{
    return std::isfinite(t.a) && std::isfinite(t.b) && std::isfinite(t.c) && std::isfinite(t.d) && std::isfinite(t.e)
        && std::isfinite(t.f);
}

bool isFinite(const Rect& r)
{
    return std::isfinite(r.x) && std::isfinite(r.y) && std::isfinite(r.width) && std::isfinite(r.height);
}

/// Unlike united(), keeps boxes without area: a horizontal line has a place too.
Rect joined(const std::optional<Rect>& all, const Rect& box)
{
    if (!all)
        return box;
    const double x = std::min(all->x, box.x), y = std::min(all->y, box.y);
    return {x, y, std::max(all->right(), box.right()) - x, std::max(all->bottom(), box.bottom()) - y};
}

/// The union of the boxes of `start` and, as far as they are groups, what is in them. `toPage` is start's transform.
/// A stack of its own: nesting is as deep as anybody wants it.
Rect boundsBelow(const Document& document, const NodeId& start, const Transform& toPage)
{
    struct Item {
        NodeId id;
        Transform toPage;
    };
    std::optional<Rect> all;
    std::vector<Item> open{{start, toPage}};
    while (!open.empty()) {
        const Item item = std::move(open.back());
        open.pop_back();
        const Node* node = document.node(item.id);
        const std::vector<NodeId>& children = document.tree().childrenOf(item.id);
        const bool isGroup = node == nullptr || node->type == NodeType::group || node->type == NodeType::page;
        if (isGroup && !children.empty()) {
            for (const NodeId& child : children) {
                const Node* childNode = document.node(child);
                open.push_back({child, childNode == nullptr ? item.toPage : item.toPage * childNode->transform});
            }
        } else if (node != nullptr) {
            const Rect box = item.toPage.mapBounds(node->localBounds());
            if (isFinite(box))
                all = joined(all, box);
        }
    }
    return all.value_or(Rect{});
}

} // namespace

Transform Document::pageTransform(const NodeId& id) const
{
    Transform toPage;
    const Tree& shown = tree();
    for (NodeId at = id; !at.isEmpty();) {
        const Node* stored = node(at);
        if (stored != nullptr && stored->type == NodeType::page && stored->parent.isEmpty())
            break; // a page is where page coordinates begin
        if (stored != nullptr)
            toPage = stored->transform * toPage;
        const auto up = shown.shownParent.find(at);
        at = up == shown.shownParent.end() ? NodeId{} : up->second;
    }
    return isFinite(toPage) ? toPage : Transform{};
}

Rect Document::pageBounds(const NodeId& id) const { return boundsBelow(*this, id, pageTransform(id)); }

Rect Document::contentBounds(const NodeId& page) const
{
    if (tree().childrenOf(page).empty())
        return {};
    return boundsBelow(*this, page, Transform{});
}

} // namespace tessera::document
