#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <render/text/layout.h>

namespace tessera::text {

/// The runs' text as one array of UTF-16 units, the unit of every position here.
struct SourceText {
    std::u16string units;
    std::vector<std::uint32_t> runOf;   ///< per unit, plus one at the end
    std::vector<bool> graphemeStart;    ///< per unit, plus true at the end
    std::vector<bool> mayBreakBefore;   ///< per unit: a line may begin here
};
[[nodiscard]] SourceText sourceOf(const std::vector<Run>& runs);

/// Code point at a unit; a lone surrogate is U+FFFD.
[[nodiscard]] char32_t codePointAt(const std::u16string& units, std::size_t at);
[[nodiscard]] inline std::size_t unitsOf(char32_t c) { return c > 0xffff ? 2 : 1; }
/// White space that takes no room at a line's end.
[[nodiscard]] bool isSpace(char32_t c);
/// Takes word spacing (CSS Text 3, 8.1).
[[nodiscard]] inline bool isWordSeparator(char32_t c)
{
    return c == ' ' || c == 0x00a0 || c == 0x1361 || c == 0x10100 || c == 0x10101 || c == 0x1039f || c == 0x1091f;
}
/// Ends a paragraph or a line: \n, \r, U+0085, U+2028, U+2029.
[[nodiscard]] bool isLineEnd(char32_t c);

} // namespace tessera::text
