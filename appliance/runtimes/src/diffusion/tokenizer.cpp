#include <appliance/runtimes/tokenizer.h>

#include <algorithm>
#include <array>
#include <cctype>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <core/base/utf.h>

namespace tessera::appliance {
namespace {

namespace json = boost::json;

constexpr std::size_t maxVocabulary = 1u << 20;
constexpr std::size_t maxPieceBytes = 256; ///< longer runs are cut: BPE is quadratic in a piece

Result<json::object, std::string> objectOf(const char* file, std::string_view text)
{
    json::error_code error;
    json::value value = json::parse(text, error);
    if (error)
        return fail(std::string(file) + ": " + error.message());
    if (!value.is_object())
        return fail(std::string(file) + ": not an object");
    return std::move(value.as_object());
}

/// A special token is a string, or an object with `content`.
std::string specialToken(const json::object& map, const char* key, std::string fallback)
{
    const json::value* value = map.if_contains(key);
    if (value != nullptr && value->is_object())
        value = value->as_object().if_contains("content");
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : fallback;
}

/// Byte to its printable stand-in, as UTF-8: GPT-2's table.
const std::array<std::string, 256>& byteCharacters()
{
    static const auto table = [] {
        std::array<std::string, 256> made;
        char32_t next = 256;
        for (int byte = 0; byte < 256; ++byte) {
            const bool prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
            appendUtf8(made[static_cast<std::size_t>(byte)], prints ? static_cast<char32_t>(byte) : next++);
        }
        return made;
    }();
    return table;
}

std::u32string toUtf32(std::string_view text)
{
    std::u32string out;
    const std::u16string units = toUtf16(text);
    for (std::size_t i = 0; i < units.size(); ++i) {
        char32_t c = units[i];
        if (c >= 0xd800 && c < 0xdc00 && i + 1 < units.size())
            c = 0x10000 + ((c - 0xd800) << 10) + (units[++i] - 0xdc00u);
        out.push_back(c);
    }
    return out;
}

char32_t lowered(char32_t c)
{
    if ((c >= U'A' && c <= U'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) || (c >= 0x410 && c <= 0x42f))
        return c + 32;
    if (c >= 0x400 && c <= 0x40f)
        return c + 80;
    if (c >= 0x100 && c <= 0x17e && c % 2 == 0 && !(c >= 0x138 && c <= 0x148))
        return c + 1;
    return c;
}

bool isSpace(char32_t c)
{
    return c <= 0x20 || c == 0x7f || (c >= 0x80 && c <= 0xa0) || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool isDigit(char32_t c)
{
    return (c >= U'0' && c <= U'9') || c == 0xb2 || c == 0xb3 || c == 0xb9 || (c >= 0xbc && c <= 0xbe) ||
           (c >= 0x660 && c <= 0x669) || (c >= 0x966 && c <= 0x96f) || (c >= 0xff10 && c <= 0xff19);
}

bool isLetter(char32_t c)
{
    if (c < 0x80)
        return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
    if (isSpace(c) || isDigit(c))
        return false;
    if (c < 0xc0)
        return c == 0xaa || c == 0xb5 || c == 0xba;
    const bool isMark = c == 0xd7 || c == 0xf7 || (c >= 0x2010 && c <= 0x2bff) || (c >= 0x3001 && c <= 0x3020) ||
                        (c >= 0xfe00 && c <= 0xfe6f) || (c >= 0xff01 && c <= 0xff20) || (c >= 0x1f000 && c <= 0x1faff) ||
                        (c >= 0xe000 && c <= 0xf8ff) || c == 0xfffd;
    return !isMark;
}

/// Length of 's 't 're 've 'm 'll 'd at `at`, or 0.
std::size_t contraction(const std::u32string& text, std::size_t at)
{
    for (const std::u32string_view form : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
        if (text.compare(at, form.size(), form) == 0)
            return form.size();
    }
    return 0;
}

} // namespace

std::vector<std::string> Tokenizer::split(std::string_view input)
{
    std::u32string text = toUtf32(input);
    std::transform(text.begin(), text.end(), text.begin(), lowered);
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size();) {
        if (isSpace(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at + contraction(text, at);
        if (end == at && isDigit(text[at])) {
            ++end;
        } else if (end == at) {
            const bool letters = isLetter(text[at]);
            while (end < text.size() && !isSpace(text[end]) && !isDigit(text[end]) && isLetter(text[end]) == letters &&
                   (letters || end == at || contraction(text, end) == 0))
                ++end;
        }
        std::string piece;
        for (; at < end; ++at) {
            appendUtf8(piece, text[at]);
            if (piece.size() >= maxPieceBytes && at + 1 < end) {
                pieces.push_back(std::move(piece));
                piece.clear();
            }
        }
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

Result<Tokenizer, std::string> Tokenizer::create(std::string_view vocabularyJson, std::string_view mergesText,
                                                 std::string_view specialTokensJson, std::string_view configJson)
{
    Tokenizer tokenizer;
    TESSERA_TRY(vocabulary, objectOf("vocab.json", vocabularyJson));
    if (vocabulary.size() > maxVocabulary)
        return fail(std::string("vocab.json: more than ") + std::to_string(maxVocabulary) + " tokens");
    for (const auto& [token, id] : vocabulary) {
        if (!id.is_int64() || id.as_int64() < 0 || id.as_int64() >= static_cast<std::int64_t>(maxVocabulary))
            return fail("vocab.json: the id of \"" + std::string(token) + "\" is no token number");
        tokenizer.m_ids.emplace(token, static_cast<std::int32_t>(id.as_int64()));
    }
    // The first line is a version; a merge beyond the vocabulary's size is CLIP's unused tail.
    int rank = 0;
    std::size_t lineNumber = 0;
    for (std::size_t at = 0; at < mergesText.size();) {
        const std::size_t end = std::min(mergesText.find('\n', at), mergesText.size());
        const std::string_view line = mergesText.substr(at, end - at);
        at = end + 1;
        if (++lineNumber == 1 && line.starts_with("#"))
            continue;
        if (line.empty())
            continue;
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos || space == 0 || space + 1 == line.size())
            return fail("merges.txt line " + std::to_string(lineNumber) + ": expected two tokens");
        const std::pair key{std::string(line.substr(0, space)), std::string(line.substr(space + 1))};
        if (tokenizer.m_ids.contains(key.first + key.second))
            tokenizer.m_ranks.emplace(key, rank);
        ++rank;
    }
    json::object special, config;
    if (!specialTokensJson.empty()) {
        TESSERA_TRY(read, objectOf("special_tokens_map.json", specialTokensJson));
        special = std::move(read);
    }
    if (!configJson.empty()) {
        TESSERA_TRY(read, objectOf("tokenizer_config.json", configJson));
        config = std::move(read);
    }
    const auto idOf = [&](const char* key, const std::string& fallback) -> std::int32_t {
        const auto found = tokenizer.m_ids.find(specialToken(special, key, fallback));
        return found == tokenizer.m_ids.end() ? -1 : found->second;
    };
    tokenizer.m_begin = idOf("bos_token", "<|startoftext|>");
    tokenizer.m_end = idOf("eos_token", "<|endoftext|>");
    tokenizer.m_pad = idOf("pad_token", "<|endoftext|>");
    if (tokenizer.m_begin < 0 || tokenizer.m_end < 0 || tokenizer.m_pad < 0)
        return fail(std::string("special_tokens_map.json: a begin, end or pad token is not in vocab.json"));
    if (const json::value* length = config.if_contains("model_max_length"); length != nullptr && length->is_int64()) {
        if (length->as_int64() < 2 || length->as_int64() > 4096)
            return fail(std::string("tokenizer_config.json: model_max_length is out of 2 to 4096"));
        tokenizer.m_length = static_cast<std::size_t>(length->as_int64());
    }
    return tokenizer;
}

std::vector<std::string> Tokenizer::merged(const std::string& piece) const
{
    std::vector<std::string> parts;
    for (const char c : piece)
        parts.push_back(byteCharacters()[static_cast<unsigned char>(c)]);
    parts.back() += "</w>";
    while (parts.size() > 1) {
        auto best = m_ranks.end();
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
            const auto found = m_ranks.find({parts[i], parts[i + 1]});
            if (found != m_ranks.end() && (best == m_ranks.end() || found->second < best->second))
                best = found;
        }
        if (best == m_ranks.end())
            break;
        std::vector<std::string> next;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (i + 1 < parts.size() && parts[i] == best->first.first && parts[i + 1] == best->first.second)
                next.push_back(parts[i] + parts[i + 1]), ++i;
            else
                next.push_back(std::move(parts[i]));
        }
        parts = std::move(next);
    }
    return parts;
}

std::vector<std::int32_t> Tokenizer::encode(std::string_view text) const
{
    std::vector<std::int32_t> ids{m_begin};
    for (const std::string& piece : split(text)) {
        if (ids.size() + 1 >= m_length)
            break;
        for (const std::string& token : merged(piece)) {
            const auto found = m_ids.find(token);
            ids.push_back(found == m_ids.end() ? m_end : found->second);
        }
    }
    ids.resize(std::min(ids.size(), m_length - 1));
    ids.push_back(m_end);
    ids.resize(m_length, m_pad);
    return ids;
}

} // namespace tessera::appliance
