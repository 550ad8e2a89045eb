#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include <core/document/tree.h>

/// The tree kept up to date with single changes. Always equal to buildTree() of the same rows: a change that the
/// quick path does not cover (a loop, a loose node, very many changes) rebuilds. Work is done when tree() is called.
namespace tessera::document {

class TreeIndex
{
public:
    /// Adds or replaces.
    void set(TreeRow row);
    void remove(const NodeId& id);
    /// The row as it will be in the tree; null when there is none. Valid until the next change.
    [[nodiscard]] const TreeRow* row(const NodeId& id) const;

    [[nodiscard]] const Tree& tree();

private:
    void flush();
    void rebuild();
    bool applyOne(const NodeId& id);
    bool place(const TreeRow& row);
    bool move(const TreeRow& from, const TreeRow& to);
    [[nodiscard]] bool hasPlace(const TreeRow& row) const;
    void insertSorted(std::vector<NodeId>& list, const TreeRow& row) const;
    void eraseFrom(const TreeRow& row);

    /// An absent row: removed (in m_pending only). One type for both, so that entries move without a copy.
    using Rows = std::unordered_map<NodeId, std::optional<TreeRow>>;
    Rows m_rows;    ///< what m_tree shows
    Rows m_pending; ///< later than m_rows
    Tree m_tree;
    bool m_hasLoose = false;
};

} // namespace tessera::document
