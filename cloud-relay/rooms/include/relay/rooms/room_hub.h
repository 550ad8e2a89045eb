#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <collab/protocol/message.h>
#include <core/base/clock.h>
#include <core/service/event_loop.h>
#include <core/service/metrics.h>
#include <core/service/web_socket.h>
#include <relay/rooms/room_store.h>

/// The rooms being edited now and the sockets in them. Everything here runs on the loop's thread: one thread holds all
/// rooms, so nothing in a room is locked; only the log writer and the blob worker are other threads.
namespace tessera::relay {

class Room;
class Member;

/// Bounds of queues and times. Bytes are those of WebSocket messages.
struct RoomLimits {
    std::size_t awarenessQueueBytes = 256 * 1024;      ///< a reader further behind gets only the last state of each peer
    std::size_t readerQueueBytes = 4 * 1024 * 1024;    ///< further behind: no updates, one resync when it has caught up
    std::size_t logQueueBytes = 64 * 1024 * 1024;      ///< not yet on disk; beyond, no room takes messages in
    std::chrono::milliseconds slowReader{30'000};      ///< behind for longer: closed with 1013
    std::chrono::milliseconds idleRoom{30'000};        ///< an empty room leaves memory after this
    std::uint32_t snapshotRows = 2000;                 ///< log rows that make a snapshot worth while
    std::size_t snapshotBytes = 1024 * 1024;           ///< the same in bytes, or half the last snapshot if that is more
    std::size_t awarenessClientsPerSocket = 64;
};

/// Who comes in, as checked by the gateway.
struct Admission {
    RoomId room;
    collab::Role role = collab::Role::viewer;
    ShareId share;            ///< empty with open access
    bool extensions = false;  ///< asked for messages 100 and above
    std::int64_t expiresAt = 0; ///< Unix seconds; the socket closes with 4401 then; 0: never
};

class RoomHub final : public LogWriter::Listener
{
public:
    /// All references must outlive this.
    RoomHub(service::EventLoop& loop, RoomStore& store, const Clock& clock, service::Metrics& metrics,
            const RoomLimits& limits = {});
    ~RoomHub() override;

    /// The listener of an admitted socket; it joins its room when the socket opens.
    [[nodiscard]] std::unique_ptr<service::WebSocketListener> admit(Admission admission);
    /// The listener of a refused socket: says why by message 2, then closes.
    [[nodiscard]] static std::unique_ptr<service::WebSocketListener> refuse(collab::CloseCode code, std::string reason);

    /// The room's row; made when missing.
    Result<RoomRecord, SqliteError> ensureRecord(const RoomId& id);
    [[nodiscard]] std::size_t peerCount(const RoomId& id) const;
    /// Closes the sockets of a share with 4401.
    void closeShare(const RoomId& id, const ShareId& share);
    /// To every socket of the room that asked for extensions.
    void announce(const RoomId& id, const collab::Message& message);
    /// False while the disk takes no writes.
    [[nodiscard]] bool isDiskWritable() const { return m_diskWritable; }
    /// Takes nothing in any more, tells everybody (notice 1), brings what was accepted to the disk, acknowledges it,
    /// closes with 1001 and calls `done`.
    void drain(std::function<void()> done);

    void onDurable(std::span<const DurableMark> marks) override;
    void onDiskState(bool writable, const std::string& detail) override;

private:
    friend class Room;
    friend class Member;

    struct Counters {
        service::Counter& updates;
        service::Counter& deliveries;
        service::Counter& refusedWrites;
        service::Counter& badFrames;
        service::Counter& resyncs;
        service::Counter& slowClosed;
        service::Counter& snapshots;
    };

    /// Null when the room cannot be loaded.
    Room* enter(Member& member);
    void leave(Member& member);
    [[nodiscard]] bool isCongested() const;
    void tick();

    service::EventLoop& m_loop;
    RoomStore& m_store;
    const Clock& m_clock;
    RoomLimits m_limits;
    Counters m_counters;
    std::map<RoomId, std::unique_ptr<Room>> m_rooms;
    std::map<std::uint32_t, Room*> m_roomsByNumber; ///< rooms with a row
    std::set<Member*> m_throttled;                  ///< wait until the log has caught up
    std::size_t m_memberCount = 0;
    bool m_diskWritable = true;
    bool m_draining = false;
    service::Timer m_timer;
};

} // namespace tessera::relay
