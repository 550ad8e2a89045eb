#include "case_map.h"

#include <hb.h>

namespace tessera::text {

namespace {

bool between(char16_t c, char16_t low, char16_t high) { return c >= low && c <= high; }

/// Ranges where capitals stand `offset` below their small letters.
struct Shifted {
    char16_t firstSmall, lastSmall, offset;
};
constexpr Shifted shifted[] = {{u'a', u'z', 32},       {0x00e0, 0x00f6, 32}, {0x00f8, 0x00fe, 32}, {0x03b1, 0x03c1, 32},
                               {0x03c3, 0x03cb, 32},   {0x0430, 0x044f, 32}, {0x0450, 0x045f, 80}, {0x0561, 0x0586, 48},
                               {0x03ad, 0x03af, 37}};
/// Ranges of pairs, capital first; `odd`: capitals have odd numbers.
struct Paired {
    char16_t first, last;
    bool odd;
};
constexpr Paired paired[] = {{0x0100, 0x012f, false}, {0x0132, 0x0137, false}, {0x0139, 0x0148, true},  {0x014a, 0x0177, false},
                             {0x0179, 0x017e, true},  {0x01cd, 0x01dc, true},  {0x01de, 0x01ef, false}, {0x01f8, 0x021f, false},
                             {0x0222, 0x0233, false}, {0x0460, 0x0481, false}, {0x048a, 0x04bf, false}, {0x04c1, 0x04ce, true},
                             {0x04d0, 0x052f, false}, {0x1e00, 0x1e95, false}, {0x1ea0, 0x1eff, false}};
struct Single {
    char16_t capital, small;
};
constexpr Single single[] = {{0x0178, 0x00ff}, {0x1e9e, 0x00df}, {0x0386, 0x03ac}, {0x038c, 0x03cc}, {0x038e, 0x03cd}, {0x038f, 0x03ce}};

bool isLetter(const std::u16string& units, std::size_t at)
{
    switch (hb_unicode_general_category(hb_unicode_funcs_get_default(), codePointAt(units, at))) {
    case HB_UNICODE_GENERAL_CATEGORY_LOWERCASE_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_MODIFIER_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_OTHER_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_TITLECASE_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_UPPERCASE_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK:
    case HB_UNICODE_GENERAL_CATEGORY_DECIMAL_NUMBER: return true;
    default: return units[at] == u'\'' || units[at] == 0x2019; // "don't" is one word
    }
}

} // namespace

char16_t upperCase(char16_t c)
{
    if (c == 0x03c2) // final sigma
        return 0x03a3;
    for (const Single& pair : single) {
        if (c == pair.small)
            return pair.capital;
    }
    for (const Shifted& range : shifted) {
        if (between(c, range.firstSmall, range.lastSmall))
            return static_cast<char16_t>(c - range.offset);
    }
    for (const Paired& range : paired) {
        if (between(c, range.first, range.last))
            return static_cast<char16_t>((c % 2 != 0) == range.odd ? c : c - 1);
    }
    return c;
}

char16_t lowerCaseUnit(char16_t c)
{
    for (const Single& pair : single) {
        if (c == pair.capital)
            return pair.small;
    }
    for (const Shifted& range : shifted) {
        if (between(c, static_cast<char16_t>(range.firstSmall - range.offset), static_cast<char16_t>(range.lastSmall - range.offset)))
            return static_cast<char16_t>(c + range.offset);
    }
    for (const Paired& range : paired) {
        if (between(c, range.first, range.last))
            return static_cast<char16_t>((c % 2 != 0) == range.odd ? c + 1 : c);
    }
    return c;
}

void applyCase(SourceText& text, const std::vector<Run>& runs)
{
    bool inWord = false;
    for (std::size_t i = 0; i < text.units.size(); ++i) {
        char16_t& unit = text.units[i];
        const bool letter = isLetter(text.units, i);
        switch (runs[text.runOf[i]].style.letterCase) {
        case Case::upper: unit = upperCase(unit); break;
        case Case::lower: unit = lowerCaseUnit(unit); break;
        case Case::title: unit = letter && !inWord ? upperCase(unit) : unit; break;
        case Case::asTyped:
        case Case::smallCaps: break;
        }
        inWord = letter;
    }
}

} // namespace tessera::text
