#include "assembler.h"

#include <algorithm>

#include <render/scene/effects.h>
#include <render/scene/node_shape.h>

namespace tessera::scene {

namespace {

/// Whether the node's items tell all of its pieces, so that those need no memory of their own.
bool isPlain(const SceneNode& node, const NodePieces& pieces)
{
    return node.leaf && !node.content && !pieces.clip && !pieces.layout && pieces.assets.empty() &&
           pieces.patterns.empty() && !pieces.effects;
}

bool blursBackdrop(const Item& item)
{
    if (const auto* sub = std::get_if<SubList>(&item.content))
        return (*sub)->blursBackdrop;
    const auto* layer = std::get_if<PushLayer>(&item.content);
    return layer && layer->effects && backdropReachPx(*layer->effects, item.toPage) > 0;
}

void push(DisplayList& out, ItemContent content, const Transform& toPage, const Rect& boundsPage, std::uint32_t node)
{
    out.items.push_back({std::move(content), toPage, boundsPage, node});
}

std::uint32_t addNode(DisplayList& out, const NodeId& id)
{
    out.nodes.push_back(id);
    return static_cast<std::uint32_t>(out.nodes.size() - 1);
}

void addPart(DisplayList& out, const SubList& list, std::uint32_t node, const Transform& toPage = {})
{
    if (!list->items.empty())
        push(out, list, toPage, toPage.mapBounds(list->boundsPage), node);
}

template <class Key> const std::set<NodeId>& usersIn(const std::map<Key, std::set<NodeId>>& users, const Key& key)
{
    static const std::set<NodeId> nobody;
    const auto found = users.find(key);
    return found == users.end() ? nobody : found->second;
}

} // namespace

const std::set<NodeId>& Assembler::patternUsers(const NodeId& node) const { return usersIn(m_patternUsers, node); }
const std::set<NodeId>& Assembler::assetUsers(const ContentHash& asset) const { return usersIn(m_assetUsers, asset); }

SubList Assembler::finished(DisplayList list)
{
    ++m_statistics.listsMade;
    list.items.shrink_to_fit();
    list.blursBackdrop = std::any_of(list.items.begin(), list.items.end(), blursBackdrop);
    return std::make_shared<const DisplayList>(std::move(list));
}

SubList Assembler::listOf(Content& content)
{
    if (content.open)
        return nullptr;
    if (!content.stale)
        return content.list;
    content.open = true;
    content.reach = {};
    if (content.segments.size() == 1) {
        content.list = listOf(*content.segments.front().root);
    } else {
        DisplayList list;
        for (const Content::Segment& segment : content.segments)
            list.boundsPage = united(list.boundsPage, addMasked(segment, list));
        content.list = finished(std::move(list));
    }
    for (const Content::Segment& segment : content.segments) {
        content.reach = united(content.reach, segment.root->reach);
        if (segment.mask)
            content.reach = united(content.reach, reachOf(*segment.mask, m_tree.storedOf(*segment.mask)));
    }
    content.stale = content.open = false;
    return content.list;
}

SubList Assembler::listOf(Chunk& chunk)
{
    if (!chunk.stale)
        return chunk.list;
    DisplayList list;
    chunk.reach = {};
    if (chunk.parts.empty())
        fillLeaf(chunk, list);
    std::vector<const Chunk*> shown; // by item
    std::uint32_t remade = 0;        // bit i: item i
    for (const auto& part : chunk.parts) {
        const bool wasStale = part->stale;
        const SubList below = listOf(*part);
        list.boundsPage = united(list.boundsPage, below->boundsPage);
        chunk.reach = united(chunk.reach, part->reach);
        if (below->items.empty())
            continue;
        remade |= static_cast<std::uint32_t>(wasStale) << shown.size();
        shown.push_back(part.get());
        addPart(list, below, noNode);
    }
    if (chunk.content->cell && !chunk.parts.empty())
        list.cells = indexOf(chunk, shown, remade);
    chunk.partsMoved = shown.size() != chunk.parts.size(); // then the next index begins anew
    chunk.list = finished(std::move(list));
    chunk.stale = false;
    return chunk.list;
}

std::shared_ptr<const CellIndex> Assembler::indexOf(const Chunk& chunk, const std::vector<const Chunk*>& shown, std::uint32_t remade)
{
    const bool follows = !chunk.partsMoved && chunk.list && chunk.list->cells && shown.size() == chunk.parts.size() &&
                         chunk.list->cells->cell() == *chunk.content->cell;
    auto index = std::make_shared<CellIndex>(follows ? *chunk.list->cells : CellIndex(*chunk.content->cell));
    for (std::size_t i = 0; i < shown.size(); ++i) {
        if (follows && (remade >> i & 1) == 0)
            continue;
        if (follows)
            index->remove(i);
        if (shown[i]->list->cells)
            index->add(*shown[i]->list->cells, i);
        for (const Chunk::Slot& slot : shown[i]->slots)
            index->add(slot.node->bounds, i);
    }
    return index;
}

/// Items of nodes that are not stale are those of the list before.
void Assembler::fillLeaf(Chunk& leaf, DisplayList& out)
{
    out.items.reserve(2 * leaf.slots.size()); // most nodes have one item or two
    out.nodes.reserve(leaf.slots.size());
    for (Chunk::Slot& slot : leaf.slots) {
        SceneNode& node = *slot.node;
        const document::Node* stored = m_tree.storedOf(node);
        const auto first = static_cast<std::uint32_t>(out.items.size());
        if (node.stale == Stale::none && slot.itemCount > 0) {
            const std::uint32_t index = addNode(out, *node.id);
            for (std::uint32_t i = 0; i < slot.itemCount; ++i) {
                out.items.push_back(leaf.list->items[slot.firstItem + i]);
                out.items.back().node = index;
            }
        } else if (node.stale != Stale::none) {
            add(node, stored, out);
        }
        slot.firstItem = first;
        slot.itemCount = static_cast<std::uint32_t>(out.items.size()) - first;
        out.boundsPage = united(out.boundsPage, node.bounds);
        leaf.reach = united(leaf.reach, reachOf(node, stored));
    }
}

/// Where the node or what is in it may be hit, in its parent's space, with and without previews.
Rect Assembler::reachOf(const SceneNode& node, const document::Node* stored) const
{
    constexpr Rect everywhere{-1e9, -1e9, 2e9, 2e9};
    constexpr double slack = 1; ///< lines have no area, but a place
    if (!stored)
        return node.bounds;
    if (!stored->visible && stored->type == document::NodeType::group)
        return everywhere; // spans children that are not at hand
    Rect outline = Rect::fromCorners({}, {stored->size.width, stored->size.height}).inflated(slack);
    if (stored->type == document::NodeType::vector && node.bounds.isEmpty())
        outline = united(outline, shapeOf(*stored).controlBounds().inflated(slack));
    if (node.content)
        outline = united(outline, node.content->reach);
    const Rect there = united(node.bounds, stored->transform.mapBounds(outline));
    return previews.empty() ? there : united(there, transformOf(*stored).mapBounds(outline));
}

/// A mask that is one outline is a clip; any other is composed apart.
Rect Assembler::addMasked(const Content::Segment& segment, DisplayList& out)
{
    const SubList siblings = listOf(*segment.root);
    if (!segment.mask) {
        addPart(out, siblings, noNode);
        return siblings->boundsPage;
    }
    SceneNode& mask = *segment.mask;
    const document::Node* stored = m_tree.storedOf(mask);
    mask.bounds = {};
    if (!stored || (segment.root->slots.empty() && segment.root->parts.empty()))
        return {};
    if (stored->mask == document::MaskKind::vector && hasShape(stored->type)) {
        const std::uint32_t node = addNode(out, *mask.id);
        const auto shape = std::make_shared<const Path>(shapeOf(*stored, sizeOf(*stored)));
        const Transform toList = transformOf(*stored);
        mask.bounds = toList.mapBounds(shape->controlBounds());
        mask.stale = Stale::pieces; // it has none
        const FillRule rule = stored->type == document::NodeType::vector ? stored->path.rule : FillRule::nonzero;
        push(out, PushClip{shape, rule}, toList, mask.bounds, node);
        addPart(out, siblings, noNode);
        push(out, PopClip{}, toList, mask.bounds, node);
        return intersected(siblings->boundsPage, mask.bounds);
    }
    const std::size_t layer = out.items.size();
    const std::uint32_t node = addNode(out, *mask.id);
    push(out, PushLayer{}, {}, {}, node);
    addPart(out, siblings, noNode);
    push(out, PushMask{stored->mask == document::MaskKind::luminance}, {}, siblings->boundsPage, node);
    const Rect shown = intersected(siblings->boundsPage, add(mask, stored, out));
    push(out, PopMask{}, {}, siblings->boundsPage, node);
    push(out, PopLayer{}, {}, shown, node);
    out.items[layer].boundsPage = shown;
    return shown;
}

/// A node among its siblings.
Rect Assembler::add(SceneNode& node, const document::Node* stored, DisplayList& out)
{
    node.bounds = {};
    if (!stored && document::isRecoveredGroup(*node.id)) { // stands in the tree only
        if (Content* content = m_tree.contentOf(node)) {
            const SubList list = listOf(*content);
            addPart(out, list, addNode(out, *node.id));
            node.bounds = list->boundsPage;
        }
        node.stale = Stale::none;
        return node.bounds;
    }
    if (!stored || !stored->visible || *node.id == hidden) {
        keepPieces(node);
        return {};
    }
    const NodePieces& pieces = piecesOf(node, *stored);
    const Transform placed = transformOf(*stored);
    node.bounds = write(node, *stored, pieces, placed, out);
    if (node.content)
        node.content->placed = placed;
    node.stale = Stale::none;
    if (isPlain(node, pieces))
        node.pieces.reset();
    return node.bounds;
}

Rect Assembler::write(SceneNode& node, const document::Node& stored, const NodePieces& pieces, const Transform& toList, DisplayList& out)
{
    Content* content = m_tree.contentOf(node);
    const SubList inside = content ? listOf(*content) : nullptr;
    const bool isolates = stored.blend == BlendMode::normal && content;
    const bool blends = stored.blend != BlendMode::normal && stored.blend != BlendMode::passThrough;
    const bool layered = stored.opacity < 1 || isolates || blends || pieces.effects;
    const std::size_t layer = out.items.size();
    const std::uint32_t index = addNode(out, *node.id);
    if (layered) {
        const BlendMode blend = blends ? stored.blend : BlendMode::normal;
        push(out, PushLayer{std::max(0.0, stored.opacity), blend, pieces.effects, pieces.effectImages}, toList, {}, index);
    }
    Rect bounds;
    for (const Piece& piece : pieces.own) {
        const Rect box = toList.mapBounds(piece.boundsLocal);
        bounds = united(bounds, box);
        push(out, piece.content, toList, box, index);
    }
    if (inside && !inside->items.empty()) {
        const Rect clipBox = pieces.clip ? toList.mapBounds(pieces.clip->controlBounds()) : Rect{};
        if (pieces.clip)
            push(out, PushClip{pieces.clip, FillRule::nonzero}, toList, clipBox, index);
        const Rect box = toList.mapBounds(inside->boundsPage);
        addPart(out, inside, index, toList);
        if (pieces.clip)
            push(out, PopClip{}, toList, clipBox, index);
        bounds = united(bounds, pieces.clip ? intersected(box, clipBox) : box);
    }
    if (layered) {
        if (pieces.effects)
            bounds = effectBoundsPage(*pieces.effects, bounds, toList);
        out.items[layer].boundsPage = bounds;
        push(out, PopLayer{}, toList, bounds, index);
    }
    return bounds;
}

SubList Assembler::listAlone(SceneNode& node, const Transform& parentToList)
{
    const document::Node* stored = m_tree.storedOf(node);
    if (!stored || !stored->visible || *node.id == hidden)
        return finished({});
    if (node.content)
        (void)listOf(*node.content);
    DisplayList list;
    const Stale before = node.stale;
    const NodePieces& pieces = piecesOf(node, *stored);
    list.boundsPage = write(node, *stored, pieces, parentToList * transformOf(*stored), list);
    node.stale = before == Stale::none ? Stale::none : Stale::place;
    return finished(std::move(list));
}

const NodePieces& Assembler::piecesOf(SceneNode& node, const document::Node& stored)
{
    if (node.stale == Stale::pieces)
        node.pieces.reset();
    else
        keepPieces(node);
    if (!node.pieces) {
        NodePieces made = makePieces(stored, sizeOf(stored), {m_fonts, m_images, *this});
        for (const NodeId& used : made.patterns)
            m_patternUsers[used].insert(*node.id);
        for (const ContentHash& asset : made.assets)
            m_assetUsers[asset].insert(*node.id);
        node.pieces = std::make_unique<NodePieces>(std::move(made));
        node.stale = Stale::place;
        ++m_statistics.piecesMade;
    }
    return *node.pieces;
}

SubList Assembler::pattern(const NodeId& id)
{
    if (!m_document.node(id))
        return nullptr;
    Content* content = m_tree.contentOf(m_tree.nodeOf(id));
    return content ? listOf(*content) : nullptr;
}

Size Assembler::sizeOf(const document::Node& node) const
{
    const auto preview = previews.find(node.id);
    return preview != previews.end() && preview->second.size ? *preview->second.size : node.size;
}

Transform Assembler::transformOf(const document::Node& node) const
{
    const auto preview = previews.find(node.id);
    return preview != previews.end() && preview->second.transform ? *preview->second.transform : node.transform;
}

} // namespace tessera::scene
