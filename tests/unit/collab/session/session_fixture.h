#pragma once

#include <QtTest>

#include "replica.h"

namespace tessera::test {

using namespace std::chrono_literals;

using States = std::vector<collab::ConnectionState>;
inline constexpr auto offline = collab::ConnectionState::offline;
inline constexpr auto connecting = collab::ConnectionState::connecting;
inline constexpr auto syncing = collab::ConnectionState::syncing;
inline constexpr auto live = collab::ConnectionState::live;
inline constexpr auto waiting = collab::ConnectionState::waiting;
inline constexpr auto denied = collab::ConnectionState::denied;
inline const collab::ShareLink roomLink{"relay", 80, false, RoomId{"room"}, "token"};

/// A relay double, a network and clients, anew for every test function.
class SessionFixture : public QObject
{
protected:
    void reset()
    {
        m_replicas.clear();
        m_random = std::make_unique<SeededRandom>(1);
        m_scheduler = std::make_unique<ManualScheduler>();
        m_relay = std::make_unique<RelayDouble>(*m_scheduler);
        m_network = std::make_unique<MemoryNetwork>(*m_scheduler, *m_relay, *m_random);
    }
    void settle(std::chrono::milliseconds time = 500ms) { m_scheduler->advance(time); }
    Replica& replica(std::uint64_t client, collab::SessionOptions options = {})
    {
        m_replicas.push_back(std::make_unique<Replica>(*m_scheduler, *m_network, *m_random, client, std::move(options)));
        return *m_replicas.back();
    }
    Replica& started(std::uint64_t client)
    {
        Replica& made = replica(client);
        made->start(roomLink);
        settle();
        return made;
    }

    std::unique_ptr<SeededRandom> m_random;
    std::unique_ptr<ManualScheduler> m_scheduler;
    std::unique_ptr<RelayDouble> m_relay;
    std::unique_ptr<MemoryNetwork> m_network;
    std::vector<std::unique_ptr<Replica>> m_replicas;
};

} // namespace tessera::test
