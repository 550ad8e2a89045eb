#include <core/storage/tessera_file.h>

#include <mutex>
#include <unistd.h>

#include <core/crdt/update.h>

#include "opening.h"
#include "schema.h"

namespace tessera::storage {

struct TesseraFile::Impl {
    std::string path;
    OpenedFile opened;
    std::int64_t lastSeq = 0;
    bool documentIsFresh = true; ///< opened.document is what the file holds
    std::mutex mutex;

    [[nodiscard]] Database& database() { return *opened.database; }
    [[nodiscard]] Result<void, StorageError> checkWritable() const
    {
        if (opened.reason != ReadOnlyReason::no)
            return fail(StorageError{StorageErrc::readOnly, path, "the file is open read-only"});
        return {};
    }
    [[nodiscard]] Result<void, StorageError> checkSize(std::size_t bytes, const std::string& what) const
    {
        if (bytes > maxValueBytes)
            return fail(StorageError{StorageErrc::tooLarge, path, what + " of " + std::to_string(bytes) + " bytes"});
        return {};
    }
    Result<void, StorageError> write(const WriteBatch& batch);
    Result<std::vector<StoredUpdate>, StorageError> load();
    /// Touches nothing of this but the path: runs without the mutex.
    [[nodiscard]] Result<SnapshotRow, StorageError> merged(const std::vector<StoredUpdate>& updates, std::int64_t upto) const;
    Result<void, StorageError> store(const SnapshotRow& snapshot, std::int64_t previous);
};

std::string describe(const StorageError& error)
{
    const std::string what = [&]() -> std::string {
        switch (error.code) {
        case StorageErrc::notFound: return "there is no such file";
        case StorageErrc::exists: return "the name is taken";
        case StorageErrc::notTessera: return "this is not a Tessera file";
        case StorageErrc::inUse: return "the file is in use";
        case StorageErrc::readOnly: return "the file cannot be written";
        case StorageErrc::noSpace: return "the disk is full";
        case StorageErrc::io: return "the system refused";
        case StorageErrc::damaged: return "the file is damaged";
        case StorageErrc::tooLarge: return "a value is too large";
        }
        return "unknown error";
    }();
    return error.where + ": " + what + (error.detail.empty() ? "" : " (" + error.detail + ")");
}

TesseraFile::TesseraFile(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Result<std::unique_ptr<TesseraFile>, StorageError> TesseraFile::create(const std::string& path)
{
    TESSERA_CHECK(createFile(path));
    return open(path, OpenMode::readWrite);
}

Result<std::unique_ptr<TesseraFile>, StorageError> TesseraFile::open(const std::string& path, OpenMode mode)
{
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    TESSERA_TRY(opened, openFile(path, mode));
    impl->opened = std::move(opened);
    if (impl->opened.recovery && impl->opened.lock == nullptr && impl->opened.reason == ReadOnlyReason::no)
        impl->opened.reason = ReadOnlyReason::noPermission; // salvaged to memory only
    TESSERA_TRY(lastSeq, readLastSeq(impl->database()));
    impl->lastSeq = lastSeq;
    return std::unique_ptr<TesseraFile>(new TesseraFile(std::move(impl)));
}

TesseraFile::~TesseraFile()
{
    if (m_impl->opened.lock == nullptr)
        return;
    // One plain file at rest, readable from media that take no writes. Readers in between only delay this.
    (void)m_impl->database().execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE;");
    m_impl->opened.database.reset(); // before the lock
}

const std::string& TesseraFile::path() const { return m_impl->path; }
ReadOnlyReason TesseraFile::readOnlyReason() const { return m_impl->opened.reason; }
const std::optional<Recovery>& TesseraFile::recovery() const { return m_impl->opened.recovery; }

Result<void, StorageError> TesseraFile::Impl::write(const WriteBatch& batch)
{
    TESSERA_CHECK(checkWritable());
    for (const NewBlob& blob : batch.blobs) {
        TESSERA_CHECK(checkSize(blob.data.size(), "a blob"));
        if (contentHash(blob.data) != blob.hash)
            return fail(StorageError{StorageErrc::damaged, path, "blob " + blob.hash.hex + " has another hash"});
    }
    for (const NewUpdate& update : batch.updates)
        TESSERA_CHECK(checkSize(update.data.size(), "an update"));
    std::int64_t seq = lastSeq;
    TESSERA_CHECK(inTransaction(database(), [&]() -> Result<void, StorageError> {
        for (const NewBlob& blob : batch.blobs)
            TESSERA_CHECK(insertBlob(database(), {blob.hash.hex, blob.mime, blob.data}));
        for (const NewUpdate& update : batch.updates) {
            TESSERA_CHECK(insertUpdate(database(), {++seq, static_cast<std::int64_t>(number(update.client)),
                                                    static_cast<std::int64_t>(update.clock), update.wallMs, update.data}));
        }
        for (const auto& [key, value] : batch.locals)
            TESSERA_CHECK(insertLocal(database(), {key, value}));
        return {};
    }));
    lastSeq = seq;
    if (!batch.updates.empty()) {
        documentIsFresh = false;
        opened.document = {};
    }
    return {};
}

Result<std::vector<StoredUpdate>, StorageError> TesseraFile::Impl::load()
{
    if (!documentIsFresh)
        return readDocument(database());
    documentIsFresh = false; // the caller gets the bytes that opening read; they are not kept twice
    return std::move(opened.document);
}

Result<void, StorageError> TesseraFile::write(const WriteBatch& batch)
{
    const std::scoped_lock guard(m_impl->mutex);
    return m_impl->write(batch);
}

Result<std::int64_t, StorageError> TesseraFile::appendUpdates(const std::vector<NewUpdate>& updates)
{
    const std::scoped_lock guard(m_impl->mutex);
    TESSERA_CHECK(m_impl->write({{}, updates, {}}));
    return m_impl->lastSeq;
}

Result<std::int64_t, StorageError> TesseraFile::appendUpdate(ByteView data, crdt::ClientId client, crdt::Clock clock,
                                                             std::int64_t wallMs)
{
    return appendUpdates({{Bytes(data.begin(), data.end()), client, clock, wallMs}});
}

Result<std::vector<StoredUpdate>, StorageError> TesseraFile::loadAll()
{
    const std::scoped_lock guard(m_impl->mutex);
    return m_impl->load();
}

Result<std::vector<std::string>, StorageError> TesseraFile::loadInto(crdt::Doc& doc)
{
    TESSERA_TRY(updates, loadAll());
    std::vector<std::string> refused;
    for (const StoredUpdate& update : updates) {
        if (const auto applied = doc.applyUpdate(update.data, "storage"); !applied)
            refused.push_back("change " + std::to_string(update.seq) + ": " + tessera::describe(applied.error()));
    }
    return refused;
}

Result<ContentHash, StorageError> TesseraFile::putBlob(ByteView data, const std::string& mime)
{
    const ContentHash hash = contentHash(data);
    TESSERA_CHECK(write({{{hash, mime, Bytes(data.begin(), data.end())}}, {}, {}}));
    return hash;
}

Result<std::optional<Blob>, StorageError> TesseraFile::getBlob(const ContentHash& hash)
{
    const std::scoped_lock guard(m_impl->mutex);
    TESSERA_TRY(statement, m_impl->database().prepare("SELECT mime, data FROM blobs WHERE hash = ?"));
    statement.bind(1, std::string_view(hash.hex));
    TESSERA_TRY(hasRow, m_impl->database().step(statement));
    if (!hasRow)
        return std::optional<Blob>{};
    Blob blob{statement.textColumn(0), statement.bytesColumn(1)};
    if (contentHash(blob.data) != hash)
        return fail(StorageError{StorageErrc::damaged, m_impl->path, "blob " + hash.hex + " has changed on the disk"});
    return std::optional(std::move(blob));
}

Result<bool, StorageError> TesseraFile::hasBlob(const ContentHash& hash)
{
    const std::scoped_lock guard(m_impl->mutex);
    TESSERA_TRY(statement, m_impl->database().prepare("SELECT 1 FROM blobs WHERE hash = ?"));
    statement.bind(1, std::string_view(hash.hex));
    return m_impl->database().step(statement);
}

Result<std::vector<ContentHash>, StorageError> TesseraFile::blobHashes()
{
    const std::scoped_lock guard(m_impl->mutex);
    std::vector<ContentHash> hashes;
    TESSERA_TRY(statement, m_impl->database().prepare("SELECT hash FROM blobs ORDER BY hash"));
    for (;;) {
        TESSERA_TRY(hasRow, m_impl->database().step(statement));
        if (!hasRow)
            return hashes;
        if (auto hash = parseContentHash(statement.textColumn(0)))
            hashes.push_back(std::move(*hash));
    }
}

Result<void, StorageError> TesseraFile::setLocal(const std::string& key, ByteView value)
{
    if (key.empty() || key.size() > 255)
        return fail(StorageError{StorageErrc::tooLarge, m_impl->path, "a local key of " + std::to_string(key.size()) + " bytes"});
    return write({{}, {}, {{key, Bytes(value.begin(), value.end())}}});
}

Result<void, StorageError> TesseraFile::removeLocal(const std::string& key)
{
    const std::scoped_lock guard(m_impl->mutex);
    TESSERA_CHECK(m_impl->checkWritable());
    TESSERA_TRY(statement, m_impl->database().prepare("DELETE FROM local WHERE key = ?"));
    statement.bind(1, std::string_view(key));
    return m_impl->database().run(statement);
}

Result<std::optional<Bytes>, StorageError> TesseraFile::local(const std::string& key)
{
    const std::scoped_lock guard(m_impl->mutex);
    TESSERA_TRY(statement, m_impl->database().prepare("SELECT value, sum FROM local WHERE key = ?"));
    statement.bind(1, std::string_view(key));
    TESSERA_TRY(hasRow, m_impl->database().step(statement));
    if (!hasRow)
        return std::optional<Bytes>{};
    LocalRow row{key, statement.bytesColumn(0)};
    if (statement.bytesColumn(1) != checksumOf(row))
        return fail(StorageError{StorageErrc::damaged, m_impl->path, "local value " + key + " does not match its checksum"});
    return std::optional(std::move(row.value));
}

Result<void, StorageError> TesseraFile::compact()
{
    Impl& impl = *m_impl;
    std::unique_lock guard(impl.mutex);
    TESSERA_CHECK(impl.checkWritable());
    TESSERA_TRY(previous, impl.database().queryInt("SELECT max(upto) FROM snapshot"));
    const std::int64_t upto = impl.lastSeq;
    if (previous.value_or(0) == upto)
        return {};
    TESSERA_TRY(updates, readDocument(impl.database()));
    guard.unlock(); // merging takes long in a large document; others may read and write meanwhile
    TESSERA_TRY(snapshot, impl.merged(updates, upto));
    TESSERA_CHECK(impl.checkSize(snapshot.state.size(), "a snapshot"));
    guard.lock();
    return impl.store(snapshot, previous.value_or(0));
}

Result<SnapshotRow, StorageError> TesseraFile::Impl::merged(const std::vector<StoredUpdate>& updates, std::int64_t upto) const
{
    crdt::Doc doc;
    std::int64_t wallMs = 0;
    for (const StoredUpdate& update : updates) {
        wallMs = std::max(wallMs, update.wallMs);
        if (const auto applied = doc.applyUpdate(update.data, "storage"); !applied) {
            // A snapshot would leave it out for good; the row stays for a version that can read it.
            return fail(StorageError{StorageErrc::damaged, path,
                                     "change " + std::to_string(update.seq) + ": " + tessera::describe(applied.error())});
        }
    }
    return SnapshotRow{upto, wallMs, crdt::encodeStateVector(doc.stateVector()), doc.encodeStateAsUpdate()};
}

/// `previous`: the snapshot that stays beside the new one.
Result<void, StorageError> TesseraFile::Impl::store(const SnapshotRow& snapshot, std::int64_t previous)
{
    TESSERA_CHECK(inTransaction(database(), [&]() -> Result<void, StorageError> {
        TESSERA_CHECK(insertSnapshot(database(), snapshot));
        TESSERA_TRY(readBack, readDocument(database()));
        if (readBack.empty() || readBack.front().data != snapshot.state || !crdt::inspectUpdate(snapshot.state))
            return fail(StorageError{StorageErrc::damaged, path, "the new snapshot does not read back"});
        const std::string keep = std::to_string(previous);
        TESSERA_CHECK(database().execute(("DELETE FROM snapshot WHERE upto < " + keep).c_str()));
        return database().execute(("DELETE FROM updates WHERE seq <= " + keep).c_str());
    }));
    documentIsFresh = false;
    opened.document = {};
    return database().execute("PRAGMA wal_checkpoint(PASSIVE)");
}

Result<void, StorageError> TesseraFile::copyTo(const std::string& path)
{
    if (pathExists(path))
        return fail(StorageError{StorageErrc::exists, path, "something of this name is there already"});
    const std::string scratch = unusedName(path, ".new-" + std::to_string(::getpid()));
    const auto made = [&]() -> Result<void, StorageError> {
        {
            const std::scoped_lock guard(m_impl->mutex);
            TESSERA_TRY(statement, m_impl->database().prepare("VACUUM INTO ?"));
            statement.bind(1, std::string_view(scratch));
            TESSERA_CHECK(m_impl->database().run(statement));
        }
        TESSERA_TRY(copy, Database::open(scratch, Database::Mode::readWrite));
        TESSERA_CHECK(copy->execute("DELETE FROM local"));
        copy.reset();
        TESSERA_CHECK(syncFile(scratch)); // VACUUM INTO does not wait for the disk
        return renameToNew(scratch, path);
    }();
    if (!made) {
        removeScratch(scratch);
        StorageError error = made.error();
        error.where = path;
        return fail(std::move(error));
    }
    return {};
}

Result<FileInfo, StorageError> TesseraFile::info()
{
    const std::scoped_lock guard(m_impl->mutex);
    FileInfo info;
    info.sizeBytes = fileBytes(m_impl->path);
    const auto read = [&](std::uint64_t& out, std::string_view sql) -> Result<void, StorageError> {
        TESSERA_TRY(value, m_impl->database().queryInt(sql));
        out = static_cast<std::uint64_t>(value.value_or(0));
        return {};
    };
    std::uint64_t version = 0;
    TESSERA_CHECK(read(version, "PRAGMA user_version"));
    info.version = static_cast<int>(version);
    constexpr std::string_view later = "FROM updates WHERE seq > coalesce((SELECT max(upto) FROM snapshot), 0)";
    TESSERA_CHECK(read(info.updateCount, "SELECT count(*) " + std::string(later)));
    TESSERA_CHECK(read(info.updateBytes, "SELECT coalesce(sum(length(data)), 0) " + std::string(later)));
    TESSERA_CHECK(read(info.snapshotBytes, "SELECT length(state) FROM snapshot ORDER BY upto DESC LIMIT 1"));
    TESSERA_CHECK(read(info.blobCount, "SELECT count(*) FROM blobs"));
    TESSERA_CHECK(read(info.blobBytes, "SELECT coalesce(sum(length(data)), 0) FROM blobs"));
    return info;
}

} // namespace tessera::storage
