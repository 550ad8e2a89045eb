#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "branch.h"
#include "content.h"
#include "key_table.h"

/// The structs that a document is made of.
namespace tessera::crdt {

/// Number of a client inside one document: items name clients in 4 bytes.
using ClientRef = std::uint32_t;
inline constexpr ClientRef noClient = static_cast<ClientRef>(-1);

/// An id by ClientRef. `isNone` stands for "no such neighbour".
struct LocalId {
    ClientRef client = noClient;
    Clock clock = 0;
    [[nodiscard]] bool isNone() const { return client == noClient; }
    friend bool operator==(const LocalId& a, const LocalId& b) = default;
};

/// Where an item was put when it was made. Never changes; items without either neighbour do without.
struct Origins {
    Clock leftClock = 0;
    Clock rightClock = 0;
    ClientRef leftClient = noClient;
    ClientRef rightClient = noClient;
};

/// A run of one client's clocks. One cache line, followed by its Origins when it has any. Made by an ItemPool only.
struct Item {
    std::uint64_t clock : 53;
    std::uint64_t isDeleted : 1;
    std::uint64_t keep : 1;         ///< an undo stack may need it: not collected
    std::uint64_t isRedone : 1;     ///< the store knows the copy that undid its deletion
    std::uint64_t hasOrigins : 1;
    std::uint64_t startsBlock : 1;  ///< of the position index of its list
    Clock length = 0;
    Item* left = nullptr;
    Item* right = nullptr;
    Branch* parent = nullptr;       ///< null for gc
    ClientRef client = noClient;
    KeyId key = 0;                  ///< map key; 0 for list items
    Content content;


    [[nodiscard]] LocalId id() const { return {client, clock}; }
    [[nodiscard]] ContentKind kind() const { return content.kind(); }
    [[nodiscard]] bool isGc() const { return kind() == ContentKind::gc; }
    [[nodiscard]] Clock end() const { return clock + length; }
    [[nodiscard]] LocalId lastId() const { return {client, clock + length - 1}; }
    [[nodiscard]] bool isCountable() const { return content.isCountable(); }
    [[nodiscard]] bool isVisible() const { return !isDeleted && content.isCountable(); }
    [[nodiscard]] Clock visibleLength() const { return isVisible() ? length : 0; }
    [[nodiscard]] bool isLiveFormat() const { return !isDeleted && kind() == ContentKind::format; }
    [[nodiscard]] LocalId origin() const
    {
        return hasOrigins ? LocalId{origins().leftClient, origins().leftClock} : LocalId{};
    }
    [[nodiscard]] LocalId rightOrigin() const
    {
        return hasOrigins ? LocalId{origins().rightClient, origins().rightClock} : LocalId{};
    }
    [[nodiscard]] const Origins& origins() const { return *reinterpret_cast<const Origins*>(this + 1); }
    [[nodiscard]] Origins& origins() { return *reinterpret_cast<Origins*>(this + 1); }
};

static_assert(sizeof(Item) == 72 || sizeof(Item) == 64);

inline bool Branch::isDeleted() const { return isCollected || (item && item->isDeleted); }

/// Memory of items: large blocks, and freed items used again. Two sizes, with and without origins.
class ItemPool
{
public:
    ItemPool() = default;
    ItemPool(const ItemPool&) = delete;
    ItemPool& operator=(const ItemPool&) = delete;

    Item* make(LocalId origin, LocalId rightOrigin, LocalId id = {0, 0})
    {
        const bool hasOrigins = !origin.isNone() || !rightOrigin.isNone();
        Item* item = new (take(hasOrigins)) Item();
        // The clock before the flag: a word that is read right after one of its bytes was written waits for that.
        item->clock = id.clock;
        item->hasOrigins = hasOrigins;
        item->client = id.client;
        if (hasOrigins)
            new (item + 1) Origins{origin.clock, rightOrigin.clock, origin.client, rightOrigin.client};
        return item;
    }
    /// Ends the item's life.
    void release(Item* item);
    /// About as many items are made next: their memory is taken in large pieces and made ready as a whole, which costs
    /// less than a page at a time. 0: no more than usual.
    void expect(std::size_t items) { m_expectedBytes = items * sizeOf(true); }
    /// Of all blocks.
    [[nodiscard]] std::size_t totalBytes() const { return m_totalBytes; }

private:
    struct Free {
        Free* next;
    };
    struct FreeBlock {
        std::size_t alignment;
        void operator()(std::byte* block) const { ::operator delete(block, std::align_val_t(alignment)); }
    };
    static constexpr std::size_t sizeOf(bool hasOrigins) { return sizeof(Item) + (hasOrigins ? sizeof(Origins) : 0); }
    void* take(bool hasOrigins)
    {
        if (Free* free = m_free[hasOrigins]) {
            m_free[hasOrigins] = free->next;
            return free;
        }
        if (static_cast<std::size_t>(m_end - m_next) < sizeOf(hasOrigins))
            addBlock();
        return std::exchange(m_next, m_next + sizeOf(hasOrigins));
    }
    void addBlock();

    std::vector<std::unique_ptr<std::byte, FreeBlock>> m_blocks;
    std::size_t m_totalBytes = 0;
    std::size_t m_expectedBytes = 0;
    std::byte* m_next = nullptr;
    std::byte* m_end = nullptr;
    Free* m_free[2] = {nullptr, nullptr};
};

} // namespace tessera::crdt
