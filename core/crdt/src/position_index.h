#pragma once

#include <memory>
#include <unordered_map>

#include <core/crdt/id.h>

namespace tessera::crdt {

struct Item;

/// An item and which of its units is meant.
struct ItemAt {
    Item* item = nullptr;
    Clock offset = 0;
};

/// Finds the n-th visible unit of a long list: a tree of counts over blocks of some dozen neighbouring items. The list
/// itself stays a chain of items; whoever changes it tells the index. Look-ups and changes are O(log n) plus a walk
/// within a block; a look-up near the last one does not touch the tree. Marks first items of blocks (startsBlock):
/// an index that goes before its items do leaves those marks, so it only goes when they are collected with it.
class PositionIndex
{
public:
    /// O(n). `first` is the first item of the list.
    explicit PositionIndex(Item* first);
    ~PositionIndex();
    PositionIndex(const PositionIndex&) = delete;
    PositionIndex& operator=(const PositionIndex&) = delete;

    /// The visible item that holds `unit`; null past the end.
    [[nodiscard]] ItemAt find(Clock unit);
    /// Visible units left of the item, which is in the list. O(log n) plus a walk within its block.
    [[nodiscard]] Clock unitsBefore(const Item& item) const;
    /// The very last item, tombstone or not; null when the list is empty.
    [[nodiscard]] Item* lastItem() const;

    void inserted(Item& item);            ///< linked into the list
    void hidden(Item& item, Clock units); ///< `units` of it were visible and are no longer
    void cut(Item& left);                 ///< its right half is linked behind it
    void joining(Item& left, Item& right); ///< about to become one: `right` still stands behind `left`

private:
    struct Node;
    struct Block;
    /// The last item that was looked at, its block, and how many units lie left of it where that is still known.
    struct Hint {
        Item* item = nullptr;
        Block* block = nullptr;
        Clock start = 0;
        bool isStartKnown = false;
    };

    Block& blockOf(Item& item);
    Block& makeBlock(Item& first, Block* after);
    void removeBlock(Block& block);
    void splitBlock(Block& block);
    void addVisible(Block& block, Clock delta);
    static void addAbove(Node& node, Clock delta);
    void insertChild(Node& node, std::size_t slot, void* child, Clock visible);
    void removeChild(Node& node, std::size_t slot);

    std::unordered_map<const Item*, std::unique_ptr<Block>> m_blocks; ///< by first item
    std::unique_ptr<Node> m_root;
    Hint m_hint;
};

} // namespace tessera::crdt
