#include <relay/rooms/room_hub.h>

#include <core/base/log.h>

#include "member.h"
#include "room.h"

#include <malloc.h>

namespace tessera::relay {

using collab::CloseCode;

namespace {

/// The allocator keeps what a large document leaves behind; after a room has gone it is given back to the system.
void returnFreeMemory()
{
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

/// A socket that is told no and closed.
class Refused final : public service::WebSocketListener
{
public:
    Refused(CloseCode code, std::string reason) : m_code(code), m_reason(std::move(reason)) {}
    void onOpen(service::WebSocket& socket) override
    {
        socket.send(std::make_shared<const Bytes>(collab::encodeMessage(collab::AuthDenied{m_reason})));
        socket.close(static_cast<std::uint16_t>(m_code), m_reason);
    }
    void onBinary(ByteView) override {}
    void onText() override {}
    void onSent() override {}
    void onClose() override {}

private:
    CloseCode m_code;
    std::string m_reason;
};

} // namespace

RoomHub::RoomHub(service::EventLoop& loop, RoomStore& store, const Clock& clock, service::Metrics& metrics,
                 const RoomLimits& limits)
    : m_loop(loop), m_store(store), m_clock(clock), m_limits(limits),
      m_counters{metrics.counter("tessera_relay_updates_total", "Document updates received."),
                 metrics.counter("tessera_relay_deliveries_total", "Document updates sent to peers."),
                 metrics.counter("tessera_relay_refused_writes_total", "Updates of clients without the right to edit."),
                 metrics.counter("tessera_relay_bad_frames_total", "Frames that did not decode."),
                 metrics.counter("tessera_relay_resyncs_total", "Slow readers brought up to date by one update."),
                 metrics.counter("tessera_relay_slow_closed_total", "Readers closed because they did not catch up."),
                 metrics.counter("tessera_relay_snapshots_total", "Update logs replaced by a snapshot.")},
      m_timer(loop)
{
    metrics.gauge("tessera_relay_rooms", "Rooms in memory.", [this] { return static_cast<double>(m_rooms.size()); });
    metrics.gauge("tessera_relay_members", "Sockets in rooms.", [this] { return static_cast<double>(m_memberCount); });
    metrics.gauge("tessera_relay_log_pending_bytes", "Updates accepted and not yet on disk.",
                  [this] { return static_cast<double>(m_store.writer().pendingBytes()); });
    metrics.gauge("tessera_relay_disk_writable", "1 while the log takes writes.", [this] { return m_diskWritable ? 1.0 : 0.0; });
    m_store.writer().setListener(this);
    m_timer.every(std::chrono::seconds{1}, [this] { tick(); });
}

RoomHub::~RoomHub() { m_store.writer().setListener(nullptr); }

std::unique_ptr<service::WebSocketListener> RoomHub::admit(Admission admission)
{
    return std::make_unique<Member>(*this, std::move(admission));
}

std::unique_ptr<service::WebSocketListener> RoomHub::refuse(CloseCode code, std::string reason)
{
    return std::make_unique<Refused>(code, std::move(reason));
}

Room* RoomHub::enter(Member& member)
{
    if (m_draining) {
        member.close(CloseCode::goingAway, "the relay is restarting");
        return nullptr;
    }
    const RoomId& id = member.admission().room;
    auto found = m_rooms.find(id);
    if (found == m_rooms.end()) {
        auto room = std::make_unique<Room>(*this, id);
        if (const auto loaded = room->load(); !loaded) {
            log::error("relay", "a room cannot be loaded", {{"room", id.text()}, {"detail", loaded.error().detail}});
            return nullptr;
        }
        if (room->number() != 0)
            m_roomsByNumber[room->number()] = room.get();
        found = m_rooms.emplace(id, std::move(room)).first;
    }
    ++m_memberCount;
    found->second->enter(member);
    return found->second.get();
}

void RoomHub::leave(Member& member)
{
    m_throttled.erase(&member);
    --m_memberCount;
    m_rooms.at(member.admission().room)->leave(member); // a room with members is never unloaded
}

Result<RoomRecord, SqliteError> RoomHub::ensureRecord(const RoomId& id)
{
    TESSERA_TRY(found, m_store.find(id));
    if (found)
        return *found;
    return m_store.create(id, {}, m_clock.wallMs(), [id](const Result<void, SqliteError>& result) {
        if (!result)
            log::error("relay", "a room cannot be made", {{"room", id.text()}, {"detail", result.error().detail}});
    });
}

std::size_t RoomHub::peerCount(const RoomId& id) const
{
    const auto found = m_rooms.find(id);
    return found == m_rooms.end() ? 0 : found->second->members().size();
}

void RoomHub::closeShare(const RoomId& id, const ShareId& share)
{
    const auto found = m_rooms.find(id);
    if (found == m_rooms.end())
        return;
    for (Member* member : found->second->members())
        if (member->admission().share == share)
            member->refuse(CloseCode::badToken, "the link was revoked");
}

void RoomHub::announce(const RoomId& id, const collab::Message& message)
{
    const auto found = m_rooms.find(id);
    if (found == m_rooms.end())
        return;
    const auto shared = std::make_shared<const Bytes>(collab::encodeMessage(message));
    for (Member* member : found->second->members())
        if (member->wantsExtensions())
            member->send(shared);
}

bool RoomHub::isCongested() const { return m_store.writer().pendingBytes() > m_limits.logQueueBytes; }

void RoomHub::onDurable(std::span<const DurableMark> marks)
{
    for (const DurableMark& mark : marks)
        if (const auto room = m_roomsByNumber.find(mark.room); room != m_roomsByNumber.end())
            room->second->onDurable(mark.sequence);
    if (!m_throttled.empty() && !m_draining && m_store.writer().pendingBytes() < m_limits.logQueueBytes / 2) {
        for (Member* member : std::exchange(m_throttled, {}))
            member->setReading(true);
    }
}

void RoomHub::onDiskState(bool writable, const std::string& detail)
{
    m_diskWritable = writable;
    log::warning("relay", writable ? "the log takes writes again" : "the log takes no writes", {{"detail", detail}});
}

void RoomHub::tick()
{
    const auto now = m_clock.now();
    const std::size_t before = m_rooms.size();
    for (auto it = m_rooms.begin(); it != m_rooms.end();) {
        Room& room = *it->second;
        room.tick(now);
        if (!room.mayUnload(now)) {
            ++it;
            continue;
        }
        room.makeSnapshot(Room::When::always);
        m_roomsByNumber.erase(room.number());
        it = m_rooms.erase(it);
    }
    if (m_rooms.size() < before)
        returnFreeMemory();
}

void RoomHub::drain(std::function<void()> done)
{
    m_draining = true;
    for (const auto& [id, room] : m_rooms) {
        announce(id, collab::RoomNotice{collab::NoticeCode::relayRestarting, "the relay is restarting"});
        for (Member* member : room->members())
            member->setReading(false);
    }
    // Behind everything accepted so far: when this is written, all of that is on disk and acknowledged.
    const auto nothing = [](service::Database&) -> Result<void, SqliteError> { return {}; };
    m_store.writer().run(nothing, [this, done = std::move(done)](const Result<void, SqliteError>&) {
        for (const auto& [id, room] : m_rooms)
            for (Member* member : room->members())
                member->close(CloseCode::goingAway, "the relay is restarting");
        done();
    });
}

} // namespace tessera::relay
