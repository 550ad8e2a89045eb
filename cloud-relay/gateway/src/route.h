#pragma once

#include <string>
#include <string_view>

#include <core/base/result.h>
#include <core/service/http.h>
#include <core/base/ids.h>

/// Which resource a path names, and what a request needs to reach it. Pure.
namespace tessera::relay {

enum class Resource : std::uint8_t { rooms, room, shares, share, blob, models, jobs, job, health, metrics, web };

/// What a caller must be allowed to.
enum class Right : std::uint8_t { none, read, edit, own, administer };

struct Route {
    Resource resource = Resource::web;
    RoomId room;      ///< for everything below a room
    std::string id;   ///< share, blob hash or job
    Right right = Right::none;
    std::size_t maxBodyBytes = 0;
};

/// Errors, ready to be sent: 404 for an unknown path, 400 for a bad id in it, 405 (with Allow) for another method.
Result<Route, service::Response> routeOf(const service::RequestHead& head);

/// The room that a WebSocket path names: /sync/ROOM or /ROOM. Empty: none.
[[nodiscard]] RoomId webSocketRoom(std::string_view path);

} // namespace tessera::relay
