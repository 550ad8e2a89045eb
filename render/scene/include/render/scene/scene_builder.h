#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include <core/document/document.h>
#include <render/scene/display_list.h>
#include <render/scene/hit_test.h>
#include <render/scene/image.h>
#include <render/text/font_library.h>
#include <render/text/layout.h>

/// Document to display list. Makes again only what a ChangeSet names, and the lists above it: some 30 items on each of a few
/// levels, however many objects there are. One thread, the document's; the lists it returns may go anywhere.
namespace tessera::scene {

/// A gesture in progress: drawn as if the document said so, without an edit.
struct Preview {
    std::optional<Transform> transform; ///< parent-relative, in place of the node's
    std::optional<Size> size;
    friend bool operator==(const Preview&, const Preview&) = default;
};

/// What has been made since the builder was.
struct SceneStatistics {
    std::size_t piecesMade = 0; ///< nodes whose outlines, layouts and paints were made
    std::size_t listsMade = 0;  ///< sub-lists, those of pages included
};

/// A page cut in three, in paint order. Drawn one over the other they are the page, within 2/255 where what is above is
/// translucent (it is blended twice instead of once).
struct LiftedPage {
    SubList below;
    SubList lifted; ///< the nodes, with what lies between them
    SubList above;
    SubList rest;   ///< what is below, and above that what is above
};

class SceneBuilder final : public ChildIndex
{
public:
    /// All three must outlive the builder.
    SceneBuilder(const document::Document& document, text::FontLibrary& fonts, ImageSource& images);
    ~SceneBuilder() override;
    SceneBuilder(const SceneBuilder&) = delete;
    SceneBuilder& operator=(const SceneBuilder&) = delete;

    /// Call after every transaction. Returns the page area to redraw, old and new places of what changed; empty when
    /// nothing visible did. Covers what effects and background blurs make of it. A change of the tree that moves nodes
    /// without naming them (there are recovered ones; unusual) returns everything drawn and costs a walk over all nodes.
    Rect apply(const document::ChangeSet& changes);
    /// Nodes that use the asset are made again.
    Rect assetArrived(const ContentHash& asset);
    /// Replaces all previews; an empty map ends the gesture.
    Rect setPreviews(std::map<NodeId, Preview> previews);
    /// Left out of lists while edited in place by other means; empty id for none.
    void setHidden(const NodeId& node);

    /// Everything below `root`, in page coordinates: a page, or one node with its children (for export; ancestors'
    /// clips and opacity are left out). Same object until something changes. Unknown root: an empty list.
    [[nodiscard]] std::shared_ptr<const DisplayList> list(const NodeId& root);

    /// The page's list, cut at the nodes: while a gesture moves them, `below` and `above` show the same. Absent where that does
    /// not hold or a cut would change the picture: the nodes are in a layer (opacity, effects, isolation) or a mask or are
    /// one, they or what is above them blend with or blur what is below, some are not drawn or in each other, or there are patterns.
    /// The first cut of a gesture costs a look at everything above them.
    [[nodiscard]] std::optional<LiftedPage> lifted(const NodeId& page, const std::set<NodeId>& nodes);

    /// Layout of a text node, for the editor; null for others. Valid until the next change.
    [[nodiscard]] const text::Layout* textLayout(const NodeId& node);
    /// Of containers on the pages whose lists were asked for.
    [[nodiscard]] std::optional<std::vector<NodeId>> childrenNear(const NodeId& container, const Rect& rect) const override;
    [[nodiscard]] SceneStatistics statistics() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Layout of a text node's content in its box, in node coordinates. An automatic box wraps nothing (width and
/// height) or at the node's width (height).
[[nodiscard]] text::Layout layoutNode(const document::Node& node, text::FontLibrary& fonts);
/// What a text node's size should be after its text changed: its own size where autosize leaves it alone.
[[nodiscard]] Size fittedSize(const document::Node& node, const text::Layout& layout);

} // namespace tessera::scene
