#include <core/document/tree.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "tree_rules.h"

namespace tessera::document {
namespace {

constexpr std::string_view recoveredPrefix = "recovered:";

constexpr std::size_t noRow = SIZE_MAX;

/// Marks, for each row, whether it is the smallest id of a parent loop. `parentOf` holds the parents' positions.
std::vector<bool> findLoopCuts(const std::vector<const TreeRow*>& rows, const std::vector<std::size_t>& parentOf)
{
    enum class Mark : std::uint8_t { fresh, onPath, done };
    std::vector<Mark> marks(rows.size(), Mark::fresh);
    std::vector<bool> cut(rows.size(), false);
    std::vector<std::size_t> path;
    for (std::size_t start = 0; start < rows.size(); ++start) {
        path.clear();
        std::size_t at = start;
        while (at != noRow && marks[at] == Mark::fresh) {
            marks[at] = Mark::onPath;
            path.push_back(at);
            at = parentOf[at];
        }
        if (at != noRow && marks[at] == Mark::onPath) {
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

/// The ids in paint order.
std::vector<NodeId> sortedIds(std::vector<const TreeRow*>& siblings)
{
    std::sort(siblings.begin(), siblings.end(), [](const TreeRow* a, const TreeRow* b) {
        return std::tie(a->orderKey, a->id) < std::tie(b->orderKey, b->id);
    });
    std::vector<NodeId> ids;
    ids.reserve(siblings.size());
    for (const TreeRow* row : siblings)
        ids.push_back(row->id);
    return ids;
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

Tree buildTree(const std::vector<TreeRow>& rows)
{
    std::vector<const TreeRow*> pointers;
    pointers.reserve(rows.size());
    for (const TreeRow& row : rows)
        pointers.push_back(&row);
    return buildTreeOf(pointers);
}

Tree buildTreeOf(const std::vector<const TreeRow*>& allRows)
{
    std::vector<const TreeRow*> rows;
    std::unordered_map<std::string_view, std::size_t> indexOf;
    rows.reserve(allRows.size());
    indexOf.reserve(allRows.size());
    for (const TreeRow* row : allRows) {
        if (isNodeId(row->id) && indexOf.emplace(row->id.text(), rows.size()).second)
            rows.push_back(row);
    }
    std::vector<std::size_t> parentOf(rows.size(), noRow);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (const auto parent = indexOf.find(rows[i]->parent.text()); parent != indexOf.end())
            parentOf[i] = parent->second;
    }
    const std::vector<bool> cut = findLoopCuts(rows, parentOf);

    std::vector<std::vector<const TreeRow*>> below(rows.size());
    std::vector<const TreeRow*> pages, trashed, loose;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i]->isPage && rows[i]->parent.isEmpty())
            pages.push_back(rows[i]);
        else if (rows[i]->parent == trashId)
            trashed.push_back(rows[i]);
        else if (parentOf[i] != noRow && !cut[i])
            below[parentOf[i]].push_back(rows[i]);
        else
            loose.push_back(rows[i]);
    }

    Tree tree;
    tree.shownParent.reserve(rows.size());
    const auto show = [&](const NodeId& parent, std::vector<const TreeRow*>& siblings) {
        for (const TreeRow* row : siblings)
            tree.shownParent.emplace(row->id, parent);
        return sortedIds(siblings);
    };
    tree.pages = show(NodeId{}, pages);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!below[i].empty())
            tree.children.emplace(rows[i]->id, show(rows[i]->id, below[i]));
    }
    if (!trashed.empty())
        tree.children.emplace(trashId, show(trashId, trashed));
    if (!loose.empty()) {
        const NodeId page = tree.pages.empty() ? NodeId{} : tree.pages.front();
        const NodeId group = recoveredGroupId(page);
        tree.children.emplace(group, show(group, loose));
        tree.shownParent.emplace(group, page);
        if (!page.isEmpty())
            tree.children[page].push_back(group);
    }
    return tree;
}

} // namespace tessera::document
