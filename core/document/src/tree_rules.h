#pragma once

#include <core/document/tree.h>

/// What buildTree and the incremental TreeIndex must agree on.
namespace tessera::document {

/// An id that a stored node may have: 1 to 64 bytes, and not one of the names the tree itself uses.
[[nodiscard]] bool isNodeId(const NodeId& id);

/// buildTree() without copies of the rows.
[[nodiscard]] Tree buildTreeOf(const std::vector<const TreeRow*>& rows);

} // namespace tessera::document
