#include "access.h"

#include <sodium.h>

namespace tessera::relay {

bool Caller::may(Right right) const
{
    switch (right) {
    case Right::none:
    case Right::read: return true;
    case Right::edit: return isAdmin || collab::canEdit(role);
    case Right::own: return isAdmin || collab::canShare(role);
    case Right::administer: return isAdmin;
    }
    return false;
}

std::string_view bearerToken(const service::RequestHead& head)
{
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view value = head.header("authorization");
    return value.starts_with(scheme) ? value.substr(scheme.size()) : std::string_view();
}

bool isFromThisMachine(const service::RequestHead& head)
{
    const auto isOurs = [](std::string_view authority) {
        if (const std::size_t scheme = authority.find("://"); scheme != std::string_view::npos)
            authority.remove_prefix(scheme + 3);
        const bool isV6 = authority.starts_with("[::1]");
        const std::string_view host = authority.substr(0, authority.find(':'));
        // Numbers only after 127: a name such as 127.example.org is anybody's.
        const bool isV4 = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
        return isV6 || isV4 || host == "localhost" || host.ends_with(".localhost");
    };
    const std::string_view host = head.header("host"), origin = head.header("origin");
    return (host.empty() || isOurs(host)) && (origin.empty() || isOurs(origin));
}

bool sameSecret(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && !a.empty() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace tessera::relay
