#include "source_text.h"

#include <hb.h>

#include <core/base/utf.h>

namespace tessera::text {

namespace {

/// The classes of UAX 14 that matter without a dictionary.
enum class BreakClass : std::uint8_t { other, space, zeroWidthSpace, glue, hyphen, dash, opening, closing, ideograph };

BreakClass breakClass(char32_t c)
{
    if (isSpace(c))
        return BreakClass::space;
    switch (c) {
    case 0x200b:
        return BreakClass::zeroWidthSpace;
    case 0x00a0: case 0x202f: case 0x2007: case 0x2060: case 0xfeff: case 0x2011:
        return BreakClass::glue;
    case '-': case 0x2010: case 0x00ad:
        return BreakClass::hyphen;
    case 0x2013: case 0x2014:
        return BreakClass::dash;
    case '(': case '[': case '{': case 0x00ab: case 0x2018: case 0x201c: case 0x3008: case 0x300a: case 0x300c:
    case 0x300e: case 0x3010: case 0xff08:
        return BreakClass::opening;
    case ')': case ']': case '}': case '!': case '?': case ',': case '.': case ':': case ';': case 0x00bb: case 0x2019:
    case 0x201d: case 0x2026: case 0x3001: case 0x3002: case 0x3009: case 0x300b: case 0x300d: case 0x300f: case 0x3011:
    case 0xff01: case 0xff09: case 0xff0c: case 0xff0e: case 0xff1a: case 0xff1b: case 0xff1f: case 0x30fc:
        return BreakClass::closing;
    default:
        break;
    }
    const bool wide = (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                      (c >= 0xff00 && c <= 0xff60) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
    return wide ? BreakClass::ideograph : BreakClass::other;
}

bool isDigit(char32_t c) { return c >= '0' && c <= '9'; }

/// May a line end after `a` and the next begin with `b`? `beforeA` tells a minus from a hyphen.
bool breaksBetween(char32_t beforeA, char32_t a, char32_t b)
{
    const BreakClass left = breakClass(a), right = breakClass(b);
    if (right == BreakClass::space || right == BreakClass::closing || right == BreakClass::glue || left == BreakClass::glue ||
        right == BreakClass::zeroWidthSpace)
        return false;
    switch (left) {
    case BreakClass::space:
    case BreakClass::zeroWidthSpace:
    case BreakClass::dash:
        return true;
    case BreakClass::hyphen:
        return !isDigit(b) && breakClass(beforeA) == BreakClass::other && beforeA != 0;
    case BreakClass::opening:
        return false;
    case BreakClass::ideograph:
        return true;
    case BreakClass::closing:
        return right == BreakClass::ideograph;
    default:
        return right == BreakClass::ideograph || right == BreakClass::dash;
    }
}

bool isRegional(char32_t c) { return c >= 0x1f1e6 && c <= 0x1f1ff; }

/// UAX 29 without the Indic conjunct rule: what must stay with the character before it.
bool extends(char32_t before, char32_t c, int regionalRun)
{
    if (before == '\r' && c == '\n')
        return true;
    if (isLineEnd(before) || isLineEnd(c))
        return false;
    const auto category = hb_unicode_general_category(hb_unicode_funcs_get_default(), c);
    const bool mark = category == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
                      category == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK ||
                      category == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK;
    if (mark || c == 0x200d || (c >= 0x1f3fb && c <= 0x1f3ff))
        return true;
    if (before == 0x200d && c >= 0x2190)
        return true;
    if (isRegional(before) && isRegional(c))
        return regionalRun % 2 == 1;
    const bool jamoL = before >= 0x1100 && before <= 0x115f, jamoV = before >= 0x1160 && before <= 0x11a7;
    return (jamoL && c >= 0x1100 && c <= 0x11a7) || (jamoV && c >= 0x1160 && c <= 0x11ff) ||
           (before >= 0xac00 && before <= 0xd7a3 && c >= 0x1160 && c <= 0x11ff);
}

} // namespace

char32_t codePointAt(const std::u16string& units, std::size_t at)
{
    const char16_t u = units[at];
    if (u < 0xd800 || u > 0xdfff)
        return u;
    if (u <= 0xdbff && at + 1 < units.size() && units[at + 1] >= 0xdc00 && units[at + 1] <= 0xdfff)
        return 0x10000 + ((static_cast<char32_t>(u) - 0xd800) << 10) + (units[at + 1] - 0xdc00);
    return 0xfffd;
}

bool isSpace(char32_t c)
{
    return c == ' ' || c == '\t' || (c >= 0x2000 && c <= 0x200a && c != 0x2007) || c == 0x205f || c == 0x3000 || c == 0x1680;
}

bool isLineEnd(char32_t c) { return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029; }

SourceText sourceOf(const std::vector<Run>& runs)
{
    SourceText s;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        s.units += toUtf16(runs[i].text);
        s.runOf.resize(s.units.size(), static_cast<std::uint32_t>(i));
    }
    s.runOf.push_back(s.runOf.empty() ? 0 : s.runOf.back());
    const std::size_t n = s.units.size();
    s.graphemeStart.assign(n + 1, false);
    s.mayBreakBefore.assign(n + 1, false);
    s.graphemeStart[n] = true;
    char32_t before = 0, last = 0; // last: the one before `before`, marks left out
    int regionalRun = 0;
    for (std::size_t i = 0; i < n;) {
        const char32_t c = codePointAt(s.units, i);
        const bool start = i == 0 || !extends(before, c, regionalRun);
        s.graphemeStart[i] = start;
        s.mayBreakBefore[i] = i != 0 && start && breaksBetween(last, before, c);
        regionalRun = isRegional(c) ? regionalRun + 1 : 0;
        last = start ? before : last;
        before = c;
        i += unitsOf(c);
    }
    return s;
}

} // namespace tessera::text
