#pragma once

#include <core/formats/imported_node.h>

namespace tessera::formats {

/// Box of the node's geometry and that of all below it, strokes left out, in its parent's space. Empty without any.
[[nodiscard]] Rect importedBounds(const ImportedNode& node, const Transform& outer = {});

} // namespace tessera::formats
