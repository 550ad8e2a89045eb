#pragma once

#include <functional>
#include <optional>
#include <string>

#include <collab/protocol/message.h>
#include <collab/session/scheduler.h>
#include <collab/session/session.h>

#include "ack_tracker.h"

/// The document's side of a session: what goes out, what comes in, and what of ours is known to be durable. Holds no
/// queue of bytes: what cannot go out now is encoded from the document later. The Doc's thread.
namespace tessera::collab {

class DocumentSync
{
public:
    struct Ports {
        std::function<void(Bytes frame)> send;
        std::function<std::size_t()> bufferedBytes;
        std::function<void(const SyncState&)> syncStateChanged;
        std::function<void()> tooLarge; ///< a message would pass maxFrameBytes; called later, never from inside an edit
    };

    DocumentSync(crdt::Doc& doc, Scheduler& scheduler, SyncRecordStore* store, const SessionOptions& options, Ports ports);

    /// Which record tells what is synced. Keeps the counts when the key is the same as before.
    void setRoom(const std::string& recordKey);
    void opened();
    void closed();

    void receiveStep1(const crdt::StateVector& relayVector);
    Result<void, DecodeError> receiveStep2(ByteView update);
    Result<void, DecodeError> receiveUpdate(ByteView update);
    /// False when the relay acknowledges more than it was sent.
    [[nodiscard]] bool receiveAck(const DurableAck& ack);
    void setAckMode(AckMode mode);
    /// Losing the right keeps edits here; gaining it sends what waited. `isTold`: the relay said so on this connection.
    void setMayEdit(bool mayEdit, bool isTold);
    void requestResync();

    /// We have what the relay had, and it was sent what we had if we may send.
    [[nodiscard]] bool isExchanged() const { return m_hasRelayState && (m_hasSentState || !m_mayEdit); }
    /// Something of the document was sent over this connection.
    [[nodiscard]] bool hasSentDocument() const { return m_hasSentDocument; }
    /// What the last exchange merged; counts from the opening of the connection.
    [[nodiscard]] const MergeReport& mergeReport() const { return m_merge; }
    [[nodiscard]] SyncState state() const;
    void saveRecord();

private:
    void localUpdate(ByteView update);
    void sendDocument(const Message& message);
    void sendStateWhenReady();
    void sendState();
    void hold(ByteView update);
    void drain();
    Result<void, DecodeError> apply(ByteView update);
    void publishState();
    void saveSoon();

    crdt::Doc& m_doc;
    Scheduler& m_scheduler;
    SyncRecordStore* m_store;
    SessionOptions m_options;
    Ports m_ports;
    crdt::Doc::Subscription m_subscription;

    std::string m_recordKey;
    DocExtent m_covered;
    AckTracker m_tracker;
    AckMode m_ackMode = AckMode::unknown;
    SyncState m_published;
    bool m_mayEdit = true;
    bool m_isApplying = false; ///< what changes now follows from what the relay sent

    bool m_isOpen = false;
    bool m_isRoleTold = false;
    bool m_hasRelayState = false;   ///< the relay's step 2 came
    bool m_hasSentState = false;    ///< our step 2 went, and edits since go one by one
    bool m_hasSentDocument = false;
    std::optional<crdt::StateVector> m_relayVector; ///< of the relay's last step 1
    std::optional<crdt::StateVector> m_heldSince;   ///< the socket is full: everything after this waits
    std::optional<std::chrono::steady_clock::time_point> m_resyncAt;
    MergeReport m_merge;
    Scheduler::Timer m_drainTimer;
    Scheduler::Timer m_saveTimer;
    Scheduler::Timer m_tooLargeTimer;
};

} // namespace tessera::collab
