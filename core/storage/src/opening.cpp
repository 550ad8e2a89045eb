#include "opening.h"

#include <cstdio>
#include <unistd.h>

#include <core/base/log.h>

#include "page_scan.h"
#include "schema.h"

namespace tessera::storage {
namespace {

constexpr std::string_view sqliteMagic{"SQLite format 3\0", 16};
constexpr std::size_t headerBytes = 100;
constexpr std::size_t userVersionAt = 60, applicationIdAt = 68;
/// A file without our header is searched this far for rows of ours before it is called foreign.
constexpr std::uint64_t foreignScanBytes = 64u << 20;

std::uint32_t readBigEndian32(const Bytes& bytes, std::size_t at)
{
    return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 | std::uint32_t{bytes[at + 2]} << 8
        | bytes[at + 3];
}

enum class Kind : std::uint8_t { ours, newer, damaged };

Result<Kind, StorageError> classify(const std::string& path)
{
    TESSERA_TRY(header, readStart(path, headerBytes));
    if (header.empty())
        return Kind::damaged; // what a power loss makes of a file that was being copied
    const std::string_view magic = sqliteMagic.substr(0, std::min(header.size(), sqliteMagic.size()));
    const bool hasMagic = asText(header).starts_with(magic);
    if (hasMagic && header.size() < headerBytes)
        return Kind::damaged;
    const std::uint32_t id = header.size() < headerBytes ? 0 : readBigEndian32(header, applicationIdAt);
    if (hasMagic && id == applicationId) {
        const auto version = static_cast<std::int32_t>(readBigEndian32(header, userVersionAt));
        return version > fileVersion ? Kind::newer : Kind::ours;
    }
    if (scanRows(path, {foreignScanBytes, true}, [](const FoundRow&) {}).rows > 0)
        return Kind::damaged;
    char text[96];
    std::snprintf(text, sizeof text, "it is a SQLite database of another program (application id 0x%08x)", id);
    return fail(StorageError{StorageErrc::notTessera, path,
                             hasMagic ? text : "it does not begin like a SQLite database and holds nothing of ours"});
}

/// A reader needs SQLite's log index beside the file; on a medium that takes no writes the file itself must do.
Result<std::unique_ptr<Database>, StorageError> openReadOnly(const std::string& path)
{
    TESSERA_TRY(database, Database::open(path, Database::Mode::readOnly));
    const auto probe = database->queryInt("SELECT count(*) FROM sqlite_schema");
    if (probe || probe.error().code == StorageErrc::damaged || fileBytes(path + "-wal") > 0)
        return database;
    return Database::open(path, Database::Mode::readOnlyImmutable);
}

enum class Medium : std::uint8_t { readOnlyFile, file, memory };

Result<void, StorageError> check(OpenedFile& opened, Medium medium)
{
    Database& database = *opened.database;
    TESSERA_TRY(schema, inspectSchema(database));
    if (schema == SchemaState::older && medium == Medium::file)
        TESSERA_CHECK(migrate(database));
    else if (schema != SchemaState::sound && schema != SchemaState::newer)
        return fail(StorageError{StorageErrc::damaged, database.path(), "its tables are not those of a Tessera file"});
    if (medium != Medium::memory && fileBytes(database.path() + "-wal") == 0) {
        TESSERA_TRY(pages, database.queryInt("PRAGMA page_count"));
        TESSERA_TRY(pageBytes, database.queryInt("PRAGMA page_size"));
        const auto expected = static_cast<std::uint64_t>(pages.value_or(0) * pageBytes.value_or(0));
        if (fileBytes(database.path()) < expected)
            return fail(StorageError{StorageErrc::damaged, database.path(), "the end of the file is missing"});
    }
    TESSERA_CHECK(checkTables(database));
    TESSERA_TRY(document, readDocument(database));
    opened.document = std::move(document);
    return {};
}

/// Opens a file that looks like ours; `damaged` leaves it exactly as it was.
Result<void, StorageError> openSound(OpenedFile& opened, const std::string& path)
{
    const bool isWritable = opened.lock != nullptr;
    auto database = isWritable ? Database::open(path, Database::Mode::readWrite) : openReadOnly(path);
    if (!database)
        return fail(std::move(database).error());
    opened.database = std::move(database).value();
    auto checked = check(opened, isWritable ? Medium::file : Medium::readOnlyFile);
    if (checked && isWritable) {
        // EXTRA is FULL in WAL mode, and as safe where a file system has no WAL; see decision 0002.
        checked = opened.database->execute("PRAGMA fullfsync=ON; PRAGMA checkpoint_fullfsync=ON; "
                                           "PRAGMA journal_mode=WAL; PRAGMA synchronous=EXTRA;");
    }
    if (!checked)
        opened.database.reset();
    return checked;
}

Result<void, StorageError> salvageToMemory(OpenedFile& opened, const std::string& path)
{
    TESSERA_TRY(database, Database::open(path, Database::Mode::memory));
    TESSERA_TRY(salvaged, salvageRows(path, *database));
    opened.recovery = Recovery{{}, std::move(salvaged.repaired), std::move(salvaged.lost)};
    opened.database = std::move(database);
    opened.lock.reset();
    return check(opened, Medium::memory);
}

Result<Salvaged, StorageError> salvageToFile(const std::string& path, const std::string& fresh)
{
    TESSERA_TRY(database, Database::open(fresh, Database::Mode::create));
    TESSERA_TRY(salvaged, salvageRows(path, *database));
    database.reset();
    TESSERA_CHECK(syncFile(fresh));
    return salvaged;
}

/// Puts the fresh file in the place of the damaged one, which keeps a name of its own throughout.
Result<std::string, StorageError> replaceDamaged(const std::string& path, const std::string& fresh)
{
    const std::string kept = unusedName(path, ".damaged");
    if (::link(path.c_str(), kept.c_str()) != 0 && std::rename(path.c_str(), kept.c_str()) != 0)
        return fail(systemError(StorageErrc::io, kept, "keep the damaged file"));
    // SQLite would replay the old log into the fresh file.
    for (const char* suffix : {"-wal", "-journal"}) {
        if (pathExists(path + suffix) && std::rename((path + suffix).c_str(), (kept + suffix).c_str()) != 0)
            return fail(systemError(StorageErrc::io, kept + suffix, "keep the log of the damaged file"));
    }
    ::unlink((path + "-shm").c_str());
    if (std::rename(fresh.c_str(), path.c_str()) != 0)
        return fail(systemError(StorageErrc::io, path, "put the recovered file in place"));
    TESSERA_CHECK(syncFolderOf(path));
    return kept;
}

Result<void, StorageError> recoverFile(OpenedFile& opened, const std::string& path)
{
    const std::string fresh = path + ".recovering";
    removeScratch(fresh); // left by a crash; the writer lock on `path` says nobody else is at it
    auto salvaged = salvageToFile(path, fresh);
    if (!salvaged) {
        removeScratch(fresh);
        return fail(std::move(salvaged).error());
    }
    TESSERA_TRY(freshLock, WriterLock::take(fresh));
    TESSERA_TRY(kept, replaceDamaged(path, fresh));
    opened.lock = std::move(freshLock);
    opened.recovery = Recovery{kept, std::move(salvaged->repaired), std::move(salvaged->lost)};
    return openSound(opened, path);
}

} // namespace

Result<void, StorageError> createFile(const std::string& path)
{
    if (pathExists(path))
        return fail(StorageError{StorageErrc::exists, path, "something of this name is there already"});
    const std::string scratch = unusedName(path, ".new-" + std::to_string(::getpid()));
    const auto made = [&]() -> Result<void, StorageError> {
        TESSERA_TRY(database, Database::open(scratch, Database::Mode::create));
        return migrate(*database);
    }();
    auto placed = made ? syncFile(scratch) : made;
    if (placed)
        placed = renameToNew(scratch, path);
    if (!placed) {
        removeScratch(scratch);
        StorageError error = std::move(placed).error();
        error.where = path;
        return fail(std::move(error));
    }
    return {};
}

Result<OpenedFile, StorageError> openFile(const std::string& path, OpenMode mode)
{
    OpenedFile opened;
    opened.reason = mode == OpenMode::readOnly ? ReadOnlyReason::asked : ReadOnlyReason::no;
    // A reader beside a writer of this process must not open and close the file itself (see file_ops.cpp).
    const bool isKnown = mode == OpenMode::readOnly && isWrittenHere(path);
    if (mode == OpenMode::readWrite) {
        auto lock = WriterLock::take(path);
        if (lock)
            opened.lock = std::move(lock).value();
        else if (lock.error().code != StorageErrc::io)
            return fail(std::move(lock).error());
        else
            opened.reason = ReadOnlyReason::noPermission;
    }
    Kind kind = Kind::ours;
    if (!isKnown) {
        TESSERA_TRY(found, classify(path));
        kind = found;
    }
    if (kind == Kind::newer) {
        opened.lock.reset();
        opened.reason = ReadOnlyReason::newerFormat;
    }
    if (kind != Kind::damaged) {
        const auto sound = openSound(opened, path);
        if (sound)
            return opened;
        if (sound.error().code != StorageErrc::damaged)
            return fail(sound.error());
        log::warning("storage", "file is damaged", {{"detail", sound.error().detail}});
    }
    if (opened.lock != nullptr) {
        const auto recovered = recoverFile(opened, path);
        if (recovered)
            return opened;
        log::warning("storage", "recovered file could not be written", {{"detail", recovered.error().detail}});
        opened.reason = ReadOnlyReason::noPermission;
    }
    TESSERA_CHECK(salvageToMemory(opened, path));
    return opened;
}

} // namespace tessera::storage
