#include <core/base/hash.h>

#include <algorithm>
#include <array>

#include <sodium.h>

namespace tessera {

ContentHash contentHash(ByteView bytes)
{
    std::array<std::uint8_t, 32> digest{};
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), nullptr, 0);
    return {toHex(digest)};
}

std::optional<ContentHash> parseContentHash(std::string_view hex)
{
    const bool valid = hex.size() == 64 && std::all_of(hex.begin(), hex.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
    return valid ? std::optional(ContentHash{std::string(hex)}) : std::nullopt;
}

} // namespace tessera
