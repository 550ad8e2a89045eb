#include "schema.h"

#include <algorithm>
#include <map>
#include <set>

#include "file_ops.h"

namespace tessera::storage {
namespace {

struct Table {
    std::string_view name;
    std::string_view sql; ///< as sqlite_schema keeps it
};

constexpr Table tables[] = {
    {"updates", "CREATE TABLE updates(seq INTEGER PRIMARY KEY, client INTEGER NOT NULL, clock INTEGER NOT NULL, "
                "ts INTEGER NOT NULL, sum BLOB NOT NULL, data BLOB NOT NULL)"},
    {"snapshot", "CREATE TABLE snapshot(upto INTEGER PRIMARY KEY, ts INTEGER NOT NULL, sv BLOB NOT NULL, "
                 "sum BLOB NOT NULL, state BLOB NOT NULL)"},
    {"blobs", "CREATE TABLE blobs(hash TEXT PRIMARY KEY, mime TEXT NOT NULL, data BLOB NOT NULL)"},
    {"local", "CREATE TABLE local(key TEXT PRIMARY KEY, value BLOB NOT NULL, sum BLOB NOT NULL)"},
};

/// Up to this size the whole file is walked when it opens (some 50 ms); above, everything but the blobs' bytes.
constexpr std::uint64_t fullCheckBytes = 64u << 20;

/// Step n brings a file of version n to version n + 1. Steps are never changed, only added.
using Step = Result<void, StorageError> (*)(Database&);
constexpr Step steps[] = {
    [](Database& database) -> Result<void, StorageError> {
        for (const Table& table : tables)
            TESSERA_CHECK(database.execute(std::string(table.sql).c_str()));
        return {};
    },
};
static_assert(std::size(steps) == fileVersion);

} // namespace

Result<void, StorageError> migrate(Database& database)
{
    TESSERA_TRY(version, database.queryInt("PRAGMA user_version"));
    return inTransaction(database, [&]() -> Result<void, StorageError> {
        for (std::int64_t at = version.value_or(0); at < fileVersion; ++at)
            TESSERA_CHECK(steps[at](database));
        TESSERA_CHECK(database.execute(("PRAGMA user_version=" + std::to_string(fileVersion)).c_str()));
        return database.execute(("PRAGMA application_id=" + std::to_string(applicationId)).c_str());
    });
}

Result<SchemaState, StorageError> inspectSchema(Database& database)
{
    TESSERA_TRY(version, database.queryInt("PRAGMA user_version"));
    std::map<std::string, std::string> found;
    TESSERA_TRY(statement, database.prepare("SELECT name, sql, type FROM sqlite_schema"));
    for (;;) {
        TESSERA_TRY(hasRow, database.step(statement));
        if (!hasRow)
            break;
        const std::string name = statement.textColumn(0), type = statement.textColumn(2);
        if (type != "table" && !(type == "index" && name.starts_with("sqlite_autoindex_")))
            return SchemaState::damaged; // triggers and views are none of ours
        if (type == "table")
            found.emplace(name, statement.textColumn(1));
    }
    if (version.value_or(0) == 0 && found.empty())
        return SchemaState::older;
    const bool isNewer = version.value_or(0) > fileVersion;
    for (const Table& table : tables) {
        const auto stored = found.find(std::string(table.name));
        if (stored == found.end() || (!isNewer && stored->second != table.sql))
            return SchemaState::damaged;
    }
    if (isNewer)
        return SchemaState::newer;
    return version == fileVersion && found.size() == std::size(tables) ? SchemaState::sound : SchemaState::damaged;
}

Result<void, StorageError> checkTables(Database& database)
{
    const auto quickCheck = [&](const std::string& sql) -> Result<void, StorageError> {
        TESSERA_TRY(finding, database.queryText(sql));
        if (finding != "ok")
            return fail(StorageError{StorageErrc::damaged, database.path(), finding.value_or("no answer from quick_check")});
        return {};
    };
    if (fileBytes(database.path()) <= fullCheckBytes)
        return quickCheck("PRAGMA quick_check(1)");
    for (const char* table : {"updates", "snapshot", "local"})
        TESSERA_CHECK(quickCheck(std::string("PRAGMA quick_check(") + table + ")"));
    // Every blob is found by its hash, without reading the blobs.
    TESSERA_TRY(stored, database.queryInt("SELECT count(*) FROM blobs NOT INDEXED"));
    TESSERA_TRY(found, database.queryInt("SELECT count(*) FROM blobs AS a NOT INDEXED JOIN blobs AS b INDEXED BY "
                                         "sqlite_autoindex_blobs_1 ON b.hash = a.hash WHERE length(a.hash) = 64"));
    if (stored != found)
        return fail(StorageError{StorageErrc::damaged, database.path(), "the table of blobs and its index differ"});
    return {};
}

Result<std::vector<StoredUpdate>, StorageError> readDocument(Database& database)
{
    std::vector<StoredUpdate> rows;
    const auto damagedRow = [&](const std::string& row) {
        return fail(StorageError{StorageErrc::damaged, database.path(), row + " does not match its checksum"});
    };
    std::int64_t upto = 0;
    TESSERA_TRY(snapshots, database.prepare("SELECT upto, ts, sv, sum, state FROM snapshot ORDER BY upto DESC LIMIT 1"));
    TESSERA_TRY(hasSnapshot, database.step(snapshots));
    if (hasSnapshot) {
        SnapshotRow row{snapshots.intColumn(0), snapshots.intColumn(1), snapshots.bytesColumn(2), snapshots.bytesColumn(4)};
        if (snapshots.bytesColumn(3) != checksumOf(row))
            return damagedRow("snapshot " + std::to_string(row.upto));
        upto = row.upto;
        rows.push_back({0, {}, 0, row.wallMs, std::move(row.state)});
    }
    TESSERA_TRY(updates, database.prepare("SELECT seq, client, clock, ts, sum, data FROM updates WHERE seq > ? ORDER BY seq"));
    updates.bind(1, upto);
    for (;;) {
        TESSERA_TRY(hasRow, database.step(updates));
        if (!hasRow)
            return rows;
        UpdateRow row{updates.intColumn(0), updates.intColumn(1), updates.intColumn(2), updates.intColumn(3),
                      updates.bytesColumn(5)};
        if (updates.bytesColumn(4) != checksumOf(row))
            return damagedRow("update " + std::to_string(row.seq));
        rows.push_back({row.seq, crdt::ClientId{static_cast<std::uint64_t>(row.client)},
                        static_cast<crdt::Clock>(row.clock), row.wallMs, std::move(row.data)});
    }
}

Result<std::int64_t, StorageError> readLastSeq(Database& database)
{
    TESSERA_TRY(last, database.queryInt("SELECT max(coalesce((SELECT max(seq) FROM updates), 0), "
                                        "coalesce((SELECT max(upto) FROM snapshot), 0))"));
    return last.value_or(0);
}

Result<void, StorageError> insertUpdate(Database& database, const UpdateRow& row)
{
    TESSERA_TRY(statement, database.prepare("INSERT OR REPLACE INTO updates VALUES(?,?,?,?,?,?)"));
    const Bytes sum = checksumOf(row);
    statement.bind(1, row.seq).bind(2, row.client).bind(3, row.clock).bind(4, row.wallMs).bind(5, sum).bind(6, row.data);
    return database.run(statement);
}

Result<void, StorageError> insertSnapshot(Database& database, const SnapshotRow& row)
{
    TESSERA_TRY(statement, database.prepare("INSERT OR REPLACE INTO snapshot VALUES(?,?,?,?,?)"));
    const Bytes sum = checksumOf(row);
    statement.bind(1, row.upto).bind(2, row.wallMs).bind(3, row.stateVector).bind(4, sum).bind(5, row.state);
    return database.run(statement);
}

Result<void, StorageError> insertBlob(Database& database, const BlobRow& row)
{
    TESSERA_TRY(statement, database.prepare("INSERT OR REPLACE INTO blobs VALUES(?,?,?)"));
    statement.bind(1, std::string_view(row.hash)).bind(2, std::string_view(row.mime)).bind(3, row.data);
    return database.run(statement);
}

Result<void, StorageError> insertLocal(Database& database, const LocalRow& row)
{
    TESSERA_TRY(statement, database.prepare("INSERT OR REPLACE INTO local VALUES(?,?,?)"));
    const Bytes sum = checksumOf(row);
    statement.bind(1, std::string_view(row.key)).bind(2, row.value).bind(3, sum);
    return database.run(statement);
}

} // namespace tessera::storage
