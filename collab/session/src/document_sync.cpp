#include "document_sync.h"

#include <algorithm>

#include <core/base/log.h>
#include <core/crdt/update.h>

namespace tessera::collab {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds drainInterval{50};
constexpr milliseconds saveInterval{2'000};
constexpr milliseconds resyncInterval{5'000};
constexpr std::size_t frameOverheadBytes = 32;

} // namespace

DocumentSync::DocumentSync(crdt::Doc& doc, Scheduler& scheduler, SyncRecordStore* store, const SessionOptions& options,
                           Ports ports)
    : m_doc(doc), m_scheduler(scheduler), m_store(store), m_options(options), m_ports(std::move(ports))
{
    m_subscription = m_doc.onUpdate([this](ByteView update, const crdt::Origin& origin, bool local) {
        if (local || origin != m_options.remoteOrigin)
            localUpdate(update);
    });
}

void DocumentSync::setRoom(const std::string& recordKey)
{
    if (recordKey == m_recordKey)
        return;
    saveRecord();
    m_recordKey = recordKey;
    SyncRecord record;
    if (const auto bytes = m_store ? m_store->load(recordKey) : std::nullopt) {
        if (auto decoded = decodeSyncRecord(*bytes))
            record = std::move(decoded).value();
        else
            log::warning("collab", "sync record is broken, all counts as unsynced", {{"key", recordKey}});
    }
    // A crash may have kept edits that the record has not counted: the document decides, the record says how many.
    const DocExtent extent = extentOf(m_doc);
    const bool isCovered = extent.isWithin(record.covered);
    m_tracker = AckTracker{isCovered ? 0 : std::max<std::uint64_t>(record.unsyncedCount, 1)};
    // A crash may also have lost the file's end. What is lost must not count as covered, or other edits that bring the
    // document to the same extent would; saving now makes that last.
    m_covered = record.covered.isWithin(extent) ? std::move(record.covered) : DocExtent{};
    saveRecord();
    m_ackMode = AckMode::unknown;
    m_mayEdit = true;
    publishState();
}

void DocumentSync::opened()
{
    m_isOpen = true;
    m_merge = {m_tracker.unsynced(), 0, 0};
    m_ports.send(encodeMessage(SyncStep1{m_doc.stateVector()}));
}

void DocumentSync::closed()
{
    m_isOpen = m_isRoleTold = m_hasRelayState = m_hasSentState = m_hasSentDocument = false;
    m_relayVector.reset();
    m_heldSince.reset();
    m_resyncAt.reset();
    m_drainTimer.reset();
    m_tooLargeTimer.reset();
    m_tracker.connectionEnded();
    publishState();
}

void DocumentSync::receiveStep1(const crdt::StateVector& relayVector)
{
    m_relayVector = relayVector;
    m_hasSentState = false;
    sendStateWhenReady();
}

Result<void, DecodeError> DocumentSync::receiveStep2(ByteView update)
{
    const crdt::StateVector before = m_doc.stateVector();
    TESSERA_CHECK(apply(update));
    if (!m_hasRelayState) {
        for (const auto& [client, clock] : m_doc.stateVector()) {
            const auto known = before.find(client);
            const crdt::Clock from = known == before.end() ? 0 : known->second;
            m_merge.remoteUnits += clock - from;
            m_merge.remoteClients += clock > from ? 1 : 0;
        }
        m_hasRelayState = true;
        sendStateWhenReady();
    }
    return {};
}

Result<void, DecodeError> DocumentSync::receiveUpdate(ByteView update) { return apply(update); }

Result<void, DecodeError> DocumentSync::apply(ByteView update)
{
    m_isApplying = true;
    const auto applied = m_doc.applyUpdate(update, m_options.remoteOrigin);
    m_isApplying = false;
    TESSERA_CHECK(applied);
    if (m_doc.hasPending() && m_hasRelayState)
        requestResync();
    saveSoon();
    return {};
}

bool DocumentSync::receiveAck(const DurableAck& ack)
{
    m_ackMode = AckMode::durable;
    if (!m_tracker.acknowledge(ack.messageCount))
        return false;
    saveSoon();
    publishState();
    return true;
}

void DocumentSync::setAckMode(AckMode mode)
{
    m_ackMode = mode;
    publishState();
}

void DocumentSync::setMayEdit(bool mayEdit, bool isTold)
{
    m_mayEdit = mayEdit;
    m_isRoleTold = isTold;
    if (!mayEdit) {
        m_hasSentState = false;
        m_heldSince.reset();
        m_drainTimer.reset();
    }
    sendStateWhenReady();
}

/// Asks again for what we lack; at most once per interval, so that a gap nobody can fill costs little.
void DocumentSync::requestResync()
{
    const auto now = m_scheduler.clock().now();
    if (!m_isOpen || (m_resyncAt && now - *m_resyncAt < resyncInterval))
        return;
    m_resyncAt = now;
    m_ports.send(encodeMessage(SyncStep1{m_doc.stateVector()}));
}

SyncState DocumentSync::state() const { return {m_tracker.unsynced(), m_tracker.unsent(), m_ackMode}; }

void DocumentSync::localUpdate(ByteView update)
{
    // Merging texts drops formatting that says nothing new. An editor passes that on; a reader made no edit by it.
    if (m_isApplying && !m_mayEdit)
        return;
    m_tracker.addLocalUpdate();
    if (m_isOpen && m_hasSentState) {
        if (m_heldSince || m_ports.bufferedBytes() > m_options.maxBufferedBytes)
            hold(update);
        else
            sendDocument(SyncUpdate{update});
    }
    saveSoon();
    publishState();
}

/// A reader's update would be refused and cost the connection, so ours waits for the role, or for the relay's answer,
/// before which a relay that knows roles would have told it.
void DocumentSync::sendStateWhenReady()
{
    if (m_isOpen && m_mayEdit && m_relayVector && !m_hasSentState && (m_isRoleTold || m_hasRelayState))
        sendState();
}

/// The relay's last state vector may be old; what it lacks of ours is in the answer all the same, some of it twice.
void DocumentSync::sendState()
{
    m_hasSentState = true;
    m_heldSince.reset();
    m_drainTimer.reset();
    const Bytes update = m_doc.encodeStateAsUpdate(*m_relayVector);
    sendDocument(SyncStep2{update});
    publishState();
}

void DocumentSync::sendDocument(const Message& message)
{
    const ByteView update = std::holds_alternative<SyncStep2>(message) ? std::get<SyncStep2>(message).update
                                                                       : std::get<SyncUpdate>(message).update;
    if (update.size() + frameOverheadBytes > maxFrameBytes) {
        m_hasSentState = false;
        m_tooLargeTimer = m_scheduler.after(milliseconds{0}, [this] { m_ports.tooLarge(); });
        return;
    }
    m_hasSentDocument = true;
    m_tracker.messageSent();
    m_ports.send(encodeMessage(message));
}

void DocumentSync::hold(ByteView update)
{
    if (m_heldSince)
        return;
    crdt::StateVector since = m_doc.stateVector();
    if (const auto summary = crdt::inspectUpdate(update)) {
        for (const auto& [client, clock] : summary->from)
            since[client] = std::min(since[client], clock);
    }
    m_heldSince = std::move(since);
    m_drainTimer = m_scheduler.after(drainInterval, [this] { drain(); });
}

void DocumentSync::drain()
{
    if (m_ports.bufferedBytes() > m_options.maxBufferedBytes / 2) {
        m_drainTimer = m_scheduler.after(drainInterval, [this] { drain(); });
        return;
    }
    const Bytes update = m_doc.encodeStateAsUpdate(*m_heldSince);
    m_heldSince.reset();
    m_drainTimer.reset();
    sendDocument(SyncUpdate{update});
    publishState();
}

void DocumentSync::publishState()
{
    const SyncState now = state();
    if (now == m_published)
        return;
    m_published = now;
    m_ports.syncStateChanged(now);
}

void DocumentSync::saveSoon()
{
    if (!m_store || m_recordKey.empty() || m_saveTimer)
        return;
    m_saveTimer = m_scheduler.after(saveInterval, [this] { saveRecord(); });
}

/// Late saving errs on the safe side: an old record covers less than the relay has.
void DocumentSync::saveRecord()
{
    m_saveTimer.reset();
    if (!m_store || m_recordKey.empty())
        return;
    if (m_tracker.unsynced() == 0)
        m_covered = extentOf(m_doc);
    m_store->save(m_recordKey, encodeSyncRecord({m_tracker.unsynced(), m_covered}));
}

} // namespace tessera::collab
