#include <relay/gateway/gateway.h>

#include <core/base/log.h>

#include "access.h"
#include "route.h"

namespace tessera::relay {

using collab::CloseCode;
using service::Request;
using service::RequestHead;
using service::Response;

namespace {

Response foreignOrigin()
{
    return Response::problem(403, "foreign-origin", "Open access is for this machine only",
                             "the request comes from a web page of another machine");
}

} // namespace

Gateway::Gateway(const Parts& parts, GatewayOptions options)
    : m_parts(parts), m_options(std::move(options)), m_site(m_options.webFolder),
      m_requests(parts.metrics.counter("tessera_relay_http_requests_total", "HTTP requests.")),
      m_refused(parts.metrics.counter("tessera_relay_http_refused_total", "HTTP requests refused before their body."))
{
    parts.metrics.gauge("process_resident_memory_bytes", "Resident memory.",
                        [] { return static_cast<double>(service::residentBytes()); });
    parts.metrics.gauge("tessera_relay_appliance_connected", "1 while an appliance is attached.",
                        [&jobs = parts.jobs] { return jobs.hasAppliance() ? 1.0 : 0.0; });
}

Result<Caller, Response> Gateway::callerOf(const Route& route, const RequestHead& head) const
{
    if (route.right == Right::none)
        return Caller{};
    const std::string_view token = bearerToken(head);
    if (sameSecret(token, m_options.adminKey))
        return Caller{true, collab::Role::owner, {}};
    const auto unauthorized = [](std::string_view code, std::string_view detail) {
        Response response = Response::problem(401, code, "A valid key or token is needed", detail);
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
        return response;
    };
    if (route.room.isEmpty()) {
        if (m_options.openAccess)
            return Caller{true, collab::Role::owner, {}};
        return fail(unauthorized("bad-key", token.empty() ? "no key was given" : "not the relay's admin key"));
    }
    const auto claims = m_parts.tokens.verify(token, m_parts.clock.wallMs() / 1000);
    const bool usable = claims && claims->room == route.room && !m_parts.store.isRevoked(claims->share);
    if (usable)
        return Caller{false, claims->role, claims->share};
    if (m_options.openAccess)
        return Caller{true, collab::Role::owner, {}};
    if (!claims)
        return fail(unauthorized(claims.error().code == TokenErrc::expired ? "token-expired" : "bad-token",
                                 claims.error().detail));
    if (claims->room != route.room)
        return fail(unauthorized("bad-token", "the token is for another room"));
    return fail(unauthorized("token-revoked", "the link was revoked"));
}

std::variant<std::size_t, Response> Gateway::admit(const RequestHead& head)
{
    m_requests.add();
    if (m_options.openAccess && !isFromThisMachine(head))
        return foreignOrigin();
    const auto route = routeOf(head);
    if (!route) {
        m_refused.add();
        return route.error();
    }
    const auto caller = callerOf(*route, head);
    if (!caller) {
        m_refused.add();
        return caller.error();
    }
    if (!caller->may(route->right)) {
        m_refused.add();
        return Response::problem(403, "no-right", "Your role does not allow this",
                                 "you are " + std::string(collab::roleName(caller->role)));
    }
    return route->maxBodyBytes;
}

void Gateway::handle(Request request, service::Responder respond)
{
    const auto route = routeOf(request.head);
    if (!route)
        return respond(route.error());
    const auto caller = callerOf(*route, request.head); // again: a token may have been revoked while the body came
    if (!caller)
        return respond(caller.error());
    using service::Method;
    switch (route->resource) {
    case Resource::rooms: return makeRoom(request, respond);
    case Resource::room: return describeRoom(*route, *caller, respond);
    case Resource::shares:
        return request.head.method == Method::post ? makeShare(*route, request, respond) : listShares(*route, respond);
    case Resource::share: return revokeShare(*route, respond);
    case Resource::blob:
        return request.head.method == Method::put ? putBlob(*route, std::move(request), respond)
                                                  : getBlob(*route, request.head, respond);
    case Resource::models: return listModels(respond);
    case Resource::jobs: return submitJob(*route, request, respond);
    case Resource::job:
        return request.head.method == Method::del ? cancelJob(*route, respond) : describeJob(*route, respond);
    case Resource::health: return respond(health());
    case Resource::metrics:
        return respond(Response::text(200, m_parts.metrics.text(), "text/plain; version=0.0.4; charset=utf-8"));
    case Resource::web: return respond(m_site.serve(request.head));
    }
}

std::variant<std::unique_ptr<service::WebSocketListener>, Response> Gateway::upgrade(const RequestHead& head)
{
    if (m_options.openAccess && !isFromThisMachine(head))
        return foreignOrigin();
    const RoomId room = webSocketRoom(head.path);
    if (room.isEmpty())
        return Response::problem(404, "not-found", "No room at this address", "use /sync/ROOM");
    const auto parameter = [&](const char* name) {
        const auto found = head.query.find(name);
        return found == head.query.end() ? std::string_view() : std::string_view(found->second);
    };
    Admission admission{room, collab::Role::editor, {}, parameter("ext") == "1"};
    const auto claims = m_parts.tokens.verify(parameter("token"), m_parts.clock.wallMs() / 1000);
    if (claims && claims->room == room && !m_parts.store.isRevoked(claims->share)) {
        admission.role = claims->role;
        admission.share = claims->share;
        admission.expiresAt = m_options.openAccess ? 0 : claims->expiresAt;
    } else if (!m_options.openAccess) {
        const std::string reason = !claims                  ? claims.error().detail
                                   : claims->room != room ? "the link is for another document"
                                                          : "the link was revoked";
        log::info("relay", "a socket was refused", {{"room", room.text()}, {"reason", reason}, {"from", head.remoteAddress}});
        return RoomHub::refuse(CloseCode::badToken, reason);
    }
    return m_parts.hub.admit(std::move(admission));
}

Response Gateway::health() const
{
    if (!m_parts.hub.isDiskWritable())
        return Response::problem(503, "disk", "The relay cannot write to its disk", "updates wait in memory, unacknowledged");
    return Response::json(200, "{\"status\":\"ok\"}");
}

} // namespace tessera::relay
