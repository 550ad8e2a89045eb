#pragma once

#include <map>
#include <vector>

#include <collab/protocol/awareness.h>
#include <core/crdt/doc.h>
#include <core/crdt/update.h>
#include <relay/rooms/room_hub.h>

/// One document being edited: the merged state, the presence in it and the sockets. The loop's thread.
namespace tessera::relay {

class Room
{
public:
    Room(RoomHub& hub, RoomId id);
    /// Reads the log. A row that does not apply is passed over and reported: the rest still opens.
    Result<void, SqliteError> load();

    [[nodiscard]] const RoomId& id() const { return m_id; }
    /// 0 while the room has no row.
    [[nodiscard]] std::uint32_t number() const { return m_number; }
    [[nodiscard]] const std::vector<Member*>& members() const { return m_members; }

    void enter(Member& member);
    void leave(Member& member);

    void answerStep1(Member& member, const crdt::StateVector& since);
    /// Validates, merges, appends, sends to the others; the acknowledgement follows the disk.
    Result<void, DecodeError> receiveUpdate(Member& from, ByteView update);
    /// Whether an update holds structs that the room lacks (deletes are not looked at).
    Result<bool, DecodeError> bringsNewStructs(ByteView update) const;
    Result<void, DecodeError> receiveAwareness(Member& from, ByteView update);
    void answerAwareness(Member& member);

    [[nodiscard]] Bytes encodeSince(const crdt::StateVector& since) const { return m_doc.encodeStateAsUpdate(since); }
    [[nodiscard]] Bytes encodeAwareness(std::span<const crdt::ClientId> clients) const { return m_awareness.encode(clients); }

    void onDurable(std::uint32_t sequence);
    void tick(std::chrono::steady_clock::time_point now);
    /// Empty for long enough and all on disk.
    [[nodiscard]] bool mayUnload(std::chrono::steady_clock::time_point now) const;
    /// Asks for a snapshot when the log since the last one is long, or has any length and `always`.
    enum class When { long_, always };
    void makeSnapshot(When when);

private:
    void broadcastUpdate(Member& from, const service::SharedMessage& message, ByteView update);
    void broadcastAwareness(const Member* except, std::span<const crdt::ClientId> clients);

    RoomHub& m_hub;
    RoomId m_id;
    std::uint32_t m_number = 0;
    std::uint32_t m_lastSequence = 0;    ///< given to the log
    std::uint32_t m_durableSequence = 0; ///< on disk
    std::uint32_t m_rowsSinceSnapshot = 0;
    std::size_t m_bytesSinceSnapshot = 0;
    std::size_t m_snapshotSize = 0;
    bool m_snapshotUnderWay = false;
    bool m_isPartlyUnread = false; ///< the log holds what did not apply; a snapshot would delete it

    crdt::Doc m_doc;
    crdt::Doc::Subscription m_subscription;
    bool m_changed = false; ///< set by the document when a transaction changed something
    collab::Awareness m_awareness;
    std::map<crdt::ClientId, Member*> m_awarenessOwner; ///< who brought a client last
    std::vector<Member*> m_members;
    std::chrono::steady_clock::time_point m_emptySince;
    std::chrono::steady_clock::time_point m_awarenessChecked;
};

} // namespace tessera::relay
