#include "presence_channel.h"

#include <algorithm>

#include <collab/protocol/message.h>
#include <core/base/log.h>

namespace tessera::collab {

PresenceChannel::PresenceChannel(Scheduler& scheduler, std::chrono::milliseconds interval, Ports ports)
    : m_scheduler(scheduler), m_interval(interval), m_ports(std::move(ports))
{
}

void PresenceChannel::opened(crdt::ClientId self)
{
    if (!m_awareness || self != m_self) {
        m_awareness.emplace(m_scheduler.clock(), self);
        m_self = self;
    }
    m_isOpen = true;
    m_ports.send(encodeMessage(QueryAwareness{}));
    publish();
    scheduleTick();
}

void PresenceChannel::closed()
{
    m_isOpen = false;
    m_publishTimer.reset();
    m_tickTimer.reset();
    if (m_awareness)
        takeOver(m_awareness->removeAllRemote());
}

void PresenceChannel::leave()
{
    if (!m_isOpen || !m_awareness->localState())
        return;
    m_awareness->setLocalState(std::nullopt);
    sendClients({m_self});
}

void PresenceChannel::setLocal(std::optional<Presence> presence)
{
    std::optional<std::string> json;
    if (presence)
        json = toJson(*presence);
    if (json == m_localJson)
        return;
    m_localJson = std::move(json);
    publishSoon();
}

void PresenceChannel::receive(ByteView update)
{
    if (!m_isOpen)
        return;
    const auto change = m_awareness->applyUpdate(update);
    if (!change) {
        log::warning("collab", "skipped a broken awareness update", {{"error", describe(change.error())}});
        return;
    }
    // Nobody else can be the one who updated our own entry: somebody took us for gone, and all must hear that we are not.
    if (std::ranges::find(change->updated, m_self) != change->updated.end())
        sendClients({m_self});
    takeOver(*change);
}

void PresenceChannel::answerQuery()
{
    if (m_isOpen && m_awareness->localState())
        sendClients({m_self});
}

/// Now when the last publication is old enough, else once for everything that changes until then.
void PresenceChannel::publishSoon()
{
    if (!m_isOpen || m_publishTimer)
        return;
    const auto sinceLast = std::chrono::duration_cast<std::chrono::milliseconds>(m_scheduler.clock().now() - m_publishedAt);
    if (sinceLast >= m_interval && !m_ports.isCongested()) {
        publish();
        return;
    }
    const auto delay = sinceLast < m_interval ? m_interval - sinceLast : m_interval;
    m_publishTimer = m_scheduler.after(delay, [this] {
        m_publishTimer.reset();
        publishSoon();
    });
}

void PresenceChannel::publish()
{
    m_publishedAt = m_scheduler.clock().now();
    if (!m_localJson && !m_awareness->localState())
        return;
    m_awareness->setLocalState(m_localJson);
    sendClients({m_self});
}

void PresenceChannel::sendClients(const std::vector<crdt::ClientId>& clients)
{
    const Bytes update = m_awareness->encode(clients);
    m_ports.send(encodeMessage(AwarenessMessage{update}));
}

void PresenceChannel::scheduleTick()
{
    m_tickTimer = m_scheduler.after(awarenessCheckInterval, [this] {
        const AwarenessChange change = m_awareness->tick();
        if (!change.updated.empty())
            sendClients(change.updated);
        scheduleTick();
        takeOver(change);
    });
}

void PresenceChannel::takeOver(const AwarenessChange& change)
{
    if (!change.isVisible())
        return;
    for (const crdt::ClientId client : change.added)
        upsertPeer(client);
    for (const crdt::ClientId client : change.changed)
        upsertPeer(client);
    std::erase_if(m_peers, [this](const Peer& peer) { return !m_awareness->states().contains(peer.client); });
    m_ports.peersChanged();
}

void PresenceChannel::upsertPeer(crdt::ClientId client)
{
    const auto state = m_awareness->states().find(client);
    if (client == m_self || state == m_awareness->states().end())
        return;
    const auto presence = parsePresence(state->second);
    if (!presence)
        return;
    auto place = std::ranges::lower_bound(m_peers, client, {}, &Peer::client);
    if (place == m_peers.end() || place->client != client)
        place = m_peers.insert(place, Peer{client, {}});
    place->presence = *presence;
}

} // namespace tessera::collab
