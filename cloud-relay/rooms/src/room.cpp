#include "room.h"

#include <algorithm>

#include <core/base/log.h>

#include "member.h"

namespace tessera::relay {

using service::SharedMessage;

namespace {

SharedMessage shared(const collab::Message& message)
{
    return std::make_shared<const Bytes>(collab::encodeMessage(message));
}

/// What a reader had before an update that it was left out of: the state now, less what the update brought.
crdt::StateVector stateBefore(crdt::StateVector now, ByteView update)
{
    if (const auto summary = crdt::inspectUpdate(update)) {
        for (const auto& [client, first] : summary->from) {
            const auto known = now.find(client);
            if (known == now.end())
                continue;
            known->second = std::min(known->second, first);
            if (known->second == 0)
                now.erase(known);
        }
    }
    return now;
}

} // namespace

Room::Room(RoomHub& hub, RoomId id)
    : m_hub(hub), m_id(std::move(id)), m_awareness(hub.m_clock), m_emptySince(hub.m_clock.now()),
      m_awarenessChecked(m_emptySince)
{
    m_subscription = m_doc.onUpdate([this](ByteView, const crdt::Origin&, bool) { m_changed = true; });
}

Result<void, SqliteError> Room::load()
{
    TESSERA_TRY(record, m_hub.m_store.find(m_id));
    if (!record)
        return {};
    TESSERA_TRY(log, m_hub.m_store.load(record->number));
    m_number = record->number;
    m_lastSequence = m_durableSequence = log.lastSequence;
    m_snapshotSize = log.snapshot.size();
    const auto apply = [this](ByteView update, std::string_view what) {
        const auto applied = m_doc.applyUpdate(update);
        if (applied)
            return;
        m_isPartlyUnread = true;
        log::error("relay", "part of a room's log does not read and was passed over",
                   {{"room", m_id.text()}, {"part", what}, {"detail", describe(applied.error())}});
    };
    if (!log.snapshot.empty())
        apply(log.snapshot, "snapshot");
    for (const Bytes& update : log.updates) {
        apply(update, "update");
        ++m_rowsSinceSnapshot;
        m_bytesSinceSnapshot += update.size();
    }
    return {};
}

void Room::enter(Member& member)
{
    m_members.push_back(&member);
    member.send(collab::SyncStep1{m_doc.stateVector()});
    if (member.wantsExtensions())
        member.send(collab::Permission{member.admission().role});
    if (!m_awareness.states().empty())
        answerAwareness(member);
}

void Room::leave(Member& member)
{
    std::erase(m_members, &member);
    std::vector<crdt::ClientId> gone;
    for (const auto& [client, owner] : m_awarenessOwner)
        if (owner == &member)
            gone.push_back(client);
    for (const crdt::ClientId client : gone)
        m_awarenessOwner.erase(client);
    if (const auto change = m_awareness.remove(gone); change.shouldForward())
        broadcastAwareness(nullptr, change.touched());
    if (m_members.empty())
        m_emptySince = m_hub.m_clock.now();
}

void Room::answerStep1(Member& member, const crdt::StateVector& since)
{
    const Bytes update = m_doc.encodeStateAsUpdate(since);
    member.send(collab::SyncStep2{update});
}

Result<bool, DecodeError> Room::bringsNewStructs(ByteView update) const
{
    TESSERA_TRY(summary, crdt::inspectUpdate(update));
    const crdt::StateVector known = m_doc.stateVector();
    return std::any_of(summary.to.begin(), summary.to.end(), [&](const auto& entry) {
        const auto found = known.find(entry.first);
        return found == known.end() || found->second < entry.second;
    });
}

Result<void, DecodeError> Room::receiveUpdate(Member& from, ByteView update)
{
    const bool isEmpty = crdt::isEmptyUpdate(update);
    if (!isEmpty && m_number == 0) {
        // Before it is merged: what the document has and the log lacks would be acknowledged when it is sent again.
        TESSERA_CHECK(crdt::inspectUpdate(update));
        if (const auto record = m_hub.ensureRecord(m_id)) {
            m_number = record->number;
            m_hub.m_roomsByNumber[m_number] = this;
        } else {
            from.close(collab::CloseCode::tryAgainLater, "the room cannot be stored");
            return {};
        }
    }
    m_changed = false;
    if (!isEmpty)
        TESSERA_CHECK(m_doc.applyUpdate(update));
    m_hub.m_counters.updates.add();
    crdt::StateVector clocks;
    if (from.wantsExtensions()) {
        if (auto summary = crdt::inspectUpdate(update))
            clocks = std::move(summary->to);
    }
    // Nothing new: it is on disk as soon as everything before it is. Waiting structs count as new, because only the
    // log and the peers will still have them when their cause arrives.
    if (!m_changed && (isEmpty || !m_doc.hasPending())) {
        from.awaitDurable(m_lastSequence, std::move(clocks), nullptr);
        from.onDurable(m_durableSequence);
        return {};
    }

    const SharedMessage message = shared(collab::SyncUpdate{update});
    const ByteView inMessage = ByteView(*message).last(update.size());
    ++m_lastSequence;
    ++m_rowsSinceSnapshot;
    m_bytesSinceSnapshot += update.size();
    from.awaitDurable(m_lastSequence, std::move(clocks), message);
    m_hub.m_store.writer().append({m_number, m_lastSequence, m_hub.m_clock.wallMs(), message, inMessage});
    broadcastUpdate(from, message, inMessage);
    return {};
}

void Room::broadcastUpdate(Member& from, const SharedMessage& message, ByteView update)
{
    std::optional<crdt::StateVector> before; // seldom needed
    for (Member* member : m_members) {
        if (member == &from || member->offerUpdate(message) || member->isBehind())
            continue;
        if (!before)
            before = stateBefore(m_doc.stateVector(), update);
        member->startResync(*before);
    }
    m_hub.m_counters.deliveries.add(m_members.size() - 1);
}

Result<void, DecodeError> Room::receiveAwareness(Member& from, ByteView update)
{
    TESSERA_TRY(change, m_awareness.applyUpdate(update));
    for (const auto* clients : {&change.added, &change.updated})
        for (const crdt::ClientId client : *clients)
            m_awarenessOwner[client] = &from;
    for (const crdt::ClientId client : change.removed)
        m_awarenessOwner.erase(client);
    if (change.shouldForward())
        broadcastAwareness(&from, change.touched());
    const auto owned = std::count_if(m_awarenessOwner.begin(), m_awarenessOwner.end(),
                                     [&](const auto& entry) { return entry.second == &from; });
    if (static_cast<std::size_t>(owned) > m_hub.m_limits.awarenessClientsPerSocket)
        return fail(DecodeError{DecodeErrc::tooLarge, 0});
    return {};
}

void Room::answerAwareness(Member& member)
{
    const Bytes update = m_awareness.encodeAll();
    member.send(collab::AwarenessMessage{update});
}

void Room::broadcastAwareness(const Member* except, std::span<const crdt::ClientId> clients)
{
    const Bytes update = m_awareness.encode(clients);
    const SharedMessage message = shared(collab::AwarenessMessage{update});
    for (Member* member : m_members)
        if (member != except)
            member->offerAwareness(message, clients);
}

void Room::onDurable(std::uint32_t sequence)
{
    m_durableSequence = std::max(m_durableSequence, sequence);
    for (Member* member : m_members)
        member->onDurable(m_durableSequence);
    makeSnapshot(When::long_);
}

void Room::tick(std::chrono::steady_clock::time_point now)
{
    for (Member* member : m_members)
        member->tick(now);
    if (m_members.empty() || now - m_awarenessChecked < collab::awarenessCheckInterval)
        return;
    m_awarenessChecked = now;
    if (const auto change = m_awareness.tick(); change.shouldForward()) {
        for (const crdt::ClientId client : change.removed)
            m_awarenessOwner.erase(client);
        broadcastAwareness(nullptr, change.touched());
    }
}

bool Room::mayUnload(std::chrono::steady_clock::time_point now) const
{
    return m_members.empty() && m_lastSequence == m_durableSequence && !m_snapshotUnderWay &&
           now - m_emptySince >= m_hub.m_limits.idleRoom;
}

void Room::makeSnapshot(When when)
{
    const RoomLimits& limits = m_hub.m_limits;
    const bool isLong = m_rowsSinceSnapshot >= limits.snapshotRows ||
                        m_bytesSinceSnapshot >= std::max(limits.snapshotBytes, m_snapshotSize / 2);
    if (m_snapshotUnderWay || m_isPartlyUnread || m_rowsSinceSnapshot == 0 || (when == When::long_ && !isLong))
        return;
    Bytes snapshot = m_doc.encodeStateAsUpdate();
    m_snapshotSize = snapshot.size();
    m_rowsSinceSnapshot = 0;
    m_bytesSinceSnapshot = 0;
    m_snapshotUnderWay = true;
    m_hub.m_counters.snapshots.add();
    // The hub may have unloaded the room when the answer comes, so it is found again by its id.
    m_hub.m_store.replaceBySnapshot(m_number, m_lastSequence, std::move(snapshot),
                                    [hub = &m_hub, id = m_id](const Result<void, SqliteError>& result) {
                                        if (!result)
                                            log::warning("relay", "no snapshot was made",
                                                         {{"room", id.text()}, {"detail", result.error().detail}});
                                        if (const auto room = hub->m_rooms.find(id); room != hub->m_rooms.end())
                                            room->second->m_snapshotUnderWay = false;
                                    });
}

} // namespace tessera::relay
