#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// UTF-8 text measured in UTF-16 code units, the length unit of Yjs. Pure; safe on any thread.
namespace tessera {

/// Without a byte of 0x80 and more. Looks at words that overlap at the end, so that short text takes no loop.
[[nodiscard]] inline bool isAscii(std::string_view text)
{
    const auto load = [&](auto word, std::size_t at) {
        std::memcpy(&word, text.data() + at, sizeof(word));
        return word;
    };
    if (text.size() >= 8) {
        std::uint64_t bits = load(std::uint64_t{}, text.size() - 8);
        for (std::size_t at = 0; at + 8 < text.size(); at += 8)
            bits |= load(std::uint64_t{}, at);
        return (bits & 0x8080808080808080) == 0;
    }
    if (text.size() >= 4)
        return ((load(std::uint32_t{}, 0) | load(std::uint32_t{}, text.size() - 4)) & 0x80808080) == 0;
    if (text.empty())
        return true;
    return ((text.front() | text[text.size() / 2] | text.back()) & 0x80) == 0;
}

[[nodiscard]] bool isUtf8(std::string_view text);
/// Length in UTF-16 code units. Malformed bytes count one each.
[[nodiscard]] std::size_t utf16Length(std::string_view utf8);
/// UTF-8 to UTF-16; malformed sequences become U+FFFD.
[[nodiscard]] std::u16string toUtf16(std::string_view utf8);
/// UTF-16 to UTF-8; lone surrogates become U+FFFD.
[[nodiscard]] std::string toUtf8(std::u16string_view utf16);
/// Appends one code point as UTF-8; surrogates and values past U+10FFFF become U+FFFD.
void appendUtf8(std::string& out, char32_t codePoint);
/// Replaces every malformed sequence by U+FFFD.
[[nodiscard]] std::string toValidUtf8(std::string_view text);

/// Byte position of UTF-16 unit `unit` in `utf8`; size() when past the end. `insidePair` tells that the unit is the
/// low half of a pair (the position is then that of the whole character).
struct Utf16Position {
    std::size_t byteOffset{};
    bool insidePair{};
};
[[nodiscard]] Utf16Position findUtf16Unit(std::string_view utf8, std::size_t unit);

} // namespace tessera
