#include "member.h"

#include "room.h"

namespace tessera::relay {

using collab::CloseCode;
using service::SharedMessage;

namespace {

/// A reader below this share of its bound counts as having caught up.
constexpr std::size_t caughtUpDivisor = 8;

} // namespace

Member::Member(RoomHub& hub, Admission admission) : m_hub(hub), m_admission(std::move(admission)) {}

void Member::onOpen(service::WebSocket& socket)
{
    m_socket = &socket;
    // The share may have been revoked between the check of the token and now.
    if (m_hub.m_store.isRevoked(m_admission.share))
        return refuse(CloseCode::badToken, "the link was revoked");
    m_room = m_hub.enter(*this);
    if (m_room == nullptr && !m_closing)
        close(CloseCode::tryAgainLater, "the room cannot be opened now");
}

void Member::onClose()
{
    if (m_room != nullptr)
        m_hub.leave(*this);
    m_room = nullptr;
    m_socket = nullptr;
}

void Member::close(CloseCode code, std::string_view reason)
{
    if (m_closing || m_socket == nullptr)
        return;
    m_closing = true;
    m_socket->close(static_cast<std::uint16_t>(code), reason);
}

void Member::refuse(CloseCode code, const std::string& reason)
{
    if (code == CloseCode::noRight && wantsExtensions())
        send(collab::Permission{m_admission.role});
    send(collab::AuthDenied{reason});
    close(code, reason);
}

void Member::setReading(bool reading)
{
    if (m_socket != nullptr)
        m_socket->setReading(reading && !m_heldBack);
}

void Member::onText() { close(CloseCode::badMessage, "text frames are not spoken here"); }

void Member::badMessage(std::string_view what, const DecodeError& error)
{
    m_hub.m_counters.badFrames.add();
    close(CloseCode::badMessage, std::string(what) + ": " + describe(error));
}

void Member::onBinary(ByteView frame)
{
    if (m_room == nullptr || m_closing)
        return;
    const auto message = collab::decodeMessage(frame);
    if (!message)
        return badMessage("message", message.error());
    receive(*message);
    if (m_hub.isCongested() && m_hub.m_throttled.insert(this).second)
        setReading(false);
    holdBackIfBehind();
}

void Member::receive(const collab::Message& message)
{
    if (const auto* step1 = std::get_if<collab::SyncStep1>(&message))
        return m_room->answerStep1(*this, step1->stateVector);
    if (const auto* step2 = std::get_if<collab::SyncStep2>(&message))
        return receiveUpdate(step2->update, true);
    if (const auto* update = std::get_if<collab::SyncUpdate>(&message))
        return receiveUpdate(update->update, false);
    if (const auto* awareness = std::get_if<collab::AwarenessMessage>(&message)) {
        if (const auto received = m_room->receiveAwareness(*this, awareness->update); !received)
            badMessage("awareness", received.error());
        return;
    }
    if (std::holds_alternative<collab::QueryAwareness>(message))
        return m_room->answerAwareness(*this);
    m_hub.m_counters.badFrames.add();
    close(CloseCode::badMessage, std::string(collab::messageName(message)) + ": only the relay sends this");
}

void Member::receiveUpdate(ByteView update, bool isAnswer)
{
    if (collab::canEdit(m_admission.role)) {
        if (const auto received = m_room->receiveUpdate(*this, update); !received)
            badMessage("update", received.error());
        return;
    }
    // Every client answers our step 1, also a reader, and with it repeats the deletes it knows: an answer without new
    // structs is no attempt to write. It is not looked at further, so it can change nothing.
    const auto isNew = m_room->bringsNewStructs(update);
    if (!isNew)
        return badMessage("update", isNew.error());
    if (crdt::isEmptyUpdate(update) || (isAnswer && !*isNew))
        return;
    m_hub.m_counters.refusedWrites.add();
    refuse(CloseCode::noRight, std::string(collab::roleName(m_admission.role)) + "s cannot edit this document");
}

void Member::send(SharedMessage message)
{
    if (m_socket != nullptr && !m_closing)
        m_socket->send(std::move(message));
}

void Member::send(const collab::Message& message)
{
    send(std::make_shared<const Bytes>(collab::encodeMessage(message)));
}

bool Member::offerUpdate(const SharedMessage& message)
{
    if (m_socket == nullptr || m_closing)
        return true;
    if (m_resyncFrom || m_socket->queuedBytes() > m_hub.m_limits.readerQueueBytes)
        return false;
    m_socket->send(message);
    return true;
}

void Member::startResync(crdt::StateVector from)
{
    m_resyncFrom = std::move(from);
    if (!m_behindSince)
        m_behindSince = m_hub.m_clock.now();
}

void Member::offerAwareness(const SharedMessage& message, std::span<const crdt::ClientId> clients)
{
    if (m_socket == nullptr || m_closing)
        return;
    if (m_socket->queuedBytes() > m_hub.m_limits.awarenessQueueBytes)
        m_staleAwareness.insert(clients.begin(), clients.end());
    else
        m_socket->send(message);
}

void Member::awaitDurable(std::uint32_t sequence, crdt::StateVector clocks, SharedMessage echo)
{
    m_awaiting.push_back({sequence, std::move(clocks), wantsExtensions() ? nullptr : std::move(echo)});
}

void Member::onDurable(std::uint32_t sequence)
{
    if (m_awaiting.empty() || m_awaiting.front().sequence > sequence)
        return;
    crdt::StateVector clocks;
    while (!m_awaiting.empty() && m_awaiting.front().sequence <= sequence) {
        Awaiting& first = m_awaiting.front();
        ++m_durableMessages;
        for (const auto& [client, clock] : first.clocks)
            clocks[client] = std::max(clocks[client], clock);
        if (first.echo)
            send(first.echo);
        m_awaiting.pop_front();
    }
    if (wantsExtensions())
        send(collab::DurableAck{m_durableMessages, std::move(clocks)});
}

void Member::holdBackIfBehind()
{
    // Whoever does not take its answers may not ask for more of them.
    if (m_socket == nullptr || m_heldBack || m_socket->queuedBytes() <= m_hub.m_limits.readerQueueBytes)
        return;
    m_heldBack = true;
    m_socket->setReading(false);
    if (!m_behindSince)
        m_behindSince = m_hub.m_clock.now();
}

void Member::onSent()
{
    if (m_socket == nullptr || m_room == nullptr)
        return;
    if (!m_staleAwareness.empty() && m_socket->queuedBytes() <= m_hub.m_limits.awarenessQueueBytes / 2) {
        const std::vector<crdt::ClientId> clients(m_staleAwareness.begin(), m_staleAwareness.end());
        m_staleAwareness.clear();
        const Bytes update = m_room->encodeAwareness(clients);
        send(collab::AwarenessMessage{update});
    }
    if (m_behindSince && m_socket->queuedBytes() <= m_hub.m_limits.readerQueueBytes / caughtUpDivisor)
        catchUp();
}

void Member::catchUp()
{
    m_behindSince.reset();
    if (m_resyncFrom) {
        const Bytes missing = m_room->encodeSince(*m_resyncFrom);
        m_resyncFrom.reset();
        m_hub.m_counters.resyncs.add();
        if (wantsExtensions())
            send(collab::RoomNotice{collab::NoticeCode::tooSlowResync, "this connection was too slow and is brought up to date"});
        send(collab::SyncUpdate{missing});
    }
    if (m_heldBack) {
        m_heldBack = false;
        setReading(!m_hub.m_throttled.contains(this));
    }
}

void Member::tick(std::chrono::steady_clock::time_point now)
{
    if (m_admission.expiresAt != 0 && m_hub.m_clock.wallMs() / 1000 >= m_admission.expiresAt)
        return refuse(CloseCode::badToken, "the link has expired");
    if (!m_behindSince || now - *m_behindSince < m_hub.m_limits.slowReader)
        return;
    m_hub.m_counters.slowClosed.add();
    close(CloseCode::tryAgainLater, "too slow");
}

} // namespace tessera::relay
