#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <collab/protocol/message.h>
#include <collab/protocol/presence.h>
#include <collab/protocol/role.h>
#include <collab/protocol/share_link.h>
#include <collab/session/scheduler.h>
#include <collab/session/sync_record.h>
#include <collab/session/transport.h>
#include <core/base/random.h>
#include <core/crdt/doc.h>

/// Keeps one document and one room the same: connects, syncs, reconnects, publishes presence, and knows what is on the
/// relay's disk. The document itself is the offline queue. One thread, the Doc's.
namespace tessera::collab {

/// Unless stated, a session in any state but `offline` and `denied` goes on by itself.
enum class ConnectionState : std::uint8_t {
    offline,    ///< not started, or stopped
    connecting,
    syncing,    ///< open; states are being exchanged
    live,       ///< has all that the relay had; edits travel at once
    waiting,    ///< lost the relay; tries again after a random delay (retryNow() ends it)
    denied,     ///< the relay refused; start() again with another link. Local edits are kept
};

enum class DeniedReason : std::uint8_t {
    none,
    badToken,        ///< unknown, expired or revoked
    noRight,         ///< the token is fine, but not for this
    noRoom,          ///< the relay has no such room or path
    tooLarge,        ///< document or message over the relay's bound
    protocolError,   ///< the relay did not understand us, or we it, several times in a row
};

enum class AckMode : std::uint8_t {
    unknown,
    durable, ///< the relay says what is on its disk
    none,    ///< a plain Yjs relay: "sent" is all one can know
};

/// Shown next to "saved". True at any moment, also after a crash: never "synced" before the relay's disk has it.
struct SyncState {
    std::uint64_t unsyncedCount{}; ///< local updates not yet acknowledged as durable
    std::uint64_t unsentCount{};   ///< the part of them not given to the socket
    AckMode acks = AckMode::unknown;
    [[nodiscard]] bool syncedAll() const { return unsyncedCount == 0; }
    [[nodiscard]] bool sentAll() const { return unsentCount == 0; }
    friend bool operator==(const SyncState&, const SyncState&) = default;
};

/// Another client in the room.
struct Peer {
    crdt::ClientId client{};
    Presence presence;
    friend bool operator==(const Peer&, const Peer&) = default;
};

/// "Merged 42 changes with 17 from 2 people", after a time offline.
struct MergeReport {
    std::uint64_t localUpdates{};   ///< ours that the relay lacked
    std::uint64_t remoteUnits{};    ///< elements and characters that came
    std::uint64_t remoteClients{};  ///< writers they came from
};

/// All optional; called on the Doc's thread. A callback may call the session, but must not destroy it.
struct SessionCallbacks {
    std::function<void(ConnectionState)> connectionChanged;
    std::function<void(Role)> roleChanged;
    std::function<void(const SyncState&)> syncStateChanged;
    std::function<void()> peersChanged;
    std::function<void(const MergeReport&)> merged;
    std::function<void(const RoomNotice&)> notice;
    std::function<void(const BlobOffer&)> blobOffered;
    std::function<void(const std::string& json)> jobEvent;
};

struct SessionOptions {
    crdt::Origin remoteOrigin = "remote";                ///< of transactions that apply what the relay sent
    std::chrono::milliseconds backoffBase{500};          ///< full jitter: delay uniform in 0 .. base * 2^attempt
    std::chrono::milliseconds backoffCap{30'000};
    std::chrono::milliseconds openTimeout{15'000};       ///< connect and upgrade
    std::chrono::milliseconds quietBeforePing{15'000};   ///< nothing heard for so long: ping
    std::chrono::milliseconds pongTimeout{10'000};       ///< no answer for so long: the connection is dead
    std::chrono::milliseconds presenceInterval{40};      ///< at most one presence message per interval
    std::size_t maxBufferedBytes = std::size_t{4} << 20; ///< over it edits wait in the document, presence is dropped
};

class Session final : private TransportListener
{
public:
    /// All references must outlive the session. `store` may be null: then "synced" starts anew with each session.
    Session(crdt::Doc& doc, Transport& transport, Scheduler& scheduler, Random& random, SyncRecordStore* store,
            SessionCallbacks callbacks, SessionOptions options = {});
    /// As stop(), without callbacks.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Joins the link's room; leaves an earlier one first.
    void start(const ShareLink& link);
    /// Tells peers that we leave and closes. Local edits are kept and counted on.
    void stop();
    /// Ends a wait, e.g. when the network came back. Nothing in other states.
    void retryNow();

    [[nodiscard]] ConnectionState connection() const;
    [[nodiscard]] DeniedReason deniedReason() const;
    /// The last reason a connection ended, in the transport's or relay's words; empty while all is well.
    [[nodiscard]] const std::string& lastError() const;
    [[nodiscard]] const ShareLink& link() const;
    /// Nothing before the relay told it (plain relays never do: everyone edits).
    [[nodiscard]] std::optional<Role> role() const;
    /// False as soon as the relay named a reading role. Edits made all the same are kept locally and never sent.
    [[nodiscard]] bool mayEdit() const;
    [[nodiscard]] SyncState syncState() const;
    /// Time until the next attempt while waiting.
    [[nodiscard]] std::chrono::milliseconds retryIn() const;

    /// Our own presence; nothing: invisible. Coalesced. Kept over reconnects.
    void setPresence(std::optional<Presence> presence);
    /// By client id, without ourselves.
    [[nodiscard]] const std::vector<Peer>& peers() const;

private:
    void transportOpened() override;
    void transportMessage(ByteView frame) override;
    void transportPong() override;
    void transportClosed(const TransportClosed& closed) override;

    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::collab
