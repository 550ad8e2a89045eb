#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Words for a poster out of a prompt. Pure.
namespace tessera::appliance {

struct Headline {
    std::string title;    ///< never empty
    std::string subtitle; ///< may be empty
};

/// Lower-case words of letters and digits, for looking up moods and styles. Bytes above ASCII are kept as letters.
[[nodiscard]] std::vector<std::string> promptWords(std::string_view prompt);

/// Text in quotes when the prompt has some (the first is the title, the second the subtitle); else the prompt up to its
/// first punctuation without filler such as "a poster for", and what follows the punctuation as subtitle.
[[nodiscard]] Headline makeHeadline(std::string_view prompt);

/// Breaks at spaces into at most `maxLines` lines of about equal length.
[[nodiscard]] std::vector<std::string> balancedLines(const std::string& text, std::size_t maxLines);

} // namespace tessera::appliance
