#pragma once

#include <memory>
#include <span>
#include <vector>

#include "key_table.h"

namespace tessera::crdt {

struct Item;

/// The last item of each key's chain. Iterates in the order in which keys were first set, like a JavaScript Map:
/// the order decides which tombstones join. Small maps are looked through, large ones have an index.
class EntryTable
{
public:
    struct Entry {
        Item* last = nullptr;
        KeyId key = 0;
    };

    /// Null when the key was never set. Expected O(1).
    [[nodiscard]] Item* find(KeyId key) const
    {
        const std::size_t at = indexOf(key);
        return at == none ? nullptr : m_entries[at].last;
    }
    void set(KeyId key, Item* last);
    void clear();
    /// Asks for the memory of a table that is soon needed.
    void prefetch() const
    {
        if (!m_entries.empty()) {
            __builtin_prefetch(&m_entries.front());
            __builtin_prefetch(&m_entries.back());
        }
    }
    [[nodiscard]] std::span<const Entry> inOrder() const { return m_entries; }

private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static constexpr std::size_t indexedFrom = 16;
    [[nodiscard]] std::size_t indexOf(KeyId key) const
    {
        if (m_slots)
            return indexedPlace(key);
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            if (m_entries[i].key == key)
                return i;
        }
        return none;
    }
    [[nodiscard]] std::size_t indexedPlace(KeyId key) const;
    void rebuildIndex();

    std::vector<Entry> m_entries;
    std::unique_ptr<std::vector<std::uint32_t>> m_slots; ///< 1 + place; a power of two, at most half full
};

} // namespace tessera::crdt
