#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <core/base/ids.h>
#include <core/base/result.h>

/// Share links, `http://HOST:PORT/d/ROOM#TOKEN` (docs/wire.md). Pure; safe on any thread.
namespace tessera::collab {

/// A token may be empty: an open-access relay asks for none. Never write it to a log.
struct ShareLink {
    std::string host;        ///< without the brackets of an IPv6 literal
    std::uint16_t port = 80;
    bool secure = false;     ///< https and wss
    RoomId room;
    std::string token;
    friend bool operator==(const ShareLink&, const ShareLink&) = default;
};

enum class LinkErrc : std::uint8_t {
    empty = 1,
    badScheme = 2, ///< neither http:// nor https://
    badHost = 3,
    badPort = 4,
    badPath = 5,   ///< not /d/ROOM
    badRoom = 6,   ///< not 1 to 64 characters of A-Z a-z 0-9 _ -
    badToken = 7,  ///< characters no token has, or over 4096 of them
    tooLong = 8,   ///< over 8192 characters
};
/// `where` is the offending part, never the token.
using LinkError = ErrorOf<LinkErrc>;

Result<ShareLink, LinkError> parseShareLink(std::string_view text);
[[nodiscard]] std::string formatShareLink(const ShareLink& link);
/// One line for people, with what a link looks like.
[[nodiscard]] std::string describe(const LinkError& error);

[[nodiscard]] bool isRoomId(std::string_view text);

/// `HOST:PORT`, an IPv6 host in brackets.
[[nodiscard]] std::string authority(const ShareLink& link);
/// `http://HOST:PORT`
[[nodiscard]] std::string httpOrigin(const ShareLink& link);
/// Path and query of the socket: `/sync/ROOM?token=TOKEN&ext=1`.
[[nodiscard]] std::string webSocketTarget(const ShareLink& link);
/// `ws://HOST:PORT` and the target. Holds the token.
[[nodiscard]] std::string webSocketUrl(const ShareLink& link);
/// The link without its token, for logs and messages.
[[nodiscard]] std::string linkForLog(const ShareLink& link);

} // namespace tessera::collab
