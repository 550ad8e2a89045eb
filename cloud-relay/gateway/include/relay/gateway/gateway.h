#pragma once

#include <filesystem>
#include <string>

#include <core/service/http.h>
#include <core/service/metrics.h>
#include <relay/gateway/static_site.h>
#include <relay/generation/job_board.h>
#include <relay/rooms/blob_store.h>
#include <relay/rooms/room_hub.h>
#include <relay/rooms/token.h>

/// HTTP routes and WebSocket upgrades of docs/wire.md: checks who asks, then hands on. The loop's thread.
namespace tessera::relay {

struct Route;
struct Caller;

/// The shares of a room, revoked ones included.
struct RoomShares {
    std::uint32_t number{};
    std::vector<ShareRecord> shares;
};

struct GatewayOptions {
    bool openAccess = false;  ///< nobody needs a key; whoever brings none is an owner over HTTP, an editor in a room
    std::string adminKey;
    std::filesystem::path webFolder;
};

class Gateway final : public service::HttpHandler
{
public:
    struct Parts {
        RoomStore& store;
        RoomHub& hub;
        BlobStore& blobs;
        JobBoard& jobs;
        const TokenKey& tokens;
        const Clock& clock;
        service::Metrics& metrics;
    };

    Gateway(const Parts& parts, GatewayOptions options);

    std::variant<std::size_t, service::Response> admit(const service::RequestHead& head) override;
    void handle(service::Request request, service::Responder respond) override;
    std::variant<std::unique_ptr<service::WebSocketListener>, service::Response>
    upgrade(const service::RequestHead& head) override;

private:
    using Answer = service::Responder;

    Result<Caller, service::Response> callerOf(const Route& route, const service::RequestHead& head) const;
    Result<RoomRecord, service::Response> recordOf(const RoomId& room);
    Result<RoomShares, service::Response> sharesOf(const RoomId& room);

    void makeRoom(const service::Request& request, const Answer& answer);
    void describeRoom(const Route& route, const Caller& caller, const Answer& answer);
    void makeShare(const Route& route, const service::Request& request, const Answer& answer);
    void listShares(const Route& route, const Answer& answer);
    void revokeShare(const Route& route, const Answer& answer);

    void putBlob(const Route& route, service::Request request, const Answer& answer);
    void getBlob(const Route& route, const service::RequestHead& head, const Answer& answer);
    void listModels(const Answer& answer);
    void submitJob(const Route& route, const service::Request& request, const Answer& answer);
    void describeJob(const Route& route, const Answer& answer);
    void cancelJob(const Route& route, const Answer& answer);
    [[nodiscard]] service::Response health() const;

    Parts m_parts;
    GatewayOptions m_options;
    StaticSite m_site;
    service::Counter& m_requests;
    service::Counter& m_refused;
};

} // namespace tessera::relay
