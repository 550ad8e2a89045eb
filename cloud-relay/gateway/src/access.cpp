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

bool sameSecret(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && !a.empty() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace tessera::relay
