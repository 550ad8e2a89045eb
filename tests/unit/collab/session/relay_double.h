#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <collab/protocol/awareness.h>
#include <collab/protocol/message.h>
#include <core/crdt/doc.h>
#include <core/crdt/update.h>

#include "manual_scheduler.h"

namespace tessera::test {

/// One room in memory by the rules of docs/wire.md, with a "disk" that is behind the room by a commit. Knows nothing of
/// collab/session.
class RelayDouble
{
public:
    using ConnectionId = std::uint64_t;
    struct Outlet {
        std::function<void(Bytes)> send;
        std::function<void(std::uint16_t code, std::string reason)> close;
    };

    explicit RelayDouble(ManualScheduler& scheduler) : m_scheduler(scheduler) { boot(); }

    std::chrono::milliseconds commitDelay{20};
    bool speaksExtensions = true;
    std::map<std::string, collab::Role> roles;  ///< by token; an unknown token edits
    std::set<std::string> badTokens;

    [[nodiscard]] bool isUp() const { return m_isUp; }
    [[nodiscard]] const crdt::Doc& room() const { return *m_room; }
    [[nodiscard]] const crdt::Doc& disk() const { return *m_disk; }
    [[nodiscard]] std::size_t connectionCount() const { return m_connections.size(); }
    [[nodiscard]] std::uint64_t updatesRefused() const { return m_updatesRefused; }
    [[nodiscard]] std::uint64_t documentBytesReceived() const { return m_documentBytes; }
    [[nodiscard]] std::uint64_t documentMessagesReceived() const { return m_documentMessages; }

    ConnectionId accept(const std::string& token, Outlet outlet)
    {
        const ConnectionId id = ++m_lastId;
        if (badTokens.contains(token)) {
            outlet.send(collab::encodeMessage(collab::AuthDenied{"token was revoked"}));
            outlet.close(4401, "token was revoked");
            return id;
        }
        const auto role = roles.find(token);
        Connection& connection = m_connections[id];
        connection.outlet = std::move(outlet);
        connection.token = token;
        connection.role = role == roles.end() ? collab::Role::editor : role->second;
        send(id, collab::SyncStep1{m_room->stateVector()});
        if (speaksExtensions)
            send(id, collab::Permission{connection.role});
        if (!m_awareness->states().empty()) {
            const Bytes all = m_awareness->encodeAll();
            send(id, collab::AwarenessMessage{all});
        }
        return id;
    }

    void receive(ConnectionId id, const Bytes& frame)
    {
        const auto found = m_connections.find(id);
        if (found == m_connections.end())
            return;
        const auto message = collab::decodeMessage(frame);
        if (!message) {
            drop(id, 4400, describe(message.error()));
            return;
        }
        if (const auto* step1 = std::get_if<collab::SyncStep1>(&*message)) {
            const Bytes missing = m_room->encodeStateAsUpdate(step1->stateVector);
            send(id, collab::SyncStep2{missing});
        } else if (const auto* step2 = std::get_if<collab::SyncStep2>(&*message)) {
            documentMessage(id, step2->update);
        } else if (const auto* update = std::get_if<collab::SyncUpdate>(&*message)) {
            documentMessage(id, update->update);
        } else if (const auto* awareness = std::get_if<collab::AwarenessMessage>(&*message)) {
            awarenessMessage(id, awareness->update);
        } else if (std::holds_alternative<collab::QueryAwareness>(*message)) {
            const Bytes all = m_awareness->encodeAll();
            send(id, collab::AwarenessMessage{all});
        } else {
            drop(id, 4400, "not for a relay");
        }
    }

    void disconnected(ConnectionId id)
    {
        const auto found = m_connections.find(id);
        if (found == m_connections.end())
            return;
        const std::vector<crdt::ClientId> clients(found->second.clients.begin(), found->second.clients.end());
        m_connections.erase(found);
        forwardAwareness(m_awareness->remove(clients));
    }

    void drop(ConnectionId id, std::uint16_t code, const std::string& reason)
    {
        const auto found = m_connections.find(id);
        if (found == m_connections.end())
            return;
        const Outlet outlet = found->second.outlet;
        disconnected(id);
        outlet.close(code, reason);
    }

