#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include <collab/protocol/role.h>
#include <core/base/ids.h>
#include <core/base/result.h>
#include <core/service/secret_file.h>

/// Room tokens: base64url(JSON payload) "." base64url(Ed25519 signature of the first part). docs/wire.md, "Rooms and
/// links". Whoever holds one has its role in its room until it expires or its share is revoked.
namespace tessera::relay {

using ShareId = StringId<struct ShareIdTag>;

struct Claims {
    RoomId room;
    collab::Role role = collab::Role::viewer;
    ShareId share;
    std::int64_t expiresAt = 0; ///< Unix seconds; 0: never
    friend bool operator==(const Claims&, const Claims&) = default;
};

enum class TokenErrc : std::uint8_t {
    malformed = 1,    ///< not two base64url parts, or a payload that does not read
    badSignature = 2, ///< not signed by this relay
    expired = 3,
};
/// `detail` is fit for the client; it never repeats the token.
using TokenError = ErrorOf<TokenErrc>;

inline constexpr std::size_t maxTokenBytes = 2048;

/// The payload alone, signature not looked at. Pure.
Result<Claims, TokenError> parseClaims(std::string_view payloadJson);
[[nodiscard]] std::string formatClaims(const Claims& claims);

/// Signs and checks with the relay's key. One thread.
class TokenKey
{
public:
    using Seed = std::array<std::uint8_t, 32>;
    explicit TokenKey(const Seed& seed);
    /// Reads DIR/relay.key (64 hex digits), made at first start.
    static Result<TokenKey, service::FileError> load(const std::filesystem::path& file);

    [[nodiscard]] std::string issue(const Claims& claims) const;
    /// Order: shape, signature, payload, expiry. Nothing is allocated for a token over maxTokenBytes.
    Result<Claims, TokenError> verify(std::string_view token, std::int64_t nowSeconds) const;

private:
    std::array<std::uint8_t, 64> m_secret{};
    std::array<std::uint8_t, 32> m_public{};
    /// Tokens whose signature was found good: a check costs 60 us, and clients come back with the same token.
    mutable std::unordered_map<std::string, Claims> m_known;
};

} // namespace tessera::relay
