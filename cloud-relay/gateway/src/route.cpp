#include "route.h"

#include <span>
#include <vector>

#include <collab/protocol/share_link.h>
#include <core/base/hash.h>
#include <relay/rooms/blob_store.h>

namespace tessera::relay {

using service::Method;
using service::Response;

namespace {

constexpr std::size_t smallBodyBytes = 64 * 1024;

struct Offer {
    Method method;
    Right right;
    std::size_t maxBodyBytes;
};

std::vector<std::string_view> segmentsOf(std::string_view path)
{
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1); // the slash
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

Result<Route, Response> choose(Method method, Resource resource, std::span<const Offer> offers)
{
    static constexpr std::string_view names[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "?"};
    std::string allowed;
    for (const Offer& offer : offers) {
        if (offer.method == method || (offer.method == Method::get && method == Method::head))
            return Route{.resource = resource, .right = offer.right, .maxBodyBytes = offer.maxBodyBytes};
        (allowed += allowed.empty() ? "" : ", ") += names[static_cast<std::size_t>(offer.method)];
    }
    Response response = Response::problem(405, "method-not-allowed", "This address does not take this method", allowed);
    response.headers.emplace_back("Allow", allowed);
    return fail(std::move(response));
}

Response notFound(std::string_view path)
{
    return Response::problem(404, "not-found", "There is nothing at this address", path);
}

Response badId(std::string_view what, std::string_view id)
{
    return Response::problem(400, "bad-id", "An id in the address is not valid", std::string(what) + ": " + std::string(id));
}

/// Below /api/rooms/R.
Result<Route, Response> roomRoute(const service::RequestHead& head, std::span<const std::string_view> rest)
{
    static constexpr Offer readOnly[] = {{Method::get, Right::read, 0}};
    static constexpr Offer shares[] = {{Method::get, Right::own, 0}, {Method::post, Right::own, smallBodyBytes}};
    static constexpr Offer share[] = {{Method::del, Right::own, 0}};
    static constexpr Offer blob[] = {{Method::get, Right::read, 0}, {Method::put, Right::edit, maxBlobBytes}};
    static constexpr Offer jobs[] = {{Method::post, Right::edit, smallBodyBytes}};
    static constexpr Offer job[] = {{Method::get, Right::read, 0}, {Method::del, Right::edit, 0}};

    const Method method = head.method;
    if (rest.empty())
        return choose(method, Resource::room, readOnly);
    const std::string_view kind = rest[0];
    if (rest.size() == 1) {
        if (kind == "shares")
            return choose(method, Resource::shares, shares);
        if (kind == "models")
            return choose(method, Resource::models, readOnly);
        if (kind == "jobs")
            return choose(method, Resource::jobs, jobs);
    } else if (rest.size() == 2) {
        const std::string_view id = rest[1];
        if (kind == "shares")
            return collab::isRoomId(id) ? choose(method, Resource::share, share) : fail(badId("share", id));
        if (kind == "blobs")
            return parseContentHash(id) ? choose(method, Resource::blob, blob) : fail(badId("blob hash", id));
        if (kind == "jobs")
            return collab::isRoomId(id) ? choose(method, Resource::job, job) : fail(badId("job", id));
    }
    return fail(notFound(head.path));
}

} // namespace

Result<Route, Response> routeOf(const service::RequestHead& head)
{
    static constexpr Offer anyone[] = {{Method::get, Right::none, 0}};
    static constexpr Offer makeRoom[] = {{Method::post, Right::administer, smallBodyBytes}};
    if (head.path == "/healthz")
        return choose(head.method, Resource::health, anyone);
    if (head.path == "/metrics")
        return choose(head.method, Resource::metrics, anyone);
    const auto segments = segmentsOf(head.path);
    if (segments.empty() || segments[0] != "api")
        return choose(head.method, Resource::web, anyone);
    if (segments.size() < 2 || segments[1] != "rooms")
        return fail(notFound(head.path));
    if (segments.size() == 2)
        return choose(head.method, Resource::rooms, makeRoom);
    if (!collab::isRoomId(segments[2]))
        return fail(badId("room", segments[2]));
    TESSERA_TRY(route, roomRoute(head, std::span(segments).subspan(3)));
    route.room = RoomId{std::string(segments[2])};
    if (segments.size() == 5)
        route.id = segments[4];
    return route;
}

RoomId webSocketRoom(std::string_view path)
{
    const auto segments = segmentsOf(path);
    std::string_view room;
    if (segments.size() == 1)
        room = segments[0];
    else if (segments.size() == 2 && segments[0] == "sync")
        room = segments[1];
    return collab::isRoomId(room) ? RoomId{std::string(room)} : RoomId{};
}

} // namespace tessera::relay
