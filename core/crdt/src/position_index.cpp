#include "position_index.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "item.h"

namespace tessera::crdt {
namespace {

constexpr std::size_t fanout = 32;
constexpr std::uint32_t maxBlockItems = 16;
/// A look-up this near to the right of the last one walks there.
constexpr Clock hintUnits = 64;
constexpr int hintReach = 12;

} // namespace

struct PositionIndex::Block {
    Item* first = nullptr;
    Clock visible = 0;
    std::uint32_t items = 0;
    Node* parent = nullptr;
};

struct PositionIndex::Node {
    Node* parent = nullptr;
    bool isBottom = true; ///< its children are blocks
    std::size_t count = 0;
    std::array<Clock, fanout> visible{};
    std::array<void*, fanout> children{};

    ~Node()
    {
        for (std::size_t i = 0; !isBottom && i < count; ++i)
            delete child(i);
    }
    [[nodiscard]] Node* child(std::size_t slot) const { return static_cast<Node*>(children[slot]); }
    [[nodiscard]] Block* block(std::size_t slot) const { return static_cast<Block*>(children[slot]); }
    [[nodiscard]] std::size_t slotOf(const void* wanted) const
    {
        return static_cast<std::size_t>(std::find(children.begin(), children.begin() + count, wanted) - children.begin());
    }
    [[nodiscard]] Clock total() const
    {
        Clock sum = 0;
        for (std::size_t i = 0; i < count; ++i)
            sum += visible[i];
        return sum;
    }
    void adopt(std::size_t slot)
    {
        if (isBottom)
            block(slot)->parent = this;
        else
            child(slot)->parent = this;
    }
};

PositionIndex::PositionIndex(Item* first) : m_root(std::make_unique<Node>())
{
    Block* last = nullptr;
    for (Item* item = first; item; item = item->right) {
        if (!last || last->items == maxBlockItems / 2)
            last = &makeBlock(*item, last);
        ++last->items;
        addVisible(*last, item->visibleLength());
    }
}

PositionIndex::~PositionIndex() = default;

ItemAt PositionIndex::find(Clock unit)
{
    if (m_hint.isStartKnown && unit >= m_hint.start && unit - m_hint.start < m_hint.item->visibleLength() + hintUnits) {
        Clock start = m_hint.start;
        Item* item = m_hint.item;
        Block* block = m_hint.block;
        for (int steps = 0; item && steps < hintReach; ++steps) {
            if (const Clock length = item->visibleLength(); unit < start + length) {
                m_hint = {item, block, start, true};
                return {item, unit - start};
            } else {
                start += length;
            }
            item = item->right;
            if (item && item->startsBlock)
                block = m_blocks.at(item).get();
        }
        if (!item)
            return {};
    }
    Clock left = unit;
    const Node* node = m_root.get();
    std::size_t slot = 0;
    for (;;) {
        for (slot = 0; slot < node->count && left >= node->visible[slot]; ++slot)
            left -= node->visible[slot];
        if (slot == node->count)
            return {};
        if (node->isBottom)
            break;
        node = node->child(slot);
    }
    Block* block = node->block(slot);
    Item* item = block->first;
    for (; left >= item->visibleLength(); item = item->right)
        left -= item->visibleLength();
    m_hint = {item, block, unit - left, true};
    return {item, left};
}

Clock PositionIndex::unitsBefore(const Item& item) const
{
    Clock units = 0;
    const Item* first = &item;
    while (!first->startsBlock) {
        first = first->left;
        units += first->visibleLength();
    }
    const void* child = m_blocks.at(first).get();
    for (const Node* node = static_cast<const Block*>(child)->parent; node; child = node, node = node->parent) {
        const std::size_t slot = node->slotOf(child);
        for (std::size_t i = 0; i < slot; ++i)
            units += node->visible[i];
    }
    return units;
}

Item* PositionIndex::lastItem() const
{
    const Node* node = m_root.get();
    if (node->count == 0)
        return nullptr;
    while (!node->isBottom)
        node = node->child(node->count - 1);
    Item* item = node->block(node->count - 1)->first;
    while (item->right)
        item = item->right;
    return item;
}

void PositionIndex::inserted(Item& item)
{
    if (!item.left) {
        // A new first item opens the first block; blocks are named by their first item.
        if (item.right) {
            Block& old = *m_blocks.at(item.right);
            auto handle = m_blocks.extract(item.right);
            item.right->startsBlock = false;
            item.startsBlock = true;
            handle.key() = &item;
            old.first = &item;
            m_blocks.insert(std::move(handle));
        } else {
            makeBlock(item, nullptr);
        }
        m_hint.isStartKnown = false;
    }
    Block& block = blockOf(item.left ? *item.left : item);
    ++block.items;
    if (const Clock length = item.visibleLength(); length > 0)
        addVisible(block, length);
    if (block.items > maxBlockItems)
        splitBlock(block);
}

void PositionIndex::hidden(Item& item, Clock units) { addVisible(blockOf(item), 0 - units); }

void PositionIndex::cut(Item& left)
{
    Block& block = blockOf(left);
    if (++block.items > maxBlockItems)
        splitBlock(block);
}

void PositionIndex::joining(Item& left, Item& right)
{
    Block* block = nullptr;
    if (right.startsBlock) {
        block = m_blocks.at(&right).get();
        Block& before = blockOf(left);
        if (const Clock length = right.visibleLength(); length > 0) {
            addVisible(*block, 0 - length);
            addVisible(before, length);
        }
        if (--block->items == 0) {
            removeBlock(*block);
        } else {
            auto handle = m_blocks.extract(&right);
            block->first = right.right;
            block->first->startsBlock = true;
            handle.key() = block->first;
            m_blocks.insert(std::move(handle));
        }
        right.startsBlock = false;
        block = &before;
    } else {
        block = &blockOf(left);
        --block->items;
    }
    if (m_hint.item == &right) {
        m_hint.item = &left;
        m_hint.block = block;
        m_hint.start -= left.visibleLength();
    }
}

PositionIndex::Block& PositionIndex::blockOf(Item& item)
{
    Item* at = &item;
    while (!at->startsBlock && at != m_hint.item)
        at = at->left;
    Block* block = at == m_hint.item ? m_hint.block : m_blocks.at(at).get();
    if (at != m_hint.item) {
        // The change is not known to lie right of the hint, so it may move the hint's start.
        m_hint = {&item, block, 0, false};
    }
    return *block;
}

PositionIndex::Block& PositionIndex::makeBlock(Item& first, Block* after)
{
    auto owned = std::make_unique<Block>();
    Block& block = *owned;
    block.first = &first;
    first.startsBlock = true;
    m_blocks.emplace(&first, std::move(owned));
    Node& node = after ? *after->parent : *m_root;
    insertChild(node, after ? node.slotOf(after) + 1 : 0, &block, 0);
    return block;
}

void PositionIndex::removeBlock(Block& block)
{
    if (m_hint.block == &block)
        m_hint = {};
    Node& node = *block.parent;
    removeChild(node, node.slotOf(&block));
    const Item* first = block.first;
    m_blocks.erase(first);
}

void PositionIndex::splitBlock(Block& block)
{
    const std::uint32_t kept = block.items / 2;
    Item* item = block.first;
    Clock visible = 0;
    for (std::uint32_t i = 0; i < kept; ++i) {
        visible += item->visibleLength();
        item = item->right;
    }
    Block& right = makeBlock(*item, &block);
    right.items = block.items - kept;
    const Clock moved = block.visible - visible;
    block.items = kept;
    addVisible(block, 0 - moved);
    addVisible(right, moved);
    m_hint = {}; // it may name the wrong half now
}

void PositionIndex::addVisible(Block& block, Clock delta)
{
    block.visible += delta;
    Node& node = *block.parent;
    node.visible[node.slotOf(&block)] += delta;
    addAbove(node, delta);
}

void PositionIndex::addAbove(Node& node, Clock delta)
{
    for (Node* child = &node; child->parent; child = child->parent)
        child->parent->visible[child->parent->slotOf(child)] += delta;
}

void PositionIndex::insertChild(Node& target, std::size_t slot, void* child, Clock visible)
{
    Node* node = &target;
    if (node->count == fanout) {
        if (!node->parent) {
            auto root = std::make_unique<Node>();
            root->isBottom = false;
            root->count = 1;
            root->visible[0] = node->total();
            node->parent = root.get();
            root->children[0] = m_root.release();
            m_root = std::move(root);
        }
        auto* half = new Node();
        half->isBottom = node->isBottom;
        constexpr std::size_t kept = fanout / 2;
        for (std::size_t i = kept; i < fanout; ++i) {
            half->visible[half->count] = node->visible[i];
            half->children[half->count] = node->children[i];
            half->adopt(half->count++);
        }
        node->count = kept;
        const Clock moved = half->total();
        insertChild(*node->parent, node->parent->slotOf(node) + 1, half, 0);
        addAbove(*node, 0 - moved);
        addAbove(*half, moved);
        if (slot > kept) {
            slot -= kept;
            node = half;
        }
    }
    std::copy_backward(node->children.begin() + slot, node->children.begin() + node->count,
                       node->children.begin() + node->count + 1);
    std::copy_backward(node->visible.begin() + slot, node->visible.begin() + node->count,
                       node->visible.begin() + node->count + 1);
    node->children[slot] = child;
    node->visible[slot] = visible;
    ++node->count;
    node->adopt(slot);
}

void PositionIndex::removeChild(Node& node, std::size_t slot)
{
    std::copy(node.children.begin() + slot + 1, node.children.begin() + node.count, node.children.begin() + slot);
    std::copy(node.visible.begin() + slot + 1, node.visible.begin() + node.count, node.visible.begin() + slot);
    if (--node.count > 0 || !node.parent)
        return;
    Node& parent = *node.parent;
    removeChild(parent, parent.slotOf(&node));
    delete &node;
    if (m_root->count == 0)
        m_root = std::make_unique<Node>();
}

} // namespace tessera::crdt
