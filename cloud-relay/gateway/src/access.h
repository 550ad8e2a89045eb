#pragma once

#include <string_view>

#include <relay/rooms/token.h>

#include "route.h"

/// Who a request comes from.
namespace tessera::relay {

struct Caller {
    bool isAdmin = false;
    collab::Role role = collab::Role::viewer;
    ShareId share;

    [[nodiscard]] bool may(Right right) const;
};

/// The token of `Authorization: Bearer TOKEN`; empty when absent.
[[nodiscard]] std::string_view bearerToken(const service::RequestHead& head);
/// False when a web page of another machine sent the request: its Origin, or the Host it was tricked into resolving to
/// us, is not of this machine. Open access stands on being reachable from this machine only, and a browser on it is.
[[nodiscard]] bool isFromThisMachine(const service::RequestHead& head);
/// Compares in a time that does not depend on where the texts differ.
[[nodiscard]] bool sameSecret(std::string_view a, std::string_view b);

} // namespace tessera::relay
