#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <core/base/clock.h>
#include <core/base/ids.h>
#include <relay/rooms/log_writer.h>
#include <relay/rooms/token.h>

/// Rooms, shares and update logs as they stand in DIR/relay.sqlite. Reads happen here, on the loop's thread, through
/// a connection of their own; writes go through the LogWriter and call back after their commit.
namespace tessera::relay {

using service::SqliteError;

struct RoomRecord {
    std::uint32_t number{}; ///< names the room in the log
    RoomId id;
    std::string name;
};

struct ShareRecord {
    ShareId id;
    collab::Role role{};
    std::int64_t expiresAt{}; ///< Unix seconds; 0: never
    bool revoked = false;
};

/// What the log holds of a room.
struct RoomLog {
    Bytes snapshot;                 ///< empty: none
    std::uint32_t snapshotUpTo = 0; ///< the last sequence in it
    std::vector<Bytes> updates;     ///< after the snapshot, in order
    std::uint32_t lastSequence = 0;
};

class RoomStore
{
public:
    using Done = LogWriter::Done;

    /// After LogWriter::start on the same file. `writer` must outlive this.
    static Result<std::unique_ptr<RoomStore>, SqliteError> open(const std::filesystem::path& file, LogWriter& writer);

    Result<std::optional<RoomRecord>, SqliteError> find(const RoomId& id);
    Result<RoomLog, SqliteError> load(std::uint32_t room);
    Result<std::vector<ShareRecord>, SqliteError> shares(std::uint32_t room);

    /// Makes the room's row; the number is valid at once for append(), which comes after it in the same log.
    RoomRecord create(const RoomId& id, const std::string& name, std::int64_t nowMs, Done done);
    void addShare(std::uint32_t room, const ShareRecord& share, std::int64_t nowMs, Done done);
    /// Refuses the share from now on; `done` when that survives a restart.
    void revokeShare(std::uint32_t room, const ShareId& share, Done done);
    [[nodiscard]] bool isRevoked(const ShareId& share) const { return m_revoked.contains(share); }
    /// Replaces the log up to `upTo` by one snapshot, in one transaction.
    void replaceBySnapshot(std::uint32_t room, std::uint32_t upTo, Bytes snapshot, Done done);

    [[nodiscard]] LogWriter& writer() { return m_writer; }
    /// For the other stores of the same file: reads only.
    [[nodiscard]] service::Database& reader() { return m_reader; }

private:
    RoomStore(service::Database reader, LogWriter& writer) : m_reader(std::move(reader)), m_writer(writer) {}
    Result<void, SqliteError> readStart();

    service::Database m_reader;
    LogWriter& m_writer;
    /// Rooms whose rows are on their way to the disk, where the reader does not see them yet.
    std::shared_ptr<std::map<RoomId, RoomRecord>> m_creating = std::make_shared<std::map<RoomId, RoomRecord>>();
    std::uint32_t m_nextRoom = 1;
    std::set<ShareId> m_revoked;
};

} // namespace tessera::relay
