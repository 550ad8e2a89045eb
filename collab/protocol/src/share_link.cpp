#include <collab/protocol/share_link.h>

#include <algorithm>
#include <charconv>

namespace tessera::collab {

namespace {

constexpr std::size_t maxLinkBytes = 8192;
constexpr std::size_t maxTokenBytes = 4096;
constexpr std::size_t maxRoomBytes = 64;
constexpr std::size_t maxHostBytes = 253;
constexpr std::size_t maxShownBytes = 80;

bool isAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
bool isRoomCharacter(char c) { return isAlphanumeric(c) || c == '_' || c == '-'; }
bool isTokenCharacter(char c) { return isRoomCharacter(c) || c == '.'; }
bool isNameCharacter(char c) { return isAlphanumeric(c) || c == '-' || c == '.' || c == '_'; }
bool isIpv6Character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

LinkError errorAt(LinkErrc code, std::string_view where)
{
    return {code, std::string(where.substr(0, maxShownBytes)), {}};
}

/// Takes the prefix off, without regard to case.
bool consumePrefix(std::string_view& text, std::string_view prefix)
{
    if (text.size() < prefix.size())
        return false;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
        if (c != prefix[i])
            return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

Result<void, LinkError> parseAuthority(std::string_view text, ShareLink& link)
{
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos)
            return fail(errorAt(LinkErrc::badHost, text));
        link.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (link.host.empty() || !std::ranges::all_of(link.host, isIpv6Character))
            return fail(errorAt(LinkErrc::badHost, text));
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        link.host = text.substr(0, colon);
        port = text.substr(colon);
        if (link.host.empty() || link.host.size() > maxHostBytes || !std::ranges::all_of(link.host, isNameCharacter))
            return fail(errorAt(LinkErrc::badHost, text));
    }
    link.port = link.secure ? 443 : 80;
    if (port.empty())
        return {};
    std::uint16_t number = 0;
    const char* const end = port.data() + port.size();
    const auto [stop, problem] = std::from_chars(port.data() + 1, end, number);
    if (!port.starts_with(':') || problem != std::errc{} || stop != end || number == 0)
        return fail(errorAt(LinkErrc::badPort, port));
    link.port = number;
    return {};
}

} // namespace

bool isRoomId(std::string_view text)
{
    return !text.empty() && text.size() <= maxRoomBytes && std::ranges::all_of(text, isRoomCharacter);
}

Result<ShareLink, LinkError> parseShareLink(std::string_view text)
{
    std::string_view rest = trimmed(text);
    if (rest.empty())
        return fail(errorAt(LinkErrc::empty, {}));
    if (rest.size() > maxLinkBytes)
        return fail(errorAt(LinkErrc::tooLong, {}));
    ShareLink link;
    if (consumePrefix(rest, "https://"))
        link.secure = true;
    else if (!consumePrefix(rest, "http://"))
        return fail(errorAt(LinkErrc::badScheme, rest.substr(0, rest.find_first_of("/#"))));

    const auto hash = rest.find('#');
    const std::string_view beforeToken = rest.substr(0, hash);
    if (hash != std::string_view::npos)
        link.token = rest.substr(hash + 1);

    const auto slash = std::min(beforeToken.find('/'), beforeToken.size());
    TESSERA_CHECK(parseAuthority(beforeToken.substr(0, slash), link));
    std::string_view path = beforeToken.substr(slash);
    constexpr std::string_view roomPrefix = "/d/";
    if (!path.starts_with(roomPrefix))
        return fail(errorAt(LinkErrc::badPath, path));
    path.remove_prefix(roomPrefix.size());
    if (!isRoomId(path))
        return fail(errorAt(LinkErrc::badRoom, path));
    link.room = RoomId{std::string(path)};
    if (link.token.size() > maxTokenBytes || !std::ranges::all_of(link.token, isTokenCharacter))
        return fail(errorAt(LinkErrc::badToken, {}));
    return link;
}

std::string formatShareLink(const ShareLink& link)
{
    std::string text = linkForLog(link);
    if (!link.token.empty())
        text += "#" + link.token;
    return text;
}

std::string describe(const LinkError& error)
{
    const auto quoted = "\"" + error.where + "\"";
    std::string what;
    switch (error.code) {
    case LinkErrc::empty:
        what = "the link is empty";
        break;
    case LinkErrc::badScheme:
        what = "the link starts with " + quoted + ", not with http:// or https://";
        break;
    case LinkErrc::badHost:
        what = quoted + " is not a host name or address";
        break;
    case LinkErrc::badPort:
        what = quoted + " is not a port (1 to 65535)";
        break;
    case LinkErrc::badPath:
        what = "the path " + quoted + " does not start with /d/";
        break;
    case LinkErrc::badRoom:
        what = quoted + " is not a room: 1 to 64 of A-Z a-z 0-9 _ -";
        break;
    case LinkErrc::badToken:
        what = "the part after # is not a token";
        break;
    case LinkErrc::tooLong:
        what = "the link is longer than " + std::to_string(maxLinkBytes) + " characters";
        break;
    }
    return what + "; a share link looks like http://HOST:PORT/d/ROOM#TOKEN";
}

std::string authority(const ShareLink& link)
{
    const bool isIpv6 = link.host.find(':') != std::string::npos;
    return (isIpv6 ? "[" + link.host + "]" : link.host) + ":" + std::to_string(link.port);
}

std::string httpOrigin(const ShareLink& link) { return (link.secure ? "https://" : "http://") + authority(link); }

std::string webSocketTarget(const ShareLink& link)
{
    return "/sync/" + link.room.text() + "?token=" + link.token + "&ext=1";
}

std::string webSocketUrl(const ShareLink& link)
{
    return (link.secure ? "wss://" : "ws://") + authority(link) + webSocketTarget(link);
}

std::string linkForLog(const ShareLink& link) { return httpOrigin(link) + "/d/" + link.room.text(); }

} // namespace tessera::collab
