#include "headline.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <core/base/utf.h>

namespace tessera::appliance {
namespace {

constexpr std::size_t maxTitleWords = 6;
constexpr std::size_t maxTitleUnits = 60;
constexpr std::size_t maxSubtitleWords = 12;
constexpr std::array<std::string_view, 34> filler{
    "a",      "an",     "the",        "of",     "for",       "with",    "in",     "on",     "and",
    "poster", "banner", "background", "image",  "picture",   "flyer",   "cover",  "design", "layout",
    "make",   "create", "draw",       "please", "some",      "me",      "card",   "post",   "about",
    "style",  "advert", "ad",         "social", "illustration", "at",    "by"};

bool isLetter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return out;
}

std::vector<std::string> spacedWords(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) <= ' ') {
            if (!word.empty())
                words.push_back(std::move(word));
            word.clear();
        } else {
            word += c;
        }
    }
    if (!word.empty())
        words.push_back(std::move(word));
    return words;
}

std::string joined(const std::vector<std::string>& words, std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < std::min(count, words.size()); ++i) {
        if (i > 0 && utf16Length(text) + utf16Length(words[i]) > maxTitleUnits * 2)
            break;
        text += (i == 0 ? "" : " ") + words[i];
    }
    return text;
}

bool isFiller(const std::string& word)
{
    return std::find(filler.begin(), filler.end(), lowered(word)) != filler.end();
}

/// Text between the n-th pair of straight or curly double quotes.
std::vector<std::string> quotedParts(std::string_view prompt)
{
    std::string straight(prompt);
    for (const std::string_view curly : {"\u201c", "\u201d", "\u00ab", "\u00bb"}) {
        for (std::size_t at = 0; (at = straight.find(curly, at)) != std::string::npos;)
            straight.replace(at, curly.size(), "\"");
    }
    std::vector<std::string> parts;
    for (std::size_t at = straight.find('"'); at != std::string::npos;) {
        const std::size_t end = straight.find('"', at + 1);
        if (end == std::string::npos)
            break;
        const std::string part = joined(spacedWords(straight.substr(at + 1, end - at - 1)), maxSubtitleWords);
        if (!part.empty())
            parts.push_back(part);
        at = straight.find('"', end + 1);
    }
    return parts;
}

std::string capitalised(std::string text)
{
    if (!text.empty())
        text[0] = static_cast<char>(static_cast<unsigned char>(text[0]) < 0x80 ? std::toupper(text[0]) : text[0]);
    return text;
}

/// At most maxTitleUnits long, cut at a character.
std::string clipped(std::string text)
{
    if (utf16Length(text) > maxTitleUnits)
        text.resize(findUtf16Unit(text, maxTitleUnits).byteOffset);
    return text;
}

} // namespace

std::vector<std::string> promptWords(std::string_view prompt)
{
    std::vector<std::string> words;
    std::string word;
    for (const char c : lowered(prompt)) {
        if (isLetter(c)) {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty())
        words.push_back(std::move(word));
    return words;
}

Headline makeHeadline(std::string_view prompt)
{
    Headline headline;
    if (const auto quoted = quotedParts(prompt); !quoted.empty()) {
        headline.title = clipped(quoted[0]);
        headline.subtitle = quoted.size() > 1 ? quoted[1] : "";
        return headline;
    }
    const std::size_t end = prompt.find_first_of(",.;:\n");
    std::vector<std::string> words = spacedWords(prompt.substr(0, end));
    const auto first = std::find_if_not(words.begin(), words.end(), isFiller);
    words.erase(words.begin(), first);
    while (!words.empty() && words.size() > maxTitleWords)
        words.pop_back();
    while (!words.empty() && isFiller(words.back()))
        words.pop_back();
    headline.title = clipped(capitalised(joined(words, maxTitleWords)));
    if (headline.title.empty())
        headline.title = "Untitled";
    if (end != std::string_view::npos) {
        const std::string_view rest = prompt.substr(end + 1);
        const std::string text = joined(spacedWords(rest.substr(0, rest.find_first_of(".;\n"))), maxSubtitleWords);
        headline.subtitle = capitalised(text);
    }
    return headline;
}

std::vector<std::string> balancedLines(const std::string& text, std::size_t maxLines)
{
    const std::vector<std::string> words = spacedWords(text);
    if (words.empty())
        return {text};
    const std::size_t lineCount = std::min(maxLines, words.size());
    // The narrowest column in which greedy filling needs no more than lineCount lines.
    for (std::size_t width = 1;; ++width) {
        std::vector<std::string> lines;
        bool fits = true;
        for (const std::string& word : words) {
            if (!lines.empty() && utf16Length(lines.back()) + 1 + utf16Length(word) <= width)
                lines.back() += " " + word;
            else
                lines.push_back(word);
            fits = fits && utf16Length(lines.back()) <= width;
        }
        if (fits && lines.size() <= lineCount)
            return lines;
    }
}

} // namespace tessera::appliance
