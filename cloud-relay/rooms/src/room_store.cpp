#include <relay/rooms/room_store.h>

#include "schema.h"

namespace tessera::relay {

using service::Database;

Result<std::unique_ptr<RoomStore>, SqliteError> RoomStore::open(const std::filesystem::path& file, LogWriter& writer)
{
    TESSERA_TRY(reader, Database::open(file, Database::Mode::readOnly));
    TESSERA_CHECK(reader.execute("PRAGMA cache_size=-1024"));
    std::unique_ptr<RoomStore> store(new RoomStore(std::move(reader), writer));
    TESSERA_CHECK(store->readStart());
    return store;
}

Result<void, SqliteError> RoomStore::readStart()
{
    TESSERA_TRY(last, m_reader.prepare("SELECT coalesce(max(number),0) FROM rooms"));
    TESSERA_CHECK(last.step());
    m_nextRoom = static_cast<std::uint32_t>(last.integer(0)) + 1;
    TESSERA_TRY(revoked, m_reader.prepare("SELECT id FROM shares WHERE revoked=1"));
    for (;;) {
        TESSERA_TRY(more, revoked.step());
        if (!more)
            return {};
        m_revoked.insert(ShareId{revoked.text(0)});
    }
}

Result<std::optional<RoomRecord>, SqliteError> RoomStore::find(const RoomId& id)
{
    if (const auto creating = m_creating->find(id); creating != m_creating->end())
        return std::optional(creating->second);
    TESSERA_TRY(statement, m_reader.prepare("SELECT number,name FROM rooms WHERE id=?"));
    TESSERA_TRY(found, statement.bind(1, id.text()).step());
    if (!found)
        return std::optional<RoomRecord>();
    return std::optional(RoomRecord{static_cast<std::uint32_t>(statement.integer(0)), id, statement.text(1)});
}

Result<RoomLog, SqliteError> RoomStore::load(std::uint32_t room)
{
    // One read transaction, so that a snapshot and the rows it replaced are never both seen, nor neither.
    TESSERA_CHECK(m_reader.execute("BEGIN"));
    struct End {
        Database& database;
        ~End() { static_cast<void>(database.execute("COMMIT")); }
    } const end{m_reader};

    RoomLog log;
    TESSERA_TRY(snapshot, m_reader.prepare("SELECT upto,data FROM snapshots WHERE room=?"));
    TESSERA_TRY(hasSnapshot, snapshot.bind(1, std::int64_t{room}).step());
    if (hasSnapshot) {
        log.snapshotUpTo = static_cast<std::uint32_t>(snapshot.integer(0));
        const ByteView data = snapshot.blob(1);
        log.snapshot.assign(data.begin(), data.end());
    }
    log.lastSequence = log.snapshotUpTo;
    TESSERA_TRY(rows, m_reader.prepare("SELECT key,data FROM updates WHERE key>? AND key<? ORDER BY key"));
    rows.bind(1, updateKey(room, log.snapshotUpTo)).bind(2, updateKey(room + 1, 0));
    for (;;) {
        TESSERA_TRY(more, rows.step());
        if (!more)
            return log;
        log.lastSequence = static_cast<std::uint32_t>(rows.integer(0) & 0xffffffff);
        const ByteView data = rows.blob(1);
        log.updates.emplace_back(data.begin(), data.end());
    }
}

Result<std::vector<ShareRecord>, SqliteError> RoomStore::shares(std::uint32_t room)
{
    std::vector<ShareRecord> all;
    TESSERA_TRY(rows, m_reader.prepare("SELECT id,role,expires,revoked FROM shares WHERE room=? ORDER BY created_ms,id"));
    rows.bind(1, std::int64_t{room});
    for (;;) {
        TESSERA_TRY(more, rows.step());
        if (!more)
            return all;
        const auto role = collab::parseRole(rows.text(1));
        all.push_back({ShareId{rows.text(0)}, role.value_or(collab::Role::viewer), rows.integer(2), rows.integer(3) != 0});
    }
}

RoomRecord RoomStore::create(const RoomId& id, const std::string& name, std::int64_t nowMs, Done done)
{
    const RoomRecord record{m_nextRoom++, id, name};
    m_creating->emplace(id, record);
    m_writer.run(
        [record, nowMs](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(insert, database.prepare("INSERT INTO rooms(number,id,name,created_ms) VALUES(?,?,?,?)"));
            insert.bind(1, std::int64_t{record.number}).bind(2, record.id.text()).bind(3, record.name).bind(4, nowMs);
            return insert.run();
        },
        [creating = m_creating, id, done = std::move(done)](Result<void, SqliteError> result) {
            creating->erase(id);
            if (done)
                done(std::move(result));
        });
    return record;
}

void RoomStore::addShare(std::uint32_t room, const ShareRecord& share, std::int64_t nowMs, Done done)
{
    m_writer.run(
        [room, share, nowMs](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(insert, database.prepare("INSERT INTO shares(room,id,role,expires,created_ms) VALUES(?,?,?,?,?)"));
            insert.bind(1, std::int64_t{room}).bind(2, share.id.text()).bind(3, collab::roleName(share.role));
            return insert.bind(4, share.expiresAt).bind(5, nowMs).run();
        },
        std::move(done));
}

void RoomStore::revokeShare(std::uint32_t room, const ShareId& share, Done done)
{
    m_revoked.insert(share);
    m_writer.run(
        [room, share](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(update, database.prepare("UPDATE shares SET revoked=1 WHERE room=? AND id=?"));
            return update.bind(1, std::int64_t{room}).bind(2, share.text()).run();
        },
        std::move(done));
}

void RoomStore::replaceBySnapshot(std::uint32_t room, std::uint32_t upTo, Bytes snapshot, Done done)
{
    m_writer.run(
        [room, upTo, snapshot = std::move(snapshot)](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(insert, database.prepare("INSERT OR REPLACE INTO snapshots(room,upto,data) VALUES(?,?,?)"));
            TESSERA_CHECK(insert.bind(1, std::int64_t{room}).bind(2, std::int64_t{upTo}).bind(3, ByteView(snapshot)).run());
            TESSERA_TRY(remove, database.prepare("DELETE FROM updates WHERE key>=? AND key<=?"));
            return remove.bind(1, updateKey(room, 0)).bind(2, updateKey(room, upTo)).run();
        },
        std::move(done));
}

} // namespace tessera::relay
