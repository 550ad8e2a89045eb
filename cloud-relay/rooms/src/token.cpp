#include <relay/rooms/token.h>

#include <algorithm>

#include <sodium.h>

#include <collab/protocol/share_link.h>
#include <core/base/bytes.h>
#include <core/base/random.h>
#include <core/crdt/any.h>

namespace tessera::relay {
namespace {

constexpr std::size_t maxKnownTokens = 4096;

TokenError malformed(std::string detail) { return {TokenErrc::malformed, "token", std::move(detail)}; }

std::string_view stringMember(const crdt::Any& object, std::string_view name)
{
    const crdt::Any* member = object.find(name);
    const std::string* text = member != nullptr ? member->string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

} // namespace

Result<Claims, TokenError> parseClaims(std::string_view payloadJson)
{
    const auto payload = crdt::parseJson(payloadJson);
    if (!payload || payload->object() == nullptr)
        return fail(malformed("the payload is not a JSON object"));
    const crdt::Any* version = payload->find("v");
    if (version == nullptr || version->number() == nullptr || *version->number() != 1)
        return fail(malformed("the payload's version is not 1"));
    const std::string_view room = stringMember(*payload, "room");
    if (!collab::isRoomId(room))
        return fail(malformed("the payload names no room"));
    const auto role = collab::parseRole(stringMember(*payload, "role"));
    if (!role)
        return fail(malformed("the payload names no role"));
    const std::string_view share = stringMember(*payload, "share");
    if (share.empty() || share.size() > maxIdBytes)
        return fail(malformed("the payload names no share"));
    const crdt::Any* expiry = payload->find("exp");
    const double* seconds = expiry != nullptr ? expiry->number() : nullptr;
    if (seconds == nullptr || !(*seconds >= 0 && *seconds < 1e15))
        return fail(malformed("the payload's expiry is no time"));
    return Claims{RoomId{std::string(room)}, *role, ShareId{std::string(share)}, static_cast<std::int64_t>(*seconds)};
}

std::string formatClaims(const Claims& claims)
{
    return crdt::toJson(crdt::Any::Object{{"v", 1},
                                          {"room", claims.room.text()},
                                          {"role", collab::roleName(claims.role)},
                                          {"share", claims.share.text()},
                                          {"exp", claims.expiresAt}});
}

TokenKey::TokenKey(const Seed& seed)
{
    crypto_sign_seed_keypair(m_public.data(), m_secret.data(), seed.data());
}

Result<TokenKey, service::FileError> TokenKey::load(const std::filesystem::path& file)
{
    const auto makeSeed = [] {
        Seed seed;
        SystemRandom{}.fill(seed);
        const std::string text = toHex(seed) + "\n";
        const ByteView bytes = asBytes(text);
        return Bytes(bytes.begin(), bytes.end());
    };
    TESSERA_TRY(content, service::readOrMakeSecret(file, makeSeed));
    std::string_view text = asText(content);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    const auto bytes = fromHex(text);
    Seed seed;
    if (!bytes || bytes->size() != seed.size())
        return fail(service::FileError{service::FileErrc::cannotRead, file.string(), "not a key: 64 hex digits expected"});
    std::copy(bytes->begin(), bytes->end(), seed.begin());
    return TokenKey(seed);
}

std::string TokenKey::issue(const Claims& claims) const
{
    const std::string payload = toBase64Url(asBytes(formatClaims(claims)));
    std::array<std::uint8_t, crypto_sign_BYTES> signature{};
    const ByteView message = asBytes(payload);
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), m_secret.data());
    return payload + "." + toBase64Url(signature);
}

Result<Claims, TokenError> TokenKey::verify(std::string_view token, std::int64_t nowSeconds) const
{
    if (token.empty())
        return fail(malformed("no token was given"));
    if (token.size() > maxTokenBytes)
        return fail(malformed("longer than any token"));
    const auto checkExpiry = [&](const Claims& claims) -> Result<Claims, TokenError> {
        if (claims.expiresAt != 0 && claims.expiresAt <= nowSeconds)
            return fail(TokenError{TokenErrc::expired, "token", "the link has expired"});
        return claims;
    };
    const std::string key(token);
    if (const auto known = m_known.find(key); known != m_known.end())
        return checkExpiry(known->second);

    const std::size_t dot = token.find('.');
    if (dot == std::string_view::npos)
        return fail(malformed("not two parts with a dot between"));
    const std::string_view payload = token.substr(0, dot);
    const auto signature = fromBase64Url(token.substr(dot + 1));
    if (!signature || signature->size() != crypto_sign_BYTES)
        return fail(malformed("the second part is no signature"));
    const ByteView message = asBytes(payload);
    if (crypto_sign_verify_detached(signature->data(), message.data(), message.size(), m_public.data()) != 0)
        return fail(TokenError{TokenErrc::badSignature, "token", "this relay did not sign it"});
    const auto json = fromBase64Url(payload);
    if (!json)
        return fail(malformed("the first part is not base64url"));
    TESSERA_TRY(claims, parseClaims(asText(*json)));
    if (m_known.size() >= maxKnownTokens)
        m_known.clear();
    m_known.emplace(key, claims);
    return checkExpiry(claims);
}

} // namespace tessera::relay
