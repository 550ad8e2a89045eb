#include "schema.h"

namespace tessera::relay {
namespace {

constexpr std::int64_t applicationId = 0x5473526C;
constexpr std::int64_t currentVersion = 1;

constexpr const char* tables = R"sql(
CREATE TABLE rooms(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created_ms INTEGER NOT NULL);
CREATE TABLE updates(key INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE snapshots(room INTEGER PRIMARY KEY, upto INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE shares(room INTEGER NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL, expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL, PRIMARY KEY(room, id)) WITHOUT ROWID;
CREATE TABLE blobs(room INTEGER NOT NULL, hash TEXT NOT NULL, bytes INTEGER NOT NULL, mime TEXT NOT NULL,
    PRIMARY KEY(room, hash)) WITHOUT ROWID;
CREATE INDEX blobs_hash ON blobs(hash);
CREATE TABLE jobs(id TEXT PRIMARY KEY, room TEXT NOT NULL, created_ms INTEGER NOT NULL, request TEXT NOT NULL,
    event TEXT NOT NULL, sequence INTEGER NOT NULL, final INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX jobs_open ON jobs(final) WHERE final = 0;
PRAGMA application_id = 1416843884;
PRAGMA user_version = 1;
)sql";

Result<std::int64_t, service::SqliteError> readPragma(service::Database& database, std::string_view name)
{
    TESSERA_TRY(statement, database.prepare("PRAGMA " + std::string(name)));
    TESSERA_CHECK(statement.step());
    return statement.integer(0);
}

} // namespace

Result<void, service::SqliteError> prepareSchema(service::Database& database)
{
    // FULL: a commit returns after the log is on disk, which is what an acknowledgement promises.
    TESSERA_CHECK(database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-2048"));
    TESSERA_TRY(application, readPragma(database, "application_id"));
    TESSERA_TRY(version, readPragma(database, "user_version"));
    if (application == applicationId && version == currentVersion)
        return {};
    using service::SqliteErrc;
    if (application == applicationId)
        return fail(service::SqliteError{SqliteErrc::other, "relay.sqlite",
                                         "written by another version of the relay: schema " + std::to_string(version)});
    TESSERA_TRY(count, readPragma(database, "schema_version"));
    if (application != 0 || count != 0)
        return fail(service::SqliteError{SqliteErrc::other, "relay.sqlite", "not a relay's database"});
    return database.execute("BEGIN IMMEDIATE;" + std::string(tables) + "COMMIT");
}

} // namespace tessera::relay
