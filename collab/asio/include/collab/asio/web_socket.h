#pragma once

#include <memory>

#include <collab/asio/loop.h>
#include <collab/session/transport.h>

namespace tessera::collab {

/// Transport over Boost.Beast, on the loop's thread. Plain ws only: a secure link is closed at once with a detail that
/// says so.
class AsioTransport final : public Transport
{
public:
    /// `loop` must outlive this.
    explicit AsioTransport(AsioLoop& loop);
    ~AsioTransport() override;
    AsioTransport(const AsioTransport&) = delete;
    AsioTransport& operator=(const AsioTransport&) = delete;

    void open(const ShareLink& link, TransportListener& listener) override;
    void send(Bytes frame) override;
    void ping() override;
    void close(std::uint16_t code, const std::string& reason) override;
    [[nodiscard]] std::size_t bufferedBytes() const override;

private:
    class Connection;
    AsioLoop& m_loop;
    std::shared_ptr<Connection> m_connection;
};

} // namespace tessera::collab
