#include "tree_index.h"

#include <algorithm>
#include <tuple>

#include "tree_rules.h"

namespace tessera::document {
namespace {

/// Above this many changes, as a part of all rows, building anew is cheaper.
constexpr std::size_t smallBatch = 64;

bool isRoot(const TreeRow& row) { return row.isPage && row.parent.isEmpty(); }

bool sameRow(const TreeRow& a, const TreeRow& b)
{
    return a.isPage == b.isPage && a.parent == b.parent && a.orderKey == b.orderKey;
}

} // namespace

void TreeIndex::set(TreeRow row)
{
    NodeId id = row.id;
    m_pending.insert_or_assign(std::move(id), std::move(row));
}

void TreeIndex::remove(const NodeId& id) { m_pending.insert_or_assign(id, std::nullopt); }

const TreeRow* TreeIndex::row(const NodeId& id) const
{
    if (const auto pending = m_pending.find(id); pending != m_pending.end())
        return pending->second ? &*pending->second : nullptr;
    const auto found = m_rows.find(id);
    return found == m_rows.end() ? nullptr : &*found->second;
}

const Tree& TreeIndex::tree()
{
    if (!m_pending.empty())
        flush();
    return m_tree;
}

void TreeIndex::flush()
{
    bool quick = !m_hasLoose && m_pending.size() <= std::max(smallBatch, m_rows.size() / 8);
    while (quick && !m_pending.empty())
        quick = applyOne(m_pending.begin()->first);
    if (!quick)
        rebuild();
}

void TreeIndex::rebuild()
{
    if (m_rows.empty())
        m_rows.swap(m_pending);
    while (!m_pending.empty()) {
        auto entry = m_pending.extract(m_pending.begin());
        m_rows.erase(entry.key());
        m_rows.insert(std::move(entry));
    }
    std::erase_if(m_rows, [](const auto& entry) { return !entry.second; });
    std::vector<const TreeRow*> rows;
    rows.reserve(m_rows.size());
    for (const auto& [id, row] : m_rows)
        rows.push_back(&*row);
    m_tree = buildTreeOf(rows);
    m_hasLoose = std::any_of(m_tree.children.begin(), m_tree.children.end(),
                             [](const auto& entry) { return isRecoveredGroup(entry.first); });
}

/// Brings one pending change into the tree; false when only rebuilding can. The tree is then unchanged.
bool TreeIndex::applyOne(const NodeId& changedId)
{
    NodeId id = changedId;
    // A new node waits for its parent when that is new too; the chain ends, or runs in a circle and is given up.
    for (std::size_t steps = 0;; ++steps) {
        const auto& row = m_pending.at(id);
        if (!row || m_rows.contains(row->parent) || !m_pending.contains(row->parent))
            break;
        if (steps > m_pending.size())
            return false;
        id = row->parent;
    }
    const auto pending = m_pending.find(id);
    const auto old = m_rows.find(id);
    if (!isNodeId(id)) {
        m_pending.erase(pending);
        return true;
    }
    if (!pending->second) {
        if (old != m_rows.end()) {
            if (!m_tree.childrenOf(id).empty())
                return false;
            eraseFrom(*old->second);
            m_tree.shownParent.erase(id);
            m_rows.erase(old);
        }
    } else if (old == m_rows.end()) {
        if (!place(*pending->second))
            return false;
        m_rows.emplace(id, std::move(*pending->second));
    } else if (!sameRow(*old->second, *pending->second)) {
        if (!move(*old->second, *pending->second))
            return false;
        old->second = std::move(*pending->second);
    }
    m_pending.erase(pending);
    return true;
}

bool TreeIndex::hasPlace(const TreeRow& row) const
{
    return isRoot(row) || row.parent == trashId || (isNodeId(row.parent) && m_rows.contains(row.parent));
}

bool TreeIndex::place(const TreeRow& row)
{
    if (!hasPlace(row))
        return false;
    insertSorted(isRoot(row) ? m_tree.pages : m_tree.children[row.parent], row);
    m_tree.shownParent.emplace(row.id, row.parent);
    return true;
}

bool TreeIndex::move(const TreeRow& from, const TreeRow& to)
{
    if (!hasPlace(to) || to.parent == to.id || m_tree.isAncestor(to.id, to.parent))
        return false;
    eraseFrom(from);
    insertSorted(isRoot(to) ? m_tree.pages : m_tree.children[to.parent], to);
    m_tree.shownParent[to.id] = to.parent;
    return true;
}

void TreeIndex::insertSorted(std::vector<NodeId>& list, const TreeRow& row) const
{
    const auto at = std::lower_bound(list.begin(), list.end(), row, [&](const NodeId& id, const TreeRow& wanted) {
        const TreeRow& sibling = *m_rows.at(id);
        return std::tie(sibling.orderKey, sibling.id) < std::tie(wanted.orderKey, wanted.id);
    });
    list.insert(at, row.id);
}

void TreeIndex::eraseFrom(const TreeRow& row)
{
    if (isRoot(row)) {
        std::erase(m_tree.pages, row.id);
        return;
    }
    const auto list = m_tree.children.find(row.parent);
    const auto at = std::lower_bound(list->second.begin(), list->second.end(), row,
                                     [&](const NodeId& id, const TreeRow& wanted) {
                                         const TreeRow& sibling = *m_rows.at(id);
                                         return std::tie(sibling.orderKey, sibling.id)
                                             < std::tie(wanted.orderKey, wanted.id);
                                     });
    list->second.erase(at);
    if (list->second.empty())
        m_tree.children.erase(list);
}

} // namespace tessera::document
