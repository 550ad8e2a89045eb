#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <collab/protocol/awareness.h>
#include <collab/session/scheduler.h>
#include <collab/session/session.h>

/// Our presence to the room and the room's to us, over whatever connection is open. The Doc's thread.
namespace tessera::collab {

class PresenceChannel
{
public:
    struct Ports {
        std::function<void(Bytes frame)> send;
        std::function<bool()> isCongested; ///< presence waits while it is true
        std::function<void()> peersChanged;
    };

    PresenceChannel(Scheduler& scheduler, std::chrono::milliseconds interval, Ports ports);

    /// Publishes our state under a new clock (the relay may still hold the last one as gone) and asks for the others.
    void opened(crdt::ClientId self);
    /// Forgets the peers.
    void closed();
    /// Tells the room that we go, while the connection is still open.
    void leave();

    void setLocal(std::optional<Presence> presence);
    /// Broken updates are logged and passed over: any Yjs client may stand in the room.
    void receive(ByteView update);
    void answerQuery();

    [[nodiscard]] const std::vector<Peer>& peers() const { return m_peers; }

private:
    void publishSoon();
    void publish();
    void sendClients(const std::vector<crdt::ClientId>& clients);
    void scheduleTick();
    void takeOver(const AwarenessChange& change);
    void upsertPeer(crdt::ClientId client);

    Scheduler& m_scheduler;
    std::chrono::milliseconds m_interval;
    Ports m_ports;
    std::optional<std::string> m_localJson;
    crdt::ClientId m_self{};
    std::optional<Awareness> m_awareness; ///< made at the first opened()
    std::vector<Peer> m_peers;            ///< by client id, without ourselves
    bool m_isOpen = false;
    std::chrono::steady_clock::time_point m_publishedAt{};
    Scheduler::Timer m_publishTimer;
    Scheduler::Timer m_tickTimer;
};

} // namespace tessera::collab
