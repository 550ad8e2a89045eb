#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <collab/protocol/role.h>
#include <collab/protocol/share_link.h>
#include <collab/session/http.h>
#include <collab/session/job.h>
#include <core/base/hash.h>

/// The relay's REST API (docs/wire.md, HTTP) with typed answers. One thread, the port's.
namespace tessera::collab {

enum class RelayErrc : std::uint8_t {
    unreachable = 1,
    timedOut = 2,
    denied = 3,      ///< 401 or 403: token unknown, expired, revoked, or of too low a role
    notFound = 4,
    refused = 5,     ///< another 4xx: the request itself is wrong
    unavailable = 6, ///< 5xx; `detail` says of what
    badAnswer = 7,   ///< not what docs/wire.md promises
    tooLarge = 8,
    unsupported = 9, ///< https where the build has no TLS
};
struct RelayError {
    RelayErrc code{};
    std::string where;         ///< method and URL without token
    std::string detail;        ///< `problem: problemDetail`, or the system's words
    int status{};              ///< of HTTP; 0 when no answer came
    std::string problem;       ///< code of the relay's problem document, e.g. "no-appliance"
    std::string problemDetail; ///< its detail, else its title
    friend bool operator==(const RelayError&, const RelayError&) = default;
};
[[nodiscard]] std::string describe(const RelayError& error);

struct NewRoom {
    RoomId room;
    std::string token; ///< the owner's
};
struct RoomInfo {
    RoomId room;
    Role role{};
    std::uint32_t peers{};
    bool hasAppliance = false;
};
struct NewShare {
    std::string share;
    std::string token;
    std::string link;
};
struct Share {
    std::string share;
    Role role{};
    std::int64_t expires{}; ///< seconds since 1970 UTC; 0: never
    bool isRevoked = false;
};
struct ModelInfo {
    std::string id;
    std::string name;
    std::string kind;
    std::string output; ///< "layers" or "image"
};

inline constexpr std::size_t maxBlobBytes = std::size_t{64} << 20;

class RelayApi
{
public:
    template <class T> using Done = std::function<void(Result<T, RelayError>)>;

    /// `port` must outlive this and every request. The link gives relay, room and token.
    RelayApi(HttpPort& port, ShareLink link) : m_port(port), m_link(std::move(link)) {}

    /// On the link's relay; its room and token are not used. An empty key is right for an open-access relay.
    void createRoom(const std::string& name, const std::string& adminKey, Done<NewRoom> done);
    void room(Done<RoomInfo> done);

    void createShare(Role role, std::optional<std::chrono::seconds> expiresIn, Done<NewShare> done);
    void shares(Done<std::vector<Share>> done);
    void revokeShare(const std::string& share, Done<void> done);

    /// The caller made sure that `hash` is the content's.
    void putBlob(const ContentHash& hash, Bytes content, const std::string& mime, Done<void> done);
    /// Whether the relay has it for this room; asks without fetching (HEAD).
    void hasBlob(const ContentHash& hash, Done<bool> done);
    /// badAnswer when what came has another hash.
    void blob(const ContentHash& hash, Done<Bytes> done);

    void models(Done<std::vector<ModelInfo>> done);
    void submitJob(const JobRequest& request, Done<JobId> done);
    void job(const JobId& job, Done<JobStatus> done);
    void cancelJob(const JobId& job, Done<void> done);

    [[nodiscard]] const ShareLink& link() const { return m_link; }

private:
    HttpRequest request(std::string method, std::string path) const;
    HttpRequest roomRequest(std::string method, const std::string& below) const;

    HttpPort& m_port;
    ShareLink m_link;
};

} // namespace tessera::collab
