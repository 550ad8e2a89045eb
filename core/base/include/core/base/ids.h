#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

/// Strong ids. Node, page and file ids are 128 random bits as 22 base-62 characters; readers accept any non-empty
/// text up to 64 bytes. Pure; safe on any thread.
namespace tessera {

class Random;

/// A string that names one kind of thing. Tag makes the kinds distinct types.
template <class Tag> class StringId
{
public:
    StringId() = default;
    explicit StringId(std::string text) : m_text(std::move(text)) {}
    [[nodiscard]] const std::string& text() const { return m_text; }
    [[nodiscard]] bool isEmpty() const { return m_text.empty(); }
    friend auto operator<=>(const StringId&, const StringId&) = default;
    friend bool operator==(const StringId&, const StringId&) = default;

private:
    std::string m_text;
};

using NodeId = StringId<struct NodeIdTag>;
using FileId = StringId<struct FileIdTag>;
using RoomId = StringId<struct RoomIdTag>;
using JobId = StringId<struct JobIdTag>;

inline constexpr std::size_t maxIdBytes = 64;
inline constexpr std::string_view base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// 22 base-62 characters of 128 random bits.
[[nodiscard]] std::string makeIdText(Random& random);

} // namespace tessera

template <class Tag> struct std::hash<tessera::StringId<Tag>> {
    // Not noexcept: libstdc++ then keeps the hash in each entry of a table, and a look-up compares hashes before it goes for
    // the id's text, which lies elsewhere in memory.
    std::size_t operator()(const tessera::StringId<Tag>& id) const
    {
        return std::hash<std::string>{}(id.text());
    }
};
