#pragma once

#include <map>
#include <set>

#include <render/scene/scene_builder.h>

#include "scene_tree.h"

namespace tessera::scene {

/// Makes the lists of stale chunks, and the pieces of stale nodes.
class Assembler final : public PatternSource
{
public:
    Assembler(const document::Document& document, text::FontLibrary& fonts, ImageSource& images, SceneTree& tree)
        : m_document(document), m_fonts(fonts), m_images(images), m_tree(tree)
    {
    }

    std::map<NodeId, Preview> previews;
    NodeId hidden;

    /// Up to date; null while it is being made.
    [[nodiscard]] SubList listOf(Content& content);
    /// The node with all below it, its parent's space mapped by `parentToList`.
    [[nodiscard]] SubList listAlone(SceneNode& node, const Transform& parentToList);
    [[nodiscard]] const NodePieces& piecesOf(SceneNode& node, const document::Node& stored);
    [[nodiscard]] Transform transformOf(const document::Node& node) const;

    [[nodiscard]] SubList pattern(const NodeId& node) override;
    /// Nodes whose paints or filters show what is below the node, or the asset. May name some that did once.
    [[nodiscard]] const std::set<NodeId>& patternUsers(const NodeId& node) const;
    [[nodiscard]] const std::set<NodeId>& assetUsers(const ContentHash& asset) const;
    [[nodiscard]] bool hasPatterns() const { return !m_patternUsers.empty(); }
    [[nodiscard]] SceneStatistics statistics() const { return m_statistics; }

private:
    [[nodiscard]] SubList listOf(Chunk& chunk);
    /// Of the list's items, those parts that are shown; `remade`: bit i, item i is not as it was in the list before.
    static std::shared_ptr<const CellIndex> indexOf(const Chunk& chunk, const std::vector<const Chunk*>& shown, std::uint32_t remade);
    void fillLeaf(Chunk& leaf, DisplayList& out);
    Rect addMasked(const Content::Segment& segment, DisplayList& out);
    Rect add(SceneNode& node, const document::Node* stored, DisplayList& out);
    Rect write(SceneNode& node, const document::Node& stored, const NodePieces& pieces, const Transform& toList, DisplayList& out);
    [[nodiscard]] SubList finished(DisplayList list);
    [[nodiscard]] Rect reachOf(const SceneNode& node, const document::Node* stored) const;
    [[nodiscard]] Size sizeOf(const document::Node& node) const;

    const document::Document& m_document;
    text::FontLibrary& m_fonts;
    ImageSource& m_images;
    SceneTree& m_tree;
    std::map<NodeId, std::set<NodeId>> m_patternUsers; ///< by the node whose children are the pattern
    std::map<ContentHash, std::set<NodeId>> m_assetUsers;
    SceneStatistics m_statistics;
};

} // namespace tessera::scene
