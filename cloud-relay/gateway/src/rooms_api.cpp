// Rooms and shares over HTTP.
#include <relay/gateway/gateway.h>

#include <algorithm>
#include <cmath>

#include <core/base/random.h>
#include <core/crdt/any.h>

#include "access.h"
#include "route.h"

namespace tessera::relay {

using crdt::Any;
using service::Request;
using service::Response;

namespace {

constexpr std::size_t maxNameBytes = 200;
constexpr double maxLifeSeconds = 10.0 * 365 * 24 * 3600;

Response diskProblem(const SqliteError& error)
{
    return Response::problem(503, "disk", "The relay cannot reach its storage", error.detail);
}

Response badBody(std::string_view member, std::string_view detail)
{
    return Response::problem(400, "bad-body", "The body is not valid", std::string(member) + " " + std::string(detail));
}

/// An empty body counts as {}.
Result<Any, Response> bodyObject(const std::string& body)
{
    if (body.empty())
        return Any(Any::Object{});
    auto parsed = crdt::parseJson(body);
    if (!parsed)
        return fail(badBody("body", "is not JSON: " + describe(parsed.error())));
    if (parsed->object() == nullptr)
        return fail(badBody("body", "is not a JSON object"));
    return std::move(parsed).value();
}

std::string newId()
{
    SystemRandom random;
    return makeIdText(random);
}

/// As the client reached us: its Host header, https when a proxy in front says so.
std::string linkFor(const service::RequestHead& head, const RoomId& room, const std::string& token)
{
    std::string host(head.header("host"));
    const bool plain = !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == ':' || c == '-' || c == '[' || c == ']' || c == '_';
    });
    if (!plain)
        host = "localhost";
    const std::string_view scheme = head.header("x-forwarded-proto") == "https" ? "https://" : "http://";
    return std::string(scheme) + host + "/d/" + room.text() + "#" + token;
}

} // namespace

Result<RoomRecord, Response> Gateway::recordOf(const RoomId& room)
{
    const auto found = m_options.openAccess ? m_parts.hub.ensureRecord(room) : [&]() -> Result<RoomRecord, SqliteError> {
        TESSERA_TRY(record, m_parts.store.find(room));
        return record.value_or(RoomRecord{});
    }();
    if (!found)
        return fail(diskProblem(found.error()));
    if (found->number == 0)
        return fail(Response::problem(404, "no-room", "There is no such room", room.text()));
    return *found;
}

void Gateway::makeRoom(const Request& request, const Answer& answer)
{
    const auto body = bodyObject(request.body);
    if (!body)
        return answer(body.error());
    std::string name;
    if (const Any* member = body->find("name"); member != nullptr && !member->isNull()) {
        if (member->string() == nullptr || member->string()->size() > maxNameBytes)
            return answer(badBody("name", "is not a string of at most 200 bytes"));
        name = *member->string();
    }
    const RoomId room{newId()};
    const ShareRecord owner{ShareId{newId()}, collab::Role::owner, 0};
    const auto record = m_parts.store.create(room, name, m_parts.clock.wallMs(), {});
    const std::string token = m_parts.tokens.issue({room, owner.role, owner.id, 0});
    const std::string link = linkFor(request.head, room, token);
    m_parts.store.addShare(record.number, owner, m_parts.clock.wallMs(),
                           [answer, room, token, link](const Result<void, SqliteError>& result) {
                               if (!result)
                                   return answer(diskProblem(result.error()));
                               answer(Response::json(201, crdt::toJson(Any::Object{
                                                              {"room", room.text()}, {"token", token}, {"link", link}})));
                           });
}

void Gateway::describeRoom(const Route& route, const Caller& caller, const Answer& answer)
{
    if (!m_options.openAccess) {
        if (const auto record = recordOf(route.room); !record)
            return answer(record.error());
    }
    answer(Response::json(200, crdt::toJson(Any::Object{{"room", route.room.text()},
                                                        {"role", collab::roleName(caller.role)},
                                                        {"peers", static_cast<double>(m_parts.hub.peerCount(route.room))},
                                                        {"appliance", m_parts.jobs.hasAppliance()}})));
}

void Gateway::makeShare(const Route& route, const Request& request, const Answer& answer)
{
    const auto body = bodyObject(request.body);
    if (!body)
        return answer(body.error());
    const Any* roleMember = body->find("role");
    const auto role = roleMember != nullptr && roleMember->string() != nullptr ? collab::parseRole(*roleMember->string())
                                                                               : std::nullopt;
    if (!role)
        return answer(badBody("role", "is not one of owner, editor, commenter, viewer"));
    const std::int64_t now = m_parts.clock.wallMs();
    std::int64_t expiresAt = 0;
    if (const Any* member = body->find("expiresInSeconds"); member != nullptr && !member->isNull()) {
        const double* seconds = member->number();
        if (seconds == nullptr || !(*seconds >= 1 && *seconds <= maxLifeSeconds))
            return answer(badBody("expiresInSeconds", "is not a number from 1 to ten years"));
        expiresAt = now / 1000 + static_cast<std::int64_t>(std::ceil(*seconds));
    }
    const auto record = recordOf(route.room);
    if (!record)
        return answer(record.error());
    const ShareRecord share{ShareId{newId()}, *role, expiresAt};
    const std::string token = m_parts.tokens.issue({route.room, share.role, share.id, expiresAt});
    const std::string link = linkFor(request.head, route.room, token);
    m_parts.store.addShare(record->number, share, now, [answer, share, token, link](const Result<void, SqliteError>& result) {
        if (!result)
            return answer(diskProblem(result.error()));
        answer(Response::json(201, crdt::toJson(Any::Object{{"share", share.id.text()}, {"token", token}, {"link", link}})));
    });
}

Result<RoomShares, Response> Gateway::sharesOf(const RoomId& room)
{
    TESSERA_TRY(record, recordOf(room));
    auto shares = m_parts.store.shares(record.number);
    if (!shares)
        return fail(diskProblem(shares.error()));
    return RoomShares{record.number, std::move(shares).value()};
}

void Gateway::listShares(const Route& route, const Answer& answer)
{
    const auto room = sharesOf(route.room);
    if (!room)
        return answer(room.error());
    Any::Array list;
    for (const ShareRecord& share : room->shares)
        list.emplace_back(Any::Object{{"share", share.id.text()},
                                      {"role", collab::roleName(share.role)},
                                      {"expires", share.expiresAt},
                                      {"revoked", share.revoked || m_parts.store.isRevoked(share.id)}});
    answer(Response::json(200, crdt::toJson(Any::Object{{"shares", std::move(list)}})));
}

void Gateway::revokeShare(const Route& route, const Answer& answer)
{
    const auto room = sharesOf(route.room);
    if (!room)
        return answer(room.error());
    const ShareId id{route.id};
    if (std::none_of(room->shares.begin(), room->shares.end(), [&](const ShareRecord& share) { return share.id == id; }))
        return answer(Response::problem(404, "no-share", "The room has no such share", route.id));
    m_parts.store.revokeShare(room->number, id, [answer](const Result<void, SqliteError>& result) {
        answer(result ? Response{.status = 204} : diskProblem(result.error()));
    });
    m_parts.hub.closeShare(route.room, id);
}

} // namespace tessera::relay
