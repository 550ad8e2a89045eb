#pragma once

#include <deque>
#include <optional>
#include <set>

#include <relay/rooms/room_hub.h>

/// One socket in a room: its rights, what it still waits for, and how far it lags. The loop's thread.
namespace tessera::relay {

class Member final : public service::WebSocketListener
{
public:
    Member(RoomHub& hub, Admission admission);

    [[nodiscard]] const Admission& admission() const { return m_admission; }
    [[nodiscard]] bool wantsExtensions() const { return m_admission.extensions; }

    /// Always goes out: answers and small notices.
    void send(service::SharedMessage message);
    void send(const collab::Message& message);
    /// A document update for everybody. False when this reader is so far behind that it was left out; the caller then
    /// gives the state it still has to startResync().
    [[nodiscard]] bool offerUpdate(const service::SharedMessage& message);
    [[nodiscard]] bool isBehind() const { return m_resyncFrom.has_value(); }
    void startResync(crdt::StateVector from);
    /// Presence: kept back and put together while the reader lags.
    void offerAwareness(const service::SharedMessage& message, std::span<const crdt::ClientId> clients);

    /// One of this socket's update messages ends at `sequence` of the log. `echo`: the update itself, for plain
    /// clients, to whom their own update coming back is the acknowledgement; null when nothing is to come back.
    void awaitDurable(std::uint32_t sequence, crdt::StateVector clocks, service::SharedMessage echo);
    void onDurable(std::uint32_t sequence);

    /// Says why by message 2 (and 101 when the right is missing), then closes.
    void refuse(collab::CloseCode code, const std::string& reason);
    void close(collab::CloseCode code, std::string_view reason);
    void setReading(bool reading);
    /// Once a second.
    void tick(std::chrono::steady_clock::time_point now);

    void onOpen(service::WebSocket& socket) override;
    void onBinary(ByteView message) override;
    void onText() override;
    void onSent() override;
    void onClose() override;

private:
    struct Awaiting {
        std::uint32_t sequence{};
        crdt::StateVector clocks;
        service::SharedMessage echo;
    };

    void receive(const collab::Message& message);
    void receiveUpdate(ByteView update, bool isAnswer);
    void badMessage(std::string_view what, const DecodeError& error);
    void holdBackIfBehind();
    void catchUp();

    RoomHub& m_hub;
    Admission m_admission;
    service::WebSocket* m_socket = nullptr; ///< while open
    Room* m_room = nullptr;
    bool m_closing = false;
    bool m_heldBack = false;                ///< reading stopped because of this reader's own queue

    std::uint64_t m_durableMessages = 0;
    std::deque<Awaiting> m_awaiting;

    std::set<crdt::ClientId> m_staleAwareness;      ///< clients whose last state was kept back
    std::optional<crdt::StateVector> m_resyncFrom;  ///< set: updates after this state were left out
    std::optional<std::chrono::steady_clock::time_point> m_behindSince;
};

} // namespace tessera::relay
