#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_callback.h>
#include <tessera/appliance/v1/link.grpc.pb.h>

#include <core/service/event_loop.h>
#include <relay/generation/job_board.h>

/// One stream of one appliance. Private to the heavy translation unit link_server.cpp.
namespace tessera::relay {

namespace wire = ::tessera::appliance::v1;

/// The half that gRPC's threads and the loop share: what is to be written, and whether the stream still stands.
class LinkSession final : public ApplianceSender, public std::enable_shared_from_this<LinkSession>
{
public:
    using Reactor = grpc::ServerBidiReactor<wire::ApplianceMessage, wire::RelayMessage>;
    using OnMessage = std::function<void(const std::shared_ptr<LinkSession>&, const wire::ApplianceMessage&)>;
    using OnGone = std::function<void(const std::shared_ptr<LinkSession>&)>;

    LinkSession(service::EventLoop& loop, OnMessage onMessage, OnGone onGone);
    /// Makes the reactor that gRPC owns, and starts to read.
    Reactor* open();
    /// Ends the stream; the first call counts. Any thread.
    void finish(const grpc::Status& status);
    void write(wire::RelayMessage message);

    void submit(const JobRequest& request) override;
    void cancel(const JobId& job) override;
    void settle(const JobId& job) override;
    void acknowledgeBlob(const std::string& hash, std::uint64_t received, const std::string& errorCode,
                         const std::string& detail) override;

    // The loop's.
    bool isAttached = false;
    std::chrono::steady_clock::time_point openedAt = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point heardAt = openedAt;
    std::chrono::steady_clock::time_point wroteAt = openedAt;

private:
    class Stream;
    void readNext();
    void onRead(bool ok);
    void onWritten(bool ok);
    void onDone();

    service::EventLoop& m_loop;
    OnMessage m_onMessage;
    OnGone m_onGone;

    std::mutex m_mutex;
    Reactor* m_reactor = nullptr; ///< null once gRPC is done with it
    bool m_finished = false;
    bool m_writing = false;
    std::deque<wire::RelayMessage> m_queue; ///< the front one is being written
    wire::ApplianceMessage m_incoming;      ///< the reactor's while a read is under way, else the loop's
};

} // namespace tessera::relay
