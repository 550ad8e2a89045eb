#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <core/base/bytes.h>
#include <core/base/hash.h>
#include <core/base/result.h>
#include <core/crdt/doc.h>

/// The `.tessera` file: one SQLite database with append-only updates, a snapshot, blobs by content hash and a small
/// table of values that belong to this machine. A write that returned without error is on the disk (fsync), see
/// docs/decisions/0002-saved-means-durable.md. Any thread (a mutex inside; compact() merges without it); calls touch the disk,
/// so an editor makes them through DocumentStore, not on its GUI thread.
namespace tessera::storage {

enum class StorageErrc : std::uint8_t {
    notFound = 1,   ///< nothing at this path
    exists = 2,     ///< create() or copyTo() onto something that is there
    notTessera = 3, ///< not a Tessera file: a directory, no SQLite magic, or another program's database
    inUse = 4,      ///< another process, or this one, has the file open for writing
    readOnly = 5,   ///< a write to a file that is open read-only
    noSpace = 6,    ///< disk full or quota reached; nothing of the call was written
    io = 7,         ///< the operating system refused: permission, device, path
    damaged = 8,    ///< stored bytes do not match their checksum
    tooLarge = 9,   ///< a value above maxValueBytes
};
/// where: the path, and the row when there is one; detail: what was found.
using StorageError = ErrorOf<StorageErrc>;
[[nodiscard]] std::string describe(const StorageError& error);

inline constexpr std::uint32_t applicationId = 0x54535241; ///< "TSRA" at byte 68 of the file
inline constexpr int fileVersion = 1;                      ///< SQLite's user_version
inline constexpr std::size_t maxValueBytes = 512u << 20;

enum class OpenMode : std::uint8_t { readWrite, readOnly };

/// What opening a damaged file did. Shown to the user; the original is never changed or deleted.
struct Recovery {
    std::string damagedCopy;            ///< where the original is now; empty when opened read-only (nothing was moved)
    std::vector<std::string> repaired;  ///< what was brought into the fresh file
    std::vector<std::string> lost;      ///< what could not be read
};

enum class ReadOnlyReason : std::uint8_t { no, asked, newerFormat, noPermission };

struct StoredUpdate {
    std::int64_t seq{};
    crdt::ClientId client{}; ///< who wrote it into this file
    crdt::Clock clock{};     ///< that client's clock after the update
    std::int64_t wallMs{};
    Bytes data;              ///< update v1
};

struct NewUpdate {
    Bytes data;
    crdt::ClientId client{};
    crdt::Clock clock{};
    std::int64_t wallMs{};
};

struct NewBlob {
    ContentHash hash; ///< must be contentHash(data)
    std::string mime;
    Bytes data;
};

/// What one commit writes, in this order.
struct WriteBatch {
    std::vector<NewBlob> blobs;
    std::vector<NewUpdate> updates;
    std::vector<std::pair<std::string, Bytes>> locals;
};

struct Blob {
    std::string mime;
    Bytes data;
};

struct FileInfo {
    std::uint64_t sizeBytes{};
    std::uint64_t updateCount{};  ///< since the last snapshot
    std::uint64_t updateBytes{};
    std::uint64_t snapshotBytes{};
    std::uint64_t blobCount{};
    std::uint64_t blobBytes{};
    int version{};
};

class TesseraFile
{
public:
    /// Makes an empty file; it appears under `path` whole or not at all.
    static Result<std::unique_ptr<TesseraFile>, StorageError> create(const std::string& path);
    /// Opens; a damaged file is salvaged into a fresh one under the same path and the original kept as
    /// `<path>.damaged` (see recovery()). A newer format and a file without write permission open read-only.
    /// Read-only opens work beside a writer.
    static Result<std::unique_ptr<TesseraFile>, StorageError> open(const std::string& path,
                                                                   OpenMode mode = OpenMode::readWrite);
    /// Merges the write-ahead log into the file and closes; durable already before.
    ~TesseraFile();
    TesseraFile(const TesseraFile&) = delete;
    TesseraFile& operator=(const TesseraFile&) = delete;

    [[nodiscard]] const std::string& path() const;
    [[nodiscard]] ReadOnlyReason readOnlyReason() const;
    [[nodiscard]] const std::optional<Recovery>& recovery() const;

    /// Durable on return. The batch is one transaction. Returns the seq of the last one (of the last stored when empty).
    Result<std::int64_t, StorageError> appendUpdates(const std::vector<NewUpdate>& updates);
    Result<std::int64_t, StorageError> appendUpdate(ByteView data, crdt::ClientId client, crdt::Clock clock,
                                                    std::int64_t wallMs);

    /// All of it in one transaction, durable on return, or nothing.
    Result<void, StorageError> write(const WriteBatch& batch);

    /// Snapshot (seq 0) and updates after it in order of writing; each was checked against its checksum.
    Result<std::vector<StoredUpdate>, StorageError> loadAll();
    /// Applies loadAll() with origin "storage". What the Doc refuses is skipped and named in the result.
    Result<std::vector<std::string>, StorageError> loadInto(crdt::Doc& doc);

    /// Stores under its content hash; storing the same bytes again is free, and mends a damaged blob.
    Result<ContentHash, StorageError> putBlob(ByteView data, const std::string& mime);
    /// Empty when unknown. Verified against the hash: `damaged` when the bytes changed on the disk.
    Result<std::optional<Blob>, StorageError> getBlob(const ContentHash& hash);
    Result<bool, StorageError> hasBlob(const ContentHash& hash);
    Result<std::vector<ContentHash>, StorageError> blobHashes();

    /// Values of this machine, no part of the document: relay link, synced state vector, window state. Keys up to 255 bytes.
    Result<void, StorageError> setLocal(const std::string& key, ByteView value);
    Result<void, StorageError> removeLocal(const std::string& key);
    Result<std::optional<Bytes>, StorageError> local(const std::string& key);

    /// Adds a snapshot of everything so far, read back and checked, in one transaction. The snapshot before it and the
    /// updates between the two stay until the next compaction: if the new one is damaged one day, nothing is lost.
    Result<void, StorageError> compact();
    /// A compacted copy of everything but the local values; `path` appears whole or not at all and must not exist.
    Result<void, StorageError> copyTo(const std::string& path);
    Result<FileInfo, StorageError> info();

private:
    struct Impl;
    explicit TesseraFile(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::storage
