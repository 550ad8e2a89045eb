#pragma once

#include <optional>
#include <vector>

#include <render/scene/display_list.h>
#include <render/text/layout.h>

namespace tessera::scene {

/// What one node draws by itself, in its own space: made once, placed wherever the tree puts the node.
struct Piece {
    ItemContent content;
    Rect boundsLocal;
};
struct NodePieces {
    std::vector<Piece> own;             ///< below the children
    PathRef clip;                       ///< of the children; null: none
    std::optional<text::Layout> layout; ///< text
    std::vector<ContentHash> assets;    ///< images it draws or waits for
};
[[nodiscard]] NodePieces makePieces(const document::Node& node, Size size, text::FontLibrary& fonts, ImageSource& images);

} // namespace tessera::scene
