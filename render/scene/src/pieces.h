#pragma once

#include <optional>
#include <vector>

#include <render/scene/display_list.h>
#include <render/scene/paints.h>
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
    std::vector<ContentHash> assets;    ///< images it draws or waits for, those of filters too
    std::vector<NodeId> patterns;       ///< nodes that its paints repeat or its filters show
    std::shared_ptr<const std::vector<Effect>> effects; ///< null: none
    std::shared_ptr<const std::vector<EffectImage>> effectImages; ///< null: none
};

/// Where the contents of pieces come from.
struct PieceSources {
    text::FontLibrary& fonts;
    ImageSource& images;
    PatternSource& patterns;
};
/// Remembers what the paint waits for.
void addSources(NodePieces& pieces, const document::Paint& paint);
void addText(NodePieces& pieces, const document::Node& node, Size size, const PieceSources& sources);
[[nodiscard]] NodePieces makePieces(const document::Node& node, Size size, const PieceSources& sources);

} // namespace tessera::scene
