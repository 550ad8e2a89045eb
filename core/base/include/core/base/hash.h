#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <core/base/bytes.h>

/// Content hash of blobs: BLAKE2b-256 (RFC 7693, no key), written as 64 lower-case hex digits.
namespace tessera {

struct ContentHash {
    std::string hex;
    friend auto operator<=>(const ContentHash&, const ContentHash&) = default;
};

[[nodiscard]] ContentHash contentHash(ByteView bytes);
/// Empty unless the text is 64 lower-case hex digits.
[[nodiscard]] std::optional<ContentHash> parseContentHash(std::string_view hex);

} // namespace tessera
