#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// UTF-8 text measured in UTF-16 code units, the length unit of Yjs. Pure; safe on any thread.
namespace tessera {

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
