#pragma once

#include <cstdint>
#include <deque>

/// Counts local updates on their way to the relay's disk. Pure bookkeeping: one rule is that a message sent covers every
/// update that waited, because messages go out in order and nothing is held back behind a later one.
namespace tessera::collab {

class AckTracker
{
public:
    /// `restored`: updates of an earlier run that were never acknowledged.
    explicit AckTracker(std::uint64_t restored = 0) : m_unsent(restored) {}

    void addLocalUpdate() { ++m_unsent; }
    /// A SyncStep2 or SyncUpdate went to the socket.
    void messageSent();
    /// `messageCount` messages of this connection are durable. False when more than were sent: the relay is wrong.
    [[nodiscard]] bool acknowledge(std::uint64_t messageCount);
    /// What was not acknowledged has to be sent again; the count of messages starts anew.
    void connectionEnded();

    [[nodiscard]] std::uint64_t unsent() const { return m_unsent; }
    [[nodiscard]] std::uint64_t unsynced() const { return m_unsent + m_unacknowledged; }
    /// Messages of this connection that have not been acknowledged, also those that carried nothing new.
    [[nodiscard]] std::uint64_t openMessages() const { return m_sentMessages - m_ackedMessages; }

private:
    struct Sent {
        std::uint64_t message{}; ///< 1 is the first of the connection
        std::uint64_t updates{};
    };
    std::deque<Sent> m_sent; ///< bounded: past the bound the newest two become one, acknowledged with the later
    std::uint64_t m_unsent = 0;
    std::uint64_t m_unacknowledged = 0; ///< sum over m_sent
    std::uint64_t m_sentMessages = 0;
    std::uint64_t m_ackedMessages = 0;
};

} // namespace tessera::collab
