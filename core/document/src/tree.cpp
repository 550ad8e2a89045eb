#include <core/document/tree.h>

#include <algorithm>
#include <unordered_set>

#include "tree_rules.h"

namespace tessera::document {
namespace {

constexpr std::string_view recoveredPrefix = "recovered:";

/// Marks, for each row index, the smallest id of every parent loop.
std::vector<bool> findLoopCuts(const std::vector<const TreeRow*>& rows,
                               const std::unordered_map<NodeId, std::size_t>& indexOf)
{
    enum class Mark : std::uint8_t { fresh, onPath, done };
    std::vector<Mark> marks(rows.size(), Mark::fresh);
    std::vector<bool> cut(rows.size(), false);
    std::vector<std::size_t> path;
    for (std::size_t start = 0; start < rows.size(); ++start) {
        path.clear();
        std::size_t at = start;
        bool inside = marks[at] == Mark::fresh;
        while (inside && marks[at] == Mark::fresh) {
            marks[at] = Mark::onPath;
            path.push_back(at);
            const auto parent = indexOf.find(rows[at]->parent);
            inside = parent != indexOf.end();
            if (inside)
                at = parent->second;
        }
        if (inside && marks[at] == Mark::onPath) {
            const auto loop = std::find(path.begin(), path.end(), at);
            const auto smallest = std::min_element(loop, path.end(), [&](std::size_t a, std::size_t b) {
                return rows[a]->id < rows[b]->id;
            });
            cut[*smallest] = true;
        }
        for (const std::size_t visited : path)
            marks[visited] = Mark::done;
    }
    return cut;
}

} // namespace

NodeId recoveredGroupId(const NodeId& page) { return NodeId{std::string(recoveredPrefix) + page.text()}; }

bool isRecoveredGroup(const NodeId& id) { return id.text().starts_with(recoveredPrefix); }

bool isNodeId(const NodeId& id)
{
    return !id.isEmpty() && id.text().size() <= maxIdBytes && id != trashId && !isRecoveredGroup(id);
}

const std::vector<NodeId>& Tree::childrenOf(const NodeId& id) const
{
    static const std::vector<NodeId> none;
    const auto found = children.find(id);
    return found == children.end() ? none : found->second;
}

NodeId Tree::pageOf(const NodeId& id) const
{
    NodeId at = id;
    for (auto up = shownParent.find(at); up != shownParent.end(); up = shownParent.find(at)) {
        if (up->second.isEmpty())
            return isRecoveredGroup(at) ? NodeId{} : at;
        at = up->second;
    }
    return {};
}

bool Tree::isInTrash(const NodeId& id) const { return isAncestor(trashId, id); }

bool Tree::isAncestor(const NodeId& ancestor, const NodeId& node) const
{
    for (auto up = shownParent.find(node); up != shownParent.end() && !up->second.isEmpty();
         up = shownParent.find(up->second)) {
        if (up->second == ancestor)
            return true;
    }
    return false;
}

Tree buildTree(const std::vector<TreeRow>& allRows)
{
    std::vector<const TreeRow*> rows;
    std::unordered_map<NodeId, std::size_t> indexOf;
    rows.reserve(allRows.size());
    indexOf.reserve(allRows.size());
    for (const TreeRow& row : allRows) {
        if (isNodeId(row.id) && indexOf.emplace(row.id, rows.size()).second)
            rows.push_back(&row);
    }
    const std::vector<bool> cut = findLoopCuts(rows, indexOf);

    std::vector<std::size_t> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(rows[a]->orderKey, rows[a]->id) < std::tie(rows[b]->orderKey, rows[b]->id);
    });

    Tree tree;
    tree.shownParent.reserve(rows.size());
    std::vector<NodeId> loose;
    for (const std::size_t i : order) {
        const TreeRow& row = *rows[i];
        if (row.isPage && row.parent.isEmpty()) {
            tree.pages.push_back(row.id);
            tree.shownParent.emplace(row.id, NodeId{});
        } else if (!cut[i] && (row.parent == trashId || indexOf.contains(row.parent))) {
            tree.children[row.parent].push_back(row.id);
            tree.shownParent.emplace(row.id, row.parent);
        } else {
            loose.push_back(row.id);
        }
    }
    if (!loose.empty()) {
        const NodeId page = tree.pages.empty() ? NodeId{} : tree.pages.front();
        const NodeId group = recoveredGroupId(page);
        for (const NodeId& id : loose)
            tree.shownParent.emplace(id, group);
        tree.shownParent.emplace(group, page);
        if (!page.isEmpty())
            tree.children[page].push_back(group);
        tree.children.emplace(group, std::move(loose));
    }
    return tree;
}

} // namespace tessera::document
