#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/result.h>

/// CLIP's byte-level BPE: text to token ids, framed by begin and end and padded to a fixed length.
/// Letters beyond ASCII, Latin-1, Greek and Cyrillic are not lower-cased; characters above U+00BF outside the
/// punctuation and symbol blocks count as letters. Immutable once made; safe on any thread.
namespace tessera::appliance {

class Tokenizer
{
public:
    /// From the files of a `tokenizer` folder: vocab.json, merges.txt, special_tokens_map.json (may be empty),
    /// tokenizer_config.json (may be empty). The error says which file and where.
    static Result<Tokenizer, std::string> create(std::string_view vocabularyJson, std::string_view mergesText,
                                                 std::string_view specialTokensJson, std::string_view configJson);

    /// Always `length()` ids: begin, at most length() - 2 of the text, end, padding.
    [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;
    [[nodiscard]] std::size_t length() const { return m_length; }

    /// The pieces before BPE; exposed for tests.
    [[nodiscard]] static std::vector<std::string> split(std::string_view text);

private:
    Tokenizer() = default;
    [[nodiscard]] std::vector<std::string> merged(const std::string& piece) const;

    std::unordered_map<std::string, std::int32_t> m_ids;
    std::map<std::pair<std::string, std::string>, int> m_ranks;
    std::int32_t m_begin = 0;
    std::int32_t m_end = 0;
    std::int32_t m_pad = 0;
    std::size_t m_length = 77;
};

} // namespace tessera::appliance
