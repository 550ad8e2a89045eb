#pragma once

#include <istream>
#include <vector>

#include <core/document/document.h>

namespace tessera::bench {

/// Imports every SVG that is named on a line of `paths` into the page, side by side. Returns their frames. Ends the program, and
/// says why, when one cannot be read or imported.
[[nodiscard]] std::vector<NodeId> importDrawings(document::Document& document, const NodeId& page, Random& random, std::istream& paths);

} // namespace tessera::bench
