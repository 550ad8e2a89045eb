#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include <core/document/document.h>
#include <render/scene/cell_index.h>
#include <render/scene/display_list.h>

#include "pieces.h"

/// Where each node's items are: the children of a container stand in a balanced tree of chunks, each with the display list of
/// what is below it. A change marks the chunks above it as stale; only those lists are made again. Decision 9.
namespace tessera::scene {

struct Content;
struct SceneNode;

/// What of a node's items must be made again.
enum class Stale : std::uint8_t { none, place, pieces };

/// Leaf: some neighbouring children. Inner: chunks, all of one height. At most `largest` of either.
struct Chunk {
    static constexpr std::size_t largest = 32;
    static constexpr std::size_t whenBuilt = 24; ///< full enough, with room for insertions
    static_assert(largest <= CellIndex::mostItems);

    /// A child and its items in `list`.
    struct Slot {
        SceneNode* node{};
        std::uint32_t firstItem{};
        std::uint32_t itemCount{};
    };

    Content* content{};
    Chunk* above = nullptr; ///< null: the root of its segment
    std::vector<std::unique_ptr<Chunk>> parts; ///< inner
    std::vector<Slot> slots;                   ///< leaf
    SubList list;           ///< as last made; null: never
    Rect reach;             ///< where its nodes may be hit: their outlines and paint, hidden ones too
    bool stale = true;
    bool partsMoved = true; ///< inner: not the parts that `list` has
};

/// Children of a container. The first segment has those below the first mask, each other one a mask and what it masks.
struct Content {
    struct Segment {
        SceneNode* mask{};
        std::unique_ptr<Chunk> root;
    };
    SceneNode* owner{};
    std::vector<Segment> segments;
    SubList list; ///< in the owner's space, as last made
    Rect reach;   ///< as a chunk's
    std::optional<Size> cell; ///< of the chunks' CellIndex; absent: they are too few to have one
    Transform placed; ///< to the owner's parent's space, when the owner's items were made
    bool stale = true;
    bool open = false; ///< being made: a pattern inside itself ends there
};

struct SceneNode {
    const NodeId* id{};
    Content* parent{};  ///< null: stands nowhere, or is a page
    Chunk* leaf{};      ///< null too: a mask
    Rect bounds;        ///< what it paints with all below, in the parent's space; empty: nothing
    std::unique_ptr<NodePieces> pieces; ///< kept where its items alone do not tell them (text, containers, shared sources)
    std::unique_ptr<Content> content;   ///< made when it is first drawn
    Stale stale = Stale::pieces;
    std::uint32_t pass = 0; ///< in which `stored` was looked up
    const document::Node* stored = nullptr;
};

/// The nodes that have been drawn, and how they stand. Follows the document when told. The document's thread.
class SceneTree
{
public:
    explicit SceneTree(const document::Document& document) : m_document(document) {}

    /// Before lists are made, and after every change of the document: what was looked up before counts no longer.
    void beginPass() { ++m_pass; }
    /// What the document has; null when it has nothing. Looks it up only when this pass has not yet.
    [[nodiscard]] const document::Node* storedOf(const SceneNode& node) const
    {
        return node.pass == m_pass ? node.stored : m_document.node(*node.id);
    }

    /// Null when it was never drawn.
    [[nodiscard]] SceneNode* find(const NodeId& id);
    [[nodiscard]] SceneNode& nodeOf(const NodeId& id);
    /// The node's children; null when it has none or they are nested too deep.
    [[nodiscard]] Content* contentOf(SceneNode& node);

    /// Marks the node's items, and the lists they are in.
    static void markStale(SceneNode& node, Stale what);

    /// Brings the named nodes to where the document has them now; of others it believes that they stayed. Returns the parents
    /// in which masks may show other siblings than before.
    std::set<NodeId> followMoves(const std::set<NodeId>& named);
    /// The same where nothing has moved but masks may have come or gone.
    std::set<NodeId> followMasks(const std::set<NodeId>& named);
    /// Forgets how nodes stand, keeps what they draw.
    void rebuild();

private:
    [[nodiscard]] bool isTooDeep(const NodeId& id) const;
    [[nodiscard]] std::size_t positionOf(const std::vector<NodeId>& siblings, const NodeId& id) const;
    void fill(Content& content);
    void insert(Content& content, const std::vector<SceneNode*>& nodes);
    void restructure(Content& content);
    void restructure(const std::set<NodeId>& parents);
    void detach(SceneNode& node);
    void dropContent(SceneNode& node);
    void forget(SceneNode& node);

    const document::Document& m_document;
    std::unordered_map<NodeId, SceneNode> m_nodes;
    std::uint32_t m_pass = 1;
};

/// Children whose chunks reach the rectangle, in the owner's space; bottom first. The content is up to date.
[[nodiscard]] std::vector<NodeId> nodesNear(const Content& content, const Rect& rect);

/// Takes a plain node's pieces back out of its items, so that those may go.
void keepPieces(SceneNode& node);

} // namespace tessera::scene
