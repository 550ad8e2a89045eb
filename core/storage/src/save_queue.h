#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include <core/storage/document_store.h>

/// The worker thread that writes batches to a TesseraFile. All members may be called from any thread; `wake` comes
/// from the worker.
namespace tessera::storage {

class SaveQueue
{
public:
    struct Options {
        std::function<void()> wake;
        std::size_t maxQueuedBytes{};
        std::size_t compactAfterUpdates{};
    };

    SaveQueue(std::shared_ptr<TesseraFile> file, Options options);
    /// Tries once more to write what waits, then stops.
    ~SaveQueue();
    SaveQueue(const SaveQueue&) = delete;
    SaveQueue& operator=(const SaveQueue&) = delete;

    void push(NewUpdate update);
    void push(NewBlob blob);
    void push(std::string key, Bytes value);

    /// Too much waited, updates were dropped, and the disk answers again: push one that holds the whole document.
    [[nodiscard]] bool wantsWholeDocument() const;
    void pushWholeDocument(NewUpdate update);

    [[nodiscard]] SaveProgress progress() const;
    /// Blocks until what was pushed so far is durable or a write fails. A whole document that is wanted counts as
    /// a failure: the caller has to push it first.
    Result<void, StorageError> flush();

    [[nodiscard]] std::optional<Blob> waitingBlob(const ContentHash& hash) const;
    [[nodiscard]] std::optional<Bytes> waitingLocal(const std::string& key) const;
    [[nodiscard]] std::shared_ptr<TesseraFile> file() const;
    /// Later writes go to `file`. Only after flush(), with nothing pushed in between.
    void switchTo(std::shared_ptr<TesseraFile> file);

private:
    /// A batch with the number of changes it makes durable.
    struct Waiting {
        WriteBatch batch;
        std::uint64_t changes = 0;
        std::size_t bytes = 0;
    };

    void run();
    void dropUpdates();
    [[nodiscard]] bool hasWork() const { return m_waiting.changes > 0 || m_writing.changes > 0; }

    const Options m_options;
    mutable std::mutex m_mutex;
    std::condition_variable m_workCame, m_workEnded;
    std::shared_ptr<TesseraFile> m_file;
    Waiting m_waiting; ///< pushed, not taken by the worker
    Waiting m_writing; ///< taken; kept until it is written
    std::uint64_t m_dropped = 0;   ///< changes that only a whole document brings back
    bool m_canTakeWhole = false;
    SaveProgress m_progress;
    std::uint64_t m_begun = 0;     ///< writes that were begun
    std::uint64_t m_attempts = 0;  ///< finished writes, good or bad
    bool m_isUrgent = false;       ///< somebody waits: do not sleep before trying again
    bool m_isStopping = false;
    std::thread m_thread;
};

} // namespace tessera::storage
