#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <core/service/event_loop.h>
#include <core/service/listen_address.h>
#include <relay/generation/job_board.h>

/// Serves the gRPC service ApplianceLink (appliance/api, link.proto): appliances dial in, prove themselves with the
/// enrolment key and keep one stream open. gRPC's threads only carry messages; all decisions are made on the loop's
/// thread. Every queue is bounded: the next message of an appliance is read after the last one was handled.
namespace tessera::relay {

enum class LinkErrc : std::uint8_t { cannotListen = 1 };
using LinkError = ErrorOf<LinkErrc>;

struct LinkOptions {
    service::ListenAddress address;
    std::string enrolmentKey;
    std::string relayId;
};

class LinkServer
{
public:
    /// `loop` and `board` must outlive this.
    static Result<std::unique_ptr<LinkServer>, LinkError> start(service::EventLoop& loop, JobBoard& board, LinkOptions options);
    /// Ends all streams; waits at most a second for them.
    ~LinkServer();
    LinkServer(const LinkServer&) = delete;
    LinkServer& operator=(const LinkServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

private:
    struct Impl;
    explicit LinkServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::relay
