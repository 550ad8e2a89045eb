#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tessera::crdt {

/// Number of an interned string; 0 is none.
using KeyId = std::uint32_t;

/// Map keys and type names of one document, each kept once for the life of the document.
class KeyTable
{
public:
    /// `text` is well-formed UTF-8. Expected O(1).
    KeyId intern(std::string_view text);
    /// 0 when the text was never interned.
    [[nodiscard]] KeyId find(std::string_view text) const;
    [[nodiscard]] std::string_view text(KeyId key) const { return m_texts[key - 1]; }

private:
    [[nodiscard]] std::size_t slotOf(std::string_view text) const;
    void grow();
    std::string_view keep(std::string_view text);

    std::vector<std::string_view> m_texts;
    std::vector<KeyId> m_slots;         ///< open addressing, a power of two, at most half full
    std::vector<std::vector<char>> m_blocks; ///< the bytes; a block never grows past its capacity
};

} // namespace tessera::crdt