    void setRole(const std::string& token, collab::Role role)
    {
        roles[token] = role;
        for (auto& [id, connection] : m_connections) {
            if (connection.token != token)
                continue;
            connection.role = role;
            send(id, collab::Permission{role});
        }
    }

    void sendAll(const collab::Message& message)
    {
        for (const auto& [id, connection] : m_connections)
            send(id, message);
    }

    void sendRaw(const Bytes& frame)
    {
        for (const auto& [id, connection] : m_connections)
            connection.outlet.send(frame);
    }

    /// kill -9: what was not committed is gone. Connections are for the network to end.
    void kill()
    {
        m_isUp = false;
        m_connections.clear();
        m_uncommitted.clear();
        ++m_life;
    }
    void start()
    {
        m_isUp = true;
        boot();
    }

private:
    struct Connection {
        Outlet outlet;
        std::string token;
        collab::Role role{};
        std::uint64_t documentMessages = 0;
        std::set<crdt::ClientId> clients;
    };
    struct Uncommitted {
        ConnectionId from{};
        std::uint64_t messageNumber{};
        Bytes update;
    };

    void boot()
    {
        m_room = std::make_unique<crdt::Doc>(crdt::DocOptions{crdt::ClientId{1}, true});
        if (!m_disk)
            m_disk = std::make_unique<crdt::Doc>(crdt::DocOptions{crdt::ClientId{2}, true});
        m_awareness = std::make_unique<collab::Awareness>(m_scheduler.clock());
        if (!m_room->applyUpdate(m_disk->encodeStateAsUpdate()))
            qFatal("the relay double cannot read its own disk");
    }

    void send(ConnectionId id, const collab::Message& message) { m_connections.at(id).outlet.send(collab::encodeMessage(message)); }

    void documentMessage(ConnectionId id, ByteView update)
    {
        Connection& connection = m_connections.at(id);
        if (!collab::canEdit(connection.role)) {
            ++m_updatesRefused;
            send(id, collab::Permission{connection.role});
            drop(id, 4403, "read only");
            return;
        }
        ++m_documentMessages;
        m_documentBytes += update.size();
        if (!m_room->applyUpdate(update)) {
            drop(id, 4400, "broken update");
            return;
        }
        for (const auto& [other, unused] : m_connections) {
            if (other != id)
                send(other, collab::SyncUpdate{update});
        }
        m_uncommitted.push_back({id, ++connection.documentMessages, Bytes(update.begin(), update.end())});
        if (m_uncommitted.size() == 1)
            m_scheduler.post(commitDelay, [this, life = m_life] {
                if (life == m_life)
                    commit();
            });
    }

    void commit()
    {
        std::map<ConnectionId, collab::DurableAck> acks;
        for (const Uncommitted& entry : m_uncommitted) {
            if (!m_disk->applyUpdate(entry.update))
                qFatal("the relay double committed a broken update");
            acks[entry.from].messageCount = entry.messageNumber;
        }
        m_uncommitted.clear();
        for (auto& [id, ack] : acks) {
            if (speaksExtensions && m_connections.contains(id))
                send(id, ack);
        }
    }

    void awarenessMessage(ConnectionId id, ByteView update)
    {
        const auto entries = collab::decodeAwareness(update);
        if (!entries) {
            drop(id, 4400, describe(entries.error()));
            return;
        }
        for (const collab::AwarenessEntry& entry : *entries)
            m_connections.at(id).clients.insert(entry.client);
        forwardAwareness(m_awareness->applyEntries(*entries));
    }

    void forwardAwareness(const collab::AwarenessChange& change)
    {
        if (!change.shouldForward())
            return;
        const Bytes update = m_awareness->encode(change.touched());
        sendAll(collab::AwarenessMessage{update});
    }

    ManualScheduler& m_scheduler;
    bool m_isUp = true;
    std::uint64_t m_life = 0;
    ConnectionId m_lastId = 0;
    std::unique_ptr<crdt::Doc> m_room;
    std::unique_ptr<crdt::Doc> m_disk;
    std::unique_ptr<collab::Awareness> m_awareness;
    std::map<ConnectionId, Connection> m_connections;
    std::vector<Uncommitted> m_uncommitted;
    std::uint64_t m_updatesRefused = 0;
    std::uint64_t m_documentBytes = 0;
    std::uint64_t m_documentMessages = 0;
};

} // namespace tessera::test
