#include "entry_table.h"

#include <algorithm>

namespace tessera::crdt {
namespace {

std::size_t slotOf(const std::vector<std::uint32_t>& slots, KeyId key)
{
    return (key * std::size_t{0x9e3779b97f4a7c15} >> 32) & (slots.size() - 1);
}

} // namespace

std::size_t EntryTable::indexedPlace(KeyId key) const
{
    const std::vector<std::uint32_t>& slots = *m_slots;
    for (std::size_t slot = slotOf(slots, key);; slot = (slot + 1) & (slots.size() - 1)) {
        if (slots[slot] == 0)
            return none;
        if (m_entries[slots[slot] - 1].key == key)
            return slots[slot] - 1;
    }
}

void EntryTable::rebuildIndex()
{
    m_slots = std::make_unique<std::vector<std::uint32_t>>(m_slots ? m_slots->size() * 2 : 4 * indexedFrom);
    std::vector<std::uint32_t>& slots = *m_slots;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        std::size_t slot = slotOf(slots, m_entries[i].key);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slots.size() - 1);
        slots[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

void EntryTable::set(KeyId key, Item* last)
{
    if (const std::size_t at = indexOf(key); at != none) {
        m_entries[at].last = last;
        return;
    }
    if (m_entries.size() == m_entries.capacity() && m_entries.size() < indexedFrom)
        m_entries.reserve(m_entries.empty() ? 4 : m_entries.size() + 8); // most maps are nodes with a dozen properties
    m_entries.push_back({last, key});
    if (m_slots && 2 * m_entries.size() <= m_slots->size()) {
        std::size_t slot = slotOf(*m_slots, key);
        while ((*m_slots)[slot] != 0)
            slot = (slot + 1) & (m_slots->size() - 1);
        (*m_slots)[slot] = static_cast<std::uint32_t>(m_entries.size());
    } else if (m_entries.size() > indexedFrom) {
        rebuildIndex();
    }
}

void EntryTable::clear()
{
    m_entries = {};
    m_slots.reset();
}

} // namespace tessera::crdt
