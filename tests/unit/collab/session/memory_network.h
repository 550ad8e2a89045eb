#pragma once

#include <algorithm>
#include <set>

#include <collab/session/transport.h>
#include <core/base/random.h>

#include "relay_double.h"

namespace tessera::test {

/// Sockets between sessions and a relay double: in order within a socket, in any order between sockets, with latency,
/// cuts and half-open ends.
class MemoryNetwork
{
public:
    MemoryNetwork(ManualScheduler& scheduler, RelayDouble& relay, Random& random)
        : m_scheduler(scheduler), m_relay(relay), m_random(random)
    {
    }

    std::chrono::milliseconds maxLatency{30};
    bool isReachable = true;        ///< false: connecting fails
    bool answersNothing = false;    ///< true: connecting hangs
    std::uint16_t refusalStatus = 0; ///< the upgrade is refused with this HTTP status
    std::size_t stuckBytes = 0;     ///< what every socket says is still buffered
    std::uint64_t connectAttempts = 0;

    struct Socket {
        collab::TransportListener* listener = nullptr;
        RelayDouble::ConnectionId connection = 0;
        bool isAccepted = false;   ///< the relay knows it
        bool isOpen = false;       ///< the client knows it
        bool isCut = false;        ///< nothing passes any more
        bool losesDown = false;    ///< what was on its way to the client when it was cut is lost
        bool isSilent = false;     ///< half open: everything vanishes, nobody is told
        std::chrono::steady_clock::time_point lastUp{};
        std::chrono::steady_clock::time_point lastDown{};
    };
    using SocketPtr = std::shared_ptr<Socket>;

    SocketPtr open(const collab::ShareLink& link, collab::TransportListener& listener)
    {
        ++connectAttempts;
        auto socket = std::make_shared<Socket>();
        socket->listener = &listener;
        m_sockets.insert(socket);
        if (answersNothing)
            return socket;
        up(socket, [this, socket, link] {
            if (refusalStatus != 0)
                end(socket, {false, 0, refusalStatus, "refused"});
            else if (!isReachable || !m_relay.isUp())
                end(socket, {false, 0, 0, "connection refused"});
            else
                accept(socket, link);
        });
        return socket;
    }

    void sendUp(const SocketPtr& socket, Bytes frame)
    {
        up(socket, [this, socket, frame = std::move(frame)] { m_relay.receive(socket->connection, frame); });
    }

    void ping(const SocketPtr& socket)
    {
        up(socket, [this, socket] {
            down(socket, [socket] { socket->listener->transportPong(); });
        });
    }

    /// The client closes: what it sent before still arrives.
    void closeUp(const SocketPtr& socket)
    {
        socket->listener = nullptr;
        up(socket, [this, socket] {
            socket->isCut = true;
            m_sockets.erase(socket);
            m_relay.disconnected(socket->connection);
        });
    }

    /// Cable pulled and both ends told.
    void cut(const SocketPtr& socket)
    {
        if (socket->isCut)
            return;
        if (socket->isAccepted)
            m_relay.disconnected(socket->connection);
        socket->losesDown = m_random.below(2) == 0;
        end(socket, {socket->isOpen, 0, 0, "connection reset"});
        socket->isCut = true;
    }
    void cutAll()
    {
        const std::set<SocketPtr> all = m_sockets;
        for (const SocketPtr& socket : all)
            cut(socket);
    }
    /// A notebook's lid: nothing passes, nobody is told.
    void silenceAll()
    {
        for (const SocketPtr& socket : m_sockets)
            socket->isSilent = true;
    }
    [[nodiscard]] const std::set<SocketPtr>& sockets() const { return m_sockets; }

private:
    void accept(const SocketPtr& socket, const collab::ShareLink& link)
    {
        down(socket, [socket] {
            socket->isOpen = true;
            socket->listener->transportOpened();
        });
        socket->isAccepted = true;
        socket->connection = m_relay.accept(
            link.token, {[this, socket](Bytes frame) {
                             down(socket, [socket, frame = std::move(frame)] { socket->listener->transportMessage(frame); });
                         },
                         [this, socket](std::uint16_t code, std::string reason) {
                             end(socket, {true, code, 0, std::move(reason)});
                         }});
    }

    /// The client hears of the end after all that was sent to it before.
    void end(const SocketPtr& socket, collab::TransportClosed closed)
    {
        socket->lastDown = std::max(socket->lastDown, m_scheduler.clock().now());
        deliver(arrival(socket->lastDown), [this, socket, closed] {
            if (!socket->listener || socket->isSilent)
                return;
            socket->isCut = true;
            m_sockets.erase(socket);
            std::exchange(socket->listener, nullptr)->transportClosed(closed);
        });
    }

    std::chrono::steady_clock::time_point arrival(std::chrono::steady_clock::time_point& last)
    {
        const auto latency = std::chrono::milliseconds(m_random.below(static_cast<std::uint64_t>(maxLatency.count()) + 1));
        last = std::max(last, m_scheduler.clock().now() + latency);
        return last;
    }
    void deliver(std::chrono::steady_clock::time_point when, std::function<void()> callback)
    {
        m_scheduler.post(std::chrono::duration_cast<std::chrono::milliseconds>(when - m_scheduler.clock().now()),
                         std::move(callback));
    }
    void up(const SocketPtr& socket, std::function<void()> action)
    {
        deliver(arrival(socket->lastUp), [socket, action = std::move(action)] {
            if (!socket->isCut && !socket->isSilent)
                action();
        });
    }
    void down(const SocketPtr& socket, std::function<void()> action)
    {
        deliver(arrival(socket->lastDown), [socket, action = std::move(action)] {
            if (socket->listener && !socket->isSilent && !socket->losesDown)
                action();
        });
    }

    ManualScheduler& m_scheduler;
    RelayDouble& m_relay;
    Random& m_random;
    std::set<SocketPtr> m_sockets;
};

class MemoryTransport final : public collab::Transport
{
public:
    explicit MemoryTransport(MemoryNetwork& network) : m_network(network) {}

    void open(const collab::ShareLink& link, collab::TransportListener& listener) override
    {
        close(1000, "");
        m_socket = m_network.open(link, listener);
    }
    void send(Bytes frame) override
    {
        m_sentFrames.push_back(frame);
        if (m_socket)
            m_network.sendUp(m_socket, std::move(frame));
    }
    void ping() override
    {
        ++m_pings;
        if (m_socket)
            m_network.ping(m_socket);
    }
    void close(std::uint16_t, const std::string&) override
    {
        if (m_socket)
            m_network.closeUp(m_socket);
        m_socket.reset();
    }
    [[nodiscard]] std::size_t bufferedBytes() const override { return m_network.stuckBytes; }

    [[nodiscard]] int pings() const { return m_pings; }
    [[nodiscard]] const MemoryNetwork::SocketPtr& socket() const { return m_socket; }
    [[nodiscard]] std::size_t sentFrameCount() const { return m_sentFrames.size(); }
    [[nodiscard]] const std::vector<Bytes>& sentFrames() const { return m_sentFrames; }

private:
    MemoryNetwork& m_network;
    MemoryNetwork::SocketPtr m_socket;
    std::vector<Bytes> m_sentFrames;
    int m_pings = 0;
};

} // namespace tessera::test
