#include <core/base/utf.h>

#include <algorithm>
#include <cstring>

namespace tessera {
namespace {

constexpr char32_t replacement = 0xfffd;

struct Decoded {
    char32_t codePoint{};
    std::size_t byteCount = 1;
    bool valid = false;
};

/// How many bytes at the front are ASCII, to within a word: most text is nothing else, and eight bytes are looked at in
/// the time of one.
std::size_t asciiLength(std::string_view text)
{
    constexpr std::uint64_t highBits = 0x8080808080808080;
    std::size_t at = 0;
    for (std::uint64_t word = 0; at + sizeof(word) <= text.size(); at += sizeof(word)) {
        std::memcpy(&word, text.data() + at, sizeof(word));
        if (word & highBits)
            return at;
    }
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
        ++at;
    return at;
}

/// Unicode 15, table 3-7: shortest forms, no surrogates, up to U+10FFFF.
Decoded decodeAt(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const unsigned first = byte(at);
    if (first < 0x80)
        return {first, 1, true};
    const std::size_t count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4)
        return {replacement, 1, false};
    char32_t codePoint = first & (0xffu >> (count + 1));
    for (std::size_t i = 1; i < count; ++i) {
        const unsigned next = byte(at + i);
        unsigned low = 0x80, high = 0xbf;
        if (i == 1 && first == 0xe0)
            low = 0xa0;
        if (i == 1 && first == 0xed)
            high = 0x9f;
        if (i == 1 && first == 0xf0)
            low = 0x90;
        if (i == 1 && first == 0xf4)
            high = 0x8f;
        if (next < low || next > high)
            return {replacement, i, false};
        codePoint = codePoint << 6 | (next & 0x3f);
    }
    return {codePoint, count, true};
}

} // namespace

bool isUtf8(std::string_view text)
{
    for (std::size_t at = asciiLength(text); at < text.size();) {
        const Decoded decoded = decodeAt(text, at);
        if (!decoded.valid)
            return false;
        at += decoded.byteCount;
    }
    return true;
}

std::size_t utf16Length(std::string_view utf8)
{
    std::size_t units = asciiLength(utf8);
    for (const char c : utf8.substr(units)) {
        const auto byte = static_cast<unsigned char>(c);
        units += (byte & 0xc0) != 0x80;
        units += byte >= 0xf0;
    }
    return units;
}

std::u16string toUtf16(std::string_view utf8)
{
    std::u16string out;
    out.reserve(utf8.size());
    for (std::size_t at = 0; at < utf8.size();) {
        const Decoded decoded = decodeAt(utf8, at);
        at += decoded.byteCount;
        if (decoded.codePoint < 0x10000) {
            out += static_cast<char16_t>(decoded.codePoint);
        } else {
            out += static_cast<char16_t>(0xd800 + ((decoded.codePoint - 0x10000) >> 10));
            out += static_cast<char16_t>(0xdc00 + ((decoded.codePoint - 0x10000) & 0x3ff));
        }
    }
    return out;
}

std::string toUtf8(std::u16string_view utf16)
{
    std::string out;
    out.reserve(utf16.size());
    for (std::size_t i = 0; i < utf16.size(); ++i) {
        const char16_t unit = utf16[i];
        const bool high = unit >= 0xd800 && unit < 0xdc00;
        if (high && i + 1 < utf16.size() && utf16[i + 1] >= 0xdc00 && utf16[i + 1] < 0xe000) {
            appendUtf8(out, 0x10000 + (char32_t{unit} - 0xd800) * 0x400 + (utf16[i + 1] - 0xdc00u));
            ++i;
        } else {
            appendUtf8(out, unit);
        }
    }
    return out;
}

void appendUtf8(std::string& out, char32_t codePoint)
{
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint < 0xe000))
        codePoint = replacement;
    if (codePoint < 0x80) {
        out += static_cast<char>(codePoint);
    } else if (codePoint < 0x800) {
        out += static_cast<char>(0xc0 | codePoint >> 6);
        out += static_cast<char>(0x80 | (codePoint & 0x3f));
    } else if (codePoint < 0x10000) {
        out += static_cast<char>(0xe0 | codePoint >> 12);
        out += static_cast<char>(0x80 | (codePoint >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (codePoint & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | codePoint >> 18);
        out += static_cast<char>(0x80 | (codePoint >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (codePoint >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (codePoint & 0x3f));
    }
}

std::string toValidUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const Decoded decoded = decodeAt(text, at);
        appendUtf8(out, decoded.codePoint);
        at += decoded.byteCount;
    }
    return out;
}

Utf16Position findUtf16Unit(std::string_view utf8, std::size_t unit)
{
    std::size_t at = asciiLength(utf8.substr(0, unit));
    for (std::size_t units = at; at < utf8.size() && units < unit;) {
        const auto byte = static_cast<unsigned char>(utf8[at]);
        if (byte >= 0xf0 && units + 1 == unit)
            return {at, true};
        units += byte >= 0xf0 ? 2 : 1;
        at += byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    }
    return {std::min(at, utf8.size()), false};
}

} // namespace tessera
