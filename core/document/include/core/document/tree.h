#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include <core/base/ids.h>

/// The tree as a pure function of (id, type, parent, order key) rows; document-model section 4. Identical in
/// TypeScript (cloud-relay/web/src/document/tree.ts) and pinned by tests/golden/tree. Safe on any thread.
namespace tessera {
class Random;
}

namespace tessera::document {

inline const NodeId trashId{std::string("trash")};
/// Id under which a page's cut-loose nodes stand: "recovered:" + page id. Not in the document.
[[nodiscard]] NodeId recoveredGroupId(const NodeId& page);
[[nodiscard]] bool isRecoveredGroup(const NodeId& id);

struct TreeRow {
    NodeId id;
    bool isPage = false;   ///< `t` is page
    NodeId parent;
    std::string orderKey;
};

/// pages in order; children of any id in paint order (first = bottom). A "Recovered" group, present only when
/// needed, is the last child of its page. Rules: a page is a root only with an empty parent; a non-page with an empty
/// or missing parent, and the smallest id of each parent loop, is cut loose into the Recovered group of the first
/// page; nodes under the trash are in `children` of trashId, in no page.
struct Tree {
    std::vector<NodeId> pages;
    std::unordered_map<NodeId, std::vector<NodeId>> children;
    std::unordered_map<NodeId, NodeId> shownParent;

    [[nodiscard]] const std::vector<NodeId>& childrenOf(const NodeId& id) const;
    /// The page that shows the node; empty id when in the trash or unknown.
    [[nodiscard]] NodeId pageOf(const NodeId& id) const;
    [[nodiscard]] bool isInTrash(const NodeId& id) const;
    [[nodiscard]] bool isAncestor(const NodeId& ancestor, const NodeId& node) const;
};

[[nodiscard]] Tree buildTree(const std::vector<TreeRow>& rows);

/// Order keys: base-62 fraction strings with an integer prefix ("a0"), compared by bytes.
/// A key strictly between the two (empty: open end), with about 30 bits of jitter.
[[nodiscard]] std::string orderKeyBetween(const std::string& after, const std::string& before, Random& random);

} // namespace tessera::document
