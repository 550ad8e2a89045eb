#include <collab/session/relay_api.h>

#include <cmath>

#include "json_read.h"

namespace tessera::collab {

namespace {

using crdt::Any;

constexpr double maxExactSeconds = 9e15;

RelayErrc errcOf(HttpErrc code)
{
    switch (code) {
    case HttpErrc::timedOut:
        return RelayErrc::timedOut;
    case HttpErrc::responseTooLarge:
        return RelayErrc::tooLarge;
    case HttpErrc::badResponse:
        return RelayErrc::badAnswer;
    case HttpErrc::unsupported:
        return RelayErrc::unsupported;
    case HttpErrc::unreachable:
        break;
    }
    return RelayErrc::unreachable;
}

RelayErrc errcOfStatus(int status)
{
    if (status == 401 || status == 403)
        return RelayErrc::denied;
    if (status == 404)
        return RelayErrc::notFound;
    if (status == 413)
        return RelayErrc::tooLarge;
    return status >= 400 && status < 500 ? RelayErrc::refused : RelayErrc::unavailable;
}

/// What an RFC 9457 document tells, or the bare status.
RelayError refusalIn(const HttpResponse& response, std::string where)
{
    RelayError error;
    error.code = errcOfStatus(response.status);
    error.where = std::move(where);
    error.status = response.status;
    if (const auto parsed = crdt::parseJson(asText(response.body))) {
        error.problem = json::text(*parsed, "code");
        error.problemDetail = json::text(*parsed, "detail");
        if (error.problemDetail.empty())
            error.problemDetail = json::text(*parsed, "title");
    }
    const bool hasBoth = !error.problem.empty() && !error.problemDetail.empty();
    error.detail = error.problem + (hasBoth ? ": " : "") + error.problemDetail;
    if (error.detail.empty())
        error.detail = "status " + std::to_string(response.status);
    return error;
}

std::string whereOf(const HttpRequest& request)
{
    const ShareLink relay{request.host, request.port, request.secure, {}, {}};
    return request.method + " " + httpOrigin(relay) + request.target;
}

/// Sends, and gives `read` the body of a 2xx answer. `read` returns nothing when the body is not what was promised.
template <class T, class Read>
void exchange(HttpPort& port, HttpRequest request, RelayApi::Done<T> done, Read read)
{
    std::string where = whereOf(request);
    port.send(std::move(request), [where = std::move(where), done = std::move(done),
                                   read = std::move(read)](Result<HttpResponse, HttpError> answer) {
        if (!answer) {
            const HttpError& error = answer.error();
            done(fail(RelayError{errcOf(error.code), where, error.detail, 0, {}, {}}));
        } else if (answer->status < 200 || answer->status > 299) {
            done(fail(refusalIn(*answer, where)));
        } else if constexpr (std::is_void_v<T>) {
            done(Result<void, RelayError>{});
        } else if (auto value = read(answer->body)) {
            done(std::move(*value));
        } else {
            done(fail(RelayError{RelayErrc::badAnswer, where, "not the answer that was promised", answer->status, {}, {}}));
        }
    });
}

std::optional<Any> objectIn(const Bytes& body)
{
    auto parsed = crdt::parseJson(asText(body));
    if (!parsed || !parsed->object())
        return std::nullopt;
    return std::move(parsed).value();
}

/// The objects of the list `key`.
std::optional<Any::Array> listIn(const Bytes& body, std::string_view key)
{
    const auto object = objectIn(body);
    const Any* list = object ? object->find(key) : nullptr;
    if (!list || !list->array())
        return std::nullopt;
    return *list->array();
}

void setJson(HttpRequest& request, const std::string& json)
{
    request.headers.emplace_back("Content-Type", "application/json");
    const ByteView bytes = asBytes(json);
    request.body.assign(bytes.begin(), bytes.end());
}

constexpr auto noBody = [](const Bytes&) {};

} // namespace

std::string describe(const RelayError& error)
{
    std::string what;
    switch (error.code) {
    case RelayErrc::unreachable:
        what = "the relay cannot be reached";
        break;
    case RelayErrc::timedOut:
        what = "the relay did not answer in time";
        break;
    case RelayErrc::denied:
        what = "the relay denied it";
        break;
    case RelayErrc::notFound:
        what = "the relay does not have it";
        break;
    case RelayErrc::refused:
        what = "the relay refused the request";
        break;
    case RelayErrc::unavailable:
        what = "the relay cannot do it now";
        break;
    case RelayErrc::badAnswer:
        what = "the relay's answer makes no sense";
        break;
    case RelayErrc::tooLarge:
        what = "too large";
        break;
    case RelayErrc::unsupported:
        what = "not supported by this build";
        break;
    }
    return what + " (" + error.where + "): " + error.detail;
}

HttpRequest RelayApi::request(std::string method, std::string path) const
{
    HttpRequest request;
    request.method = std::move(method);
    request.secure = m_link.secure;
    request.host = m_link.host;
    request.port = m_link.port;
    request.target = std::move(path);
    return request;
}

HttpRequest RelayApi::roomRequest(std::string method, const std::string& below) const
{
    HttpRequest made = request(std::move(method), "/api/rooms/" + m_link.room.text() + below);
    if (!m_link.token.empty())
        made.headers.emplace_back("Authorization", "Bearer " + m_link.token);
    return made;
}

void RelayApi::createRoom(const std::string& name, const std::string& adminKey, Done<NewRoom> done)
{
    HttpRequest made = request("POST", "/api/rooms");
    if (!adminKey.empty())
        made.headers.emplace_back("Authorization", "Bearer " + adminKey);
    setJson(made, crdt::toJson(name.empty() ? Any::Object{} : Any::Object{{"name", name}}));
    exchange<NewRoom>(m_port, std::move(made), std::move(done), [](const Bytes& body) -> std::optional<NewRoom> {
        const auto object = objectIn(body);
        if (!object || !isRoomId(json::text(*object, "room")))
            return std::nullopt;
        return NewRoom{RoomId{json::text(*object, "room")}, json::text(*object, "token")};
    });
}

void RelayApi::room(Done<RoomInfo> done)
{
    exchange<RoomInfo>(m_port, roomRequest("GET", ""), std::move(done), [](const Bytes& body) -> std::optional<RoomInfo> {
        const auto object = objectIn(body);
        const auto role = object ? parseRole(json::text(*object, "role")) : std::nullopt;
        if (!role)
            return std::nullopt;
        return RoomInfo{RoomId{json::text(*object, "room")}, *role, json::count32(*object, "peers"),
                        json::flag(*object, "appliance")};
    });
}

void RelayApi::createShare(Role role, std::optional<std::chrono::seconds> expiresIn, Done<NewShare> done)
{
    HttpRequest made = roomRequest("POST", "/shares");
    Any::Object body{{"role", roleName(role)}};
    if (expiresIn)
        body.emplace_back("expiresInSeconds", std::int64_t{expiresIn->count()});
    setJson(made, crdt::toJson(body));
    exchange<NewShare>(m_port, std::move(made), std::move(done), [](const Bytes& answer) -> std::optional<NewShare> {
        const auto object = objectIn(answer);
        if (!object || json::text(*object, "token").empty() || !parseShareLink(json::text(*object, "link")))
            return std::nullopt;
        return NewShare{json::text(*object, "share"), json::text(*object, "token"), json::text(*object, "link")};
    });
}

void RelayApi::shares(Done<std::vector<Share>> done)
{
    exchange<std::vector<Share>>(
        m_port, roomRequest("GET", "/shares"), std::move(done),
        [](const Bytes& body) -> std::optional<std::vector<Share>> {
            const auto list = listIn(body, "shares");
            if (!list)
                return std::nullopt;
            std::vector<Share> shares;
            for (const Any& item : *list) {
                const auto role = parseRole(json::text(item, "role"));
                const double expires = json::number(item, "expires");
                if (!role || !(std::abs(expires) < maxExactSeconds))
                    return std::nullopt;
                shares.push_back({json::text(item, "share"), *role, static_cast<std::int64_t>(expires),
                                  json::flag(item, "revoked")});
            }
            return shares;
        });
}

void RelayApi::revokeShare(const std::string& share, Done<void> done)
{
    exchange<void>(m_port, roomRequest("DELETE", "/shares/" + share), std::move(done), noBody);
}

void RelayApi::putBlob(const ContentHash& hash, Bytes content, const std::string& mime, Done<void> done)
{
    HttpRequest made = roomRequest("PUT", "/blobs/" + hash.hex);
    made.headers.emplace_back("Content-Type", mime.empty() ? "application/octet-stream" : mime);
    made.body = std::move(content);
    made.timeout = std::chrono::minutes{5};
    exchange<void>(m_port, std::move(made), std::move(done), noBody);
}

void RelayApi::hasBlob(const ContentHash& hash, Done<bool> done)
{
    exchange<void>(m_port, roomRequest("HEAD", "/blobs/" + hash.hex), [done = std::move(done)](Result<void, RelayError> found) {
        if (found)
            done(true);
        else if (found.error().code == RelayErrc::notFound)
            done(false);
        else
            done(fail(std::move(found).error()));
    }, noBody);
}

void RelayApi::blob(const ContentHash& hash, Done<Bytes> done)
{
    HttpRequest made = roomRequest("GET", "/blobs/" + hash.hex);
    made.timeout = std::chrono::minutes{5};
    made.maxResponseBytes = maxBlobBytes;
    exchange<Bytes>(m_port, std::move(made), std::move(done), [hash](const Bytes& body) -> std::optional<Bytes> {
        if (contentHash(body) != hash)
            return std::nullopt;
        return body;
    });
}

void RelayApi::models(Done<std::vector<ModelInfo>> done)
{
    exchange<std::vector<ModelInfo>>(
        m_port, roomRequest("GET", "/models"), std::move(done),
        [](const Bytes& body) -> std::optional<std::vector<ModelInfo>> {
            const auto list = listIn(body, "models");
            if (!list)
                return std::nullopt;
            std::vector<ModelInfo> models;
            for (const Any& item : *list) {
                models.push_back({json::text(item, "id"), json::text(item, "name"), json::text(item, "kind"),
                                  json::text(item, "output")});
            }
            return models;
        });
}

void RelayApi::submitJob(const JobRequest& job, Done<JobId> done)
{
    HttpRequest made = roomRequest("POST", "/jobs");
    setJson(made, toJson(job));
    exchange<JobId>(m_port, std::move(made), std::move(done), [](const Bytes& body) -> std::optional<JobId> {
        const auto object = objectIn(body);
        if (!object || json::text(*object, "job").empty())
            return std::nullopt;
        return JobId{json::text(*object, "job")};
    });
}

void RelayApi::job(const JobId& job, Done<JobStatus> done)
{
    exchange<JobStatus>(m_port, roomRequest("GET", "/jobs/" + job.text()), std::move(done),
                        [](const Bytes& body) -> std::optional<JobStatus> {
                            auto status = parseJobStatus(asText(body));
                            if (!status)
                                return std::nullopt;
                            return std::move(status).value();
                        });
}

void RelayApi::cancelJob(const JobId& job, Done<void> done)
{
    exchange<void>(m_port, roomRequest("DELETE", "/jobs/" + job.text()), std::move(done), noBody);
}

} // namespace tessera::collab
