#include "scene_tree.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>

#include "item_bounds.h"

namespace tessera::scene {

namespace {

constexpr std::size_t deepest = 500; ///< levels that are drawn: guards the stack against hostile documents

/// An index takes 16 KiB for each inner chunk: some 30 bytes for each child.
constexpr std::size_t indexedCount = 2000;

/// Whether it masks the siblings above it.
bool isMask(const document::Node* node) { return node && node->visible && node->mask != document::MaskKind::none; }

std::size_t slotOf(const Chunk& leaf, const SceneNode& node)
{
    const auto at = std::find_if(leaf.slots.begin(), leaf.slots.end(), [&](const auto& slot) { return slot.node == &node; });
    return static_cast<std::size_t>(at - leaf.slots.begin());
}

std::size_t partOf(const Chunk& above, const Chunk& part)
{
    const auto at = std::find_if(above.parts.begin(), above.parts.end(), [&](const auto& p) { return p.get() == &part; });
    return static_cast<std::size_t>(at - above.parts.begin());
}

void markAbove(Chunk* chunk)
{
    for (; chunk; chunk = chunk->above)
        chunk->stale = true;
}

std::unique_ptr<Chunk> chunkOf(Content& content)
{
    auto chunk = std::make_unique<Chunk>();
    chunk->content = &content;
    return chunk;
}

/// A tree of evenly filled chunks.
std::unique_ptr<Chunk> builtFrom(Content& content, const std::vector<SceneNode*>& nodes)
{
    const auto partsFor = [](std::size_t count) { return std::max<std::size_t>(1, (count + Chunk::whenBuilt - 1) / Chunk::whenBuilt); };
    std::vector<std::unique_ptr<Chunk>> level(partsFor(nodes.size()));
    for (std::size_t i = 0; i < level.size(); ++i) {
        level[i] = chunkOf(content);
        const std::size_t end = nodes.size() * (i + 1) / level.size();
        for (std::size_t k = nodes.size() * i / level.size(); k < end; ++k) {
            level[i]->slots.push_back({nodes[k], 0, 0});
            nodes[k]->leaf = level[i].get();
        }
    }
    while (level.size() > 1) {
        std::vector<std::unique_ptr<Chunk>> upper(partsFor(level.size()));
        for (std::size_t i = 0; i < upper.size(); ++i) {
            upper[i] = chunkOf(content);
            const std::size_t end = level.size() * (i + 1) / upper.size();
            for (std::size_t k = level.size() * i / upper.size(); k < end; ++k) {
                level[k]->above = upper[i].get();
                upper[i]->parts.push_back(std::move(level[k]));
            }
        }
        level = std::move(upper);
    }
    return std::move(level.front());
}

std::unique_ptr<Chunk>& rootOf(Chunk& chunk)
{
    const auto segment = std::find_if(chunk.content->segments.begin(), chunk.content->segments.end(),
                                      [&](const auto& s) { return s.root.get() == &chunk; });
    return segment->root;
}

/// Halves a chunk that has become too large, and those above it.
void split(Chunk* chunk)
{
    while (chunk && std::max(chunk->slots.size(), chunk->parts.size()) > Chunk::largest) {
        auto right = chunkOf(*chunk->content);
        right->list = chunk->list; // the slots' items are there until it is made anew
        const auto halfSlots = chunk->slots.begin() + static_cast<std::ptrdiff_t>(chunk->slots.size() / 2);
        right->slots.assign(halfSlots, chunk->slots.end());
        chunk->slots.erase(halfSlots, chunk->slots.end());
        for (const Chunk::Slot& slot : right->slots)
            slot.node->leaf = right.get();
        const auto halfParts = chunk->parts.begin() + static_cast<std::ptrdiff_t>(chunk->parts.size() / 2);
        std::move(halfParts, chunk->parts.end(), std::back_inserter(right->parts));
        chunk->parts.erase(halfParts, chunk->parts.end());
        for (const auto& part : right->parts)
            part->above = right.get();
        if (!chunk->above) {
            auto& root = rootOf(*chunk);
            auto top = chunkOf(*chunk->content);
            chunk->above = top.get();
            top->parts.push_back(std::move(root));
            root = std::move(top);
        }
        right->above = chunk->above;
        auto& siblings = chunk->above->parts;
        siblings.insert(siblings.begin() + static_cast<std::ptrdiff_t>(partOf(*chunk->above, *chunk)) + 1, std::move(right));
        chunk->partsMoved = chunk->above->partsMoved = true;
        chunk = chunk->above;
    }
}

/// Drops a chunk without anything in it, and those above it that had nothing else.
void prune(Chunk* chunk)
{
    while (chunk->above && chunk->slots.empty() && chunk->parts.empty()) {
        Chunk* above = chunk->above;
        above->parts.erase(above->parts.begin() + static_cast<std::ptrdiff_t>(partOf(*above, *chunk)));
        above->partsMoved = true;
        chunk = above;
    }
    while (!chunk->above && chunk->parts.size() == 1) { // a root with one part is that part
        auto& root = rootOf(*chunk);
        auto only = std::move(chunk->parts.front());
        only->above = nullptr;
        root = std::move(only);
        chunk = root.get();
    }
}

/// Moves the few nodes of a leaf to a neighbour that has room.
void merge(Chunk& leaf)
{
    if (!leaf.above || leaf.slots.empty() || leaf.slots.size() > Chunk::whenBuilt / 4)
        return;
    const std::size_t at = partOf(*leaf.above, leaf);
    const bool onto = at > 0; // the one before it, else the one after
    if (!onto && leaf.above->parts.size() < 2)
        return;
    Chunk& other = *leaf.above->parts[onto ? at - 1 : at + 1];
    if (other.slots.size() + leaf.slots.size() > Chunk::whenBuilt)
        return;
    std::vector<Chunk::Slot> moving;
    for (const Chunk::Slot& slot : leaf.slots) {
        keepPieces(*slot.node);
        moving.push_back({slot.node, 0, 0});
    }
    for (const Chunk::Slot& slot : moving)
        slot.node->leaf = &other;
    other.slots.insert(onto ? other.slots.end() : other.slots.begin(), moving.begin(), moving.end());
    other.stale = true;
    leaf.slots.clear();
    prune(&leaf);
}

void insertInto(Chunk& leaf, std::size_t at, SceneNode& node)
{
    leaf.slots.insert(leaf.slots.begin() + static_cast<std::ptrdiff_t>(at), Chunk::Slot{&node, 0, 0});
    node.leaf = &leaf;
    node.parent = leaf.content;
    SceneTree::markStale(node, Stale::place);
    split(&leaf);
}

std::vector<SceneNode*> childrenIn(const Content& content)
{
    std::vector<SceneNode*> children;
    std::vector<const Chunk*> open;
    for (const Content::Segment& segment : content.segments) {
        if (segment.mask)
            children.push_back(segment.mask);
        open.push_back(segment.root.get());
    }
    while (!open.empty()) {
        const Chunk& chunk = *open.back();
        open.pop_back();
        for (const Chunk::Slot& slot : chunk.slots)
            children.push_back(slot.node);
        for (const auto& part : chunk.parts)
            open.push_back(part.get());
    }
    return children;
}

std::size_t depthOf(const SceneNode& node)
{
    std::size_t depth = 0;
    for (const Content* above = node.parent; above; above = above->owner->parent)
        ++depth;
    return depth;
}

} // namespace

std::vector<NodeId> nodesNear(const Content& content, const Rect& rect)
{
    std::vector<NodeId> nodes;
    const auto touches = [&](const Rect& reach) {
        return rect.x <= reach.right() && reach.x <= rect.right() && rect.y <= reach.bottom() && reach.y <= rect.bottom();
    };
    const auto visit = [&](const auto& self, const Chunk& chunk) -> void {
        if (!touches(chunk.reach))
            return;
        for (const Chunk::Slot& slot : chunk.slots)
            nodes.push_back(*slot.node->id);
        for (const auto& part : chunk.parts)
            self(self, *part);
    };
    for (const Content::Segment& segment : content.segments) {
        if (segment.mask)
            nodes.push_back(*segment.mask->id);
        visit(visit, *segment.root);
    }
    return nodes;
}

void keepPieces(SceneNode& node)
{
    if (!node.pieces && node.leaf && node.stale != Stale::pieces) {
        const Chunk::Slot& slot = node.leaf->slots[slotOf(*node.leaf, node)];
        if (slot.itemCount > 0) {
            node.pieces = std::make_unique<NodePieces>();
            for (std::uint32_t i = 0; i < slot.itemCount; ++i) {
                const ItemContent& content = node.leaf->list->items[slot.firstItem + i].content;
                if (isPaint(content))
                    node.pieces->own.push_back({content, localBounds(content)});
            }
        }
    }
    node.stale = std::max(node.stale, node.pieces ? Stale::place : Stale::pieces);
}

SceneNode* SceneTree::find(const NodeId& id)
{
    const auto found = m_nodes.find(id);
    return found == m_nodes.end() ? nullptr : &found->second;
}

SceneNode& SceneTree::nodeOf(const NodeId& id)
{
    const auto entry = m_nodes.try_emplace(id).first;
    entry->second.id = &entry->first;
    return entry->second;
}


bool SceneTree::isTooDeep(const NodeId& id) const
{
    const auto& shownParent = m_document.tree().shownParent;
    std::size_t depth = 0;
    for (auto up = shownParent.find(id); up != shownParent.end() && depth < deepest; up = shownParent.find(up->second))
        ++depth;
    return depth >= deepest;
}

Content* SceneTree::contentOf(SceneNode& node)
{
    if (m_document.tree().childrenOf(*node.id).empty()) {
        if (node.content)
            dropContent(node);
    } else if (!node.content && !isTooDeep(*node.id)) {
        node.content = std::make_unique<Content>();
        node.content->owner = &node;
        fill(*node.content);
    }
    return node.content.get();
}

void SceneTree::fill(Content& content)
{
    const std::vector<NodeId>& children = m_document.tree().childrenOf(*content.owner->id);
    if (children.size() > m_nodes.size())
        m_nodes.reserve(m_nodes.size() + children.size());
    content.segments.clear();
    Rect origins;
    SceneNode* mask = nullptr;
    std::vector<SceneNode*> open;
    const auto close = [&] {
        content.segments.push_back({mask, builtFrom(content, open)});
        open.clear();
    };
    for (const NodeId& id : children) {
        SceneNode& child = nodeOf(id);
        if (child.parent && child.parent != &content)
            detach(child);
        child.parent = &content;
        const document::Node* stored = child.stored = m_document.node(id);
        child.pass = m_pass;
        if (stored)
            origins = united(origins, Rect{stored->transform.e, stored->transform.f, 1, 1});
        if (isMask(stored)) {
            close();
            mask = &child;
        } else {
            open.push_back(&child);
        }
    }
    close();
    content.cell.reset();
    if (children.size() >= indexedCount)
        content.cell = cellFor({origins.width, origins.height});
}

void SceneTree::markStale(SceneNode& node, Stale what)
{
    node.stale = std::max(node.stale, what);
    markAbove(node.leaf);
    for (Content* content = node.parent; content; content = content->owner->parent) {
        content->stale = true;
        content->owner->stale = std::max(content->owner->stale, Stale::place);
        markAbove(content->owner->leaf);
    }
}

/// Takes the node out of where it stands; its items are not needed any more, or kept.
void SceneTree::detach(SceneNode& node)
{
    if (!node.parent)
        return;
    keepPieces(node);
    markStale(node, Stale::place);
    Chunk* leaf = node.leaf;
    node.leaf = nullptr;
    node.parent = nullptr;
    if (!leaf)
        return;
    leaf->slots.erase(leaf->slots.begin() + static_cast<std::ptrdiff_t>(slotOf(*leaf, node)));
    if (leaf->slots.empty())
        prune(leaf);
    else
        merge(*leaf);
}

void SceneTree::restructure(Content& content)
{
    for (SceneNode* child : childrenIn(content)) {
        if (child->parent != &content)
            continue; // a mask that stands elsewhere by now
        keepPieces(*child);
        child->stale = std::max(child->stale, Stale::place);
        child->leaf = nullptr;
        child->parent = nullptr;
    }
    fill(content);
    content.stale = true;
    markStale(*content.owner, Stale::place);
}

void SceneTree::restructure(const std::set<NodeId>& parents)
{
    for (const NodeId& id : parents) {
        if (SceneNode* parent = find(id); parent && parent->content)
            restructure(*parent->content);
    }
}

/// Of the node and of all below it.
void SceneTree::dropContent(SceneNode& node)
{
    std::vector<SceneNode*> open{&node};
    while (!open.empty()) {
        SceneNode& owner = *open.back();
        open.pop_back();
        if (!owner.content)
            continue;
        for (SceneNode* child : childrenIn(*owner.content)) {
            if (child->parent != owner.content.get())
                continue;
            keepPieces(*child);
            child->leaf = nullptr;
            child->parent = nullptr;
            open.push_back(child);
        }
        owner.content.reset();
    }
}

void SceneTree::rebuild()
{
    for (auto& [id, node] : m_nodes)
        keepPieces(node);
    for (auto& [id, node] : m_nodes) {
        node.leaf = nullptr;
        node.parent = nullptr;
        node.bounds = {};
        node.content.reset();
    }
    std::erase_if(m_nodes, [&](const auto& entry) { return !m_document.node(entry.first); });
}

void SceneTree::forget(SceneNode& node)
{
    detach(node);
    dropContent(node);
    m_nodes.erase(m_nodes.find(*node.id));
}

std::size_t SceneTree::positionOf(const std::vector<NodeId>& siblings, const NodeId& id) const
{
    const auto keyOf = [&](const NodeId& sibling) { // the Recovered group, which is no node, comes last
        const document::Node* node = m_document.node(sibling);
        return std::tuple(node == nullptr, node ? std::string_view(node->orderKey) : std::string_view(), std::string_view(sibling.text()));
    };
    auto at = std::lower_bound(siblings.begin(), siblings.end(), id, [&](const NodeId& a, const NodeId& b) { return keyOf(a) < keyOf(b); });
    if (at == siblings.end() || *at != id)
        at = std::find(siblings.begin(), siblings.end(), id);
    return static_cast<std::size_t>(at - siblings.begin());
}

std::set<NodeId> SceneTree::followMoves(const std::set<NodeId>& named)
{
    std::set<NodeId> remasked;
    const document::Tree& tree = m_document.tree();
    std::map<SceneNode*, std::vector<SceneNode*>> arrivals; // by parent
    for (const NodeId& id : named) {
        const auto up = tree.shownParent.find(id);
        SceneNode* parent = up == tree.shownParent.end() ? nullptr : find(up->second);
        SceneNode* node = find(id);
        if (!parent && !node)
            continue; // below what was never drawn
        if (node && node->parent) {
            if (!node->leaf || node->parent->segments.size() > 1)
                remasked.insert(*node->parent->owner->id);
            const std::size_t depth = depthOf(*node);
            detach(*node);
            if (node->content && (!parent || depthOf(*parent) + 1 != depth))
                dropContent(*node); // other levels of it may be too deep now
        }
        if (!m_document.node(id)) {
            if (node)
                forget(*node);
        } else if (parent) {
            arrivals[parent].push_back(&nodeOf(id));
        }
    }
    for (const auto& [parent, nodes] : arrivals) {
        if (!parent->content) {
            markStale(*parent, Stale::place); // its first children
            continue;
        }
        const bool masks = parent->content->segments.size() > 1 ||
                           std::any_of(nodes.begin(), nodes.end(), [&](const SceneNode* node) { return isMask(m_document.node(*node->id)); });
        if (masks)
            remasked.insert(*parent->id);
        else
            insert(*parent->content, nodes);
    }
    restructure(remasked);
    return remasked;
}

std::set<NodeId> SceneTree::followMasks(const std::set<NodeId>& named)
{
    std::set<NodeId> remasked;
    for (const NodeId& id : named) {
        SceneNode* node = find(id);
        const bool wasMask = node && node->parent && !node->leaf;
        if (node && node->parent && wasMask != isMask(m_document.node(id)))
            remasked.insert(*node->parent->owner->id);
    }
    restructure(remasked);
    return remasked;
}

/// Many at once, as when pasting, are built anew with the others: that is quicker, and fills the chunks evenly.
void SceneTree::insert(Content& content, const std::vector<SceneNode*>& nodes)
{
    const std::vector<NodeId>& siblings = m_document.tree().childrenOf(*content.owner->id);
    if (nodes.size() > siblings.size() / 4 + 1) {
        restructure(content);
        return;
    }
    std::vector<std::pair<std::size_t, SceneNode*>> places;
    for (SceneNode* node : nodes)
        places.emplace_back(positionOf(siblings, *node->id), node);
    std::sort(places.begin(), places.end());
    for (const auto& [at, node] : places) {
        SceneNode* before = at == 0 ? nullptr : find(siblings[at - 1]);
        Chunk* leaf = before ? before->leaf : content.segments.front().root.get();
        while (leaf && !leaf->parts.empty())
            leaf = leaf->parts.front().get();
        if (!leaf || leaf->content != &content) {
            restructure(content);
            return;
        }
        insertInto(*leaf, before ? slotOf(*leaf, *before) + 1 : 0, *node);
    }
}

} // namespace tessera::scene
