#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <core/base/clock.h>
#include <core/base/random.h>
#include <core/document/document.h>
#include <core/storage/tessera_file.h>

/// A Document that is kept in a TesseraFile. Every transaction's update is queued and written by a worker thread,
/// batched: all that waits goes into one commit. "Saved" is true only after that commit is on the disk.
///
/// Threads: the document belongs to the thread that made the store (the owner), and so do all members here except
/// blob(), which any thread may call. The worker touches only the file. It never calls the owner's code but `wake`,
/// from its own thread, when progress is waiting; the owner then calls deliver() on its own thread, which runs the
/// onProgress callbacks there.
namespace tessera::storage {

struct StoreOptions {
    crdt::DocOptions doc;
    /// Called on the worker thread: post a deliver() to the owner's event loop. May stay empty (then use flush()).
    std::function<void()> wake;
    /// Above this the queue is dropped and replaced by one update made from the document when the disk answers again.
    std::size_t maxQueuedBytes = 64u << 20;
    /// The file is compacted by the worker when this many updates wait behind the snapshot.
    std::size_t compactAfterUpdates = 4000;
};

/// What the disk has. Shown to people: saved, saving, or "not saved: why".
struct SaveProgress {
    std::uint64_t queued = 0;              ///< changes handed to the worker since opening
    std::uint64_t durable = 0;             ///< of those, committed and fsynced
    std::optional<StorageError> error;     ///< the last write failed; it is tried again until it works
    [[nodiscard]] bool isSaved() const { return queued == durable; }
};

class DocumentStore
{
public:
    using Opened = Result<std::unique_ptr<DocumentStore>, StorageError>;

    /// Opens and loads. Read-only files give a document whose changes stay in memory (isReadOnly()).
    /// `random` and `clock` must outlive the store.
    static Opened open(const std::string& path, OpenMode mode, Random& random, const Clock& clock, StoreOptions options = {});
    /// New file with a blank document; StorageErrc::exists when something is there.
    static Opened create(const std::string& path, const std::string& name, Random& random, const Clock& clock,
                         StoreOptions options = {});
    /// New file for a document that lives in memory so far.
    static Opened createFor(const std::string& path, std::unique_ptr<document::Document> document, const Clock& clock,
                            StoreOptions options = {});
    /// Waits for the worker to write what is queued (gives up after the first failure), then closes the file.
    ~DocumentStore();
    DocumentStore(const DocumentStore&) = delete;
    DocumentStore& operator=(const DocumentStore&) = delete;

    [[nodiscard]] document::Document& document() const;
    [[nodiscard]] std::string path() const;
    [[nodiscard]] bool isReadOnly() const;
    [[nodiscard]] ReadOnlyReason readOnlyReason() const;
    /// What opening repaired and lost, rows that the document refused included; empty when the file was sound.
    [[nodiscard]] const std::optional<Recovery>& recovery() const;

    [[nodiscard]] SaveProgress progress() const;
    using Subscription = std::shared_ptr<void>;
    /// Called by deliver() and flush() whenever progress changed.
    [[nodiscard]] Subscription onProgress(std::function<void(const SaveProgress&)> callback);
    void deliver();
    /// Blocks until everything queued so far is durable, or returns the error that stands in the way.
    Result<void, StorageError> flush();

    /// Queued before any later change, so a document never names a blob its file lacks. Readable by blob() at once.
    ContentHash putBlob(Bytes data, const std::string& mime);
    /// Any thread. Empty when unknown.
    [[nodiscard]] Result<std::optional<Blob>, StorageError> blob(const ContentHash& hash) const;
    [[nodiscard]] bool hasBlob(const ContentHash& hash) const;

    /// Values of this machine (TesseraFile::setLocal), written in order with the updates.
    void setLocal(const std::string& key, Bytes value);
    [[nodiscard]] std::optional<Bytes> local(const std::string& key) const;

    /// Writes everything, copies to `path`, and goes on in the copy with the same document.
    Result<void, StorageError> saveAs(const std::string& path);
    /// Writes everything, then a copy; the store stays with its file.
    Result<void, StorageError> saveCopy(const std::string& path);
    Result<FileInfo, StorageError> info();

private:
    struct Impl;
    explicit DocumentStore(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::storage
