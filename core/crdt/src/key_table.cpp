#include "key_table.h"

#include <algorithm>
#include <functional>

namespace tessera::crdt {
namespace {

constexpr std::size_t blockBytes = 4096;

} // namespace

std::size_t KeyTable::slotOf(std::string_view text) const
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = std::hash<std::string_view>{}(text)&mask;
    while (m_slots[slot] != 0 && m_texts[m_slots[slot] - 1] != text)
        slot = (slot + 1) & mask;
    return slot;
}

KeyId KeyTable::find(std::string_view text) const { return m_slots.empty() ? 0 : m_slots[slotOf(text)]; }

KeyId KeyTable::intern(std::string_view text)
{
    if (m_slots.size() < 2 * (m_texts.size() + 1))
        grow();
    KeyId& key = m_slots[slotOf(text)];
    if (key == 0) {
        m_texts.push_back(keep(text));
        key = static_cast<KeyId>(m_texts.size());
    }
    return key;
}

void KeyTable::grow()
{
    m_slots.assign(std::max<std::size_t>(16, m_slots.size() * 2), 0);
    for (std::size_t i = 0; i < m_texts.size(); ++i)
        m_slots[slotOf(m_texts[i])] = static_cast<KeyId>(i + 1);
}

std::string_view KeyTable::keep(std::string_view text)
{
    if (m_blocks.empty() || m_blocks.back().capacity() - m_blocks.back().size() < text.size()) {
        m_blocks.emplace_back();
        m_blocks.back().reserve(std::max(blockBytes, text.size()));
    }
    std::vector<char>& block = m_blocks.back();
    const std::size_t start = block.size();
    block.insert(block.end(), text.begin(), text.end());
    return {block.data() + start, text.size()};
}

} // namespace tessera::crdt
