#include "save_queue.h"

#include <chrono>

#include <core/base/log.h>
#include <core/crdt/update.h>

namespace tessera::storage {
namespace {

constexpr std::chrono::milliseconds retryAfter{500};

/// Whose change it is; found here, on the worker, because it reads the whole update.
void nameClient(NewUpdate& update)
{
    if (update.client != crdt::ClientId{})
        return;
    if (const auto summary = crdt::inspectUpdate(update.data); summary && !summary->to.empty()) {
        update.client = summary->to.begin()->first;
        update.clock = summary->to.begin()->second;
    }
}

} // namespace

SaveQueue::SaveQueue(std::shared_ptr<TesseraFile> file, Options options)
    : m_options(std::move(options)), m_file(std::move(file)), m_thread([this] { run(); })
{
}

SaveQueue::~SaveQueue()
{
    {
        const std::scoped_lock guard(m_mutex);
        m_isStopping = true;
    }
    m_workCame.notify_all();
    m_thread.join();
}

void SaveQueue::push(NewUpdate update)
{
    {
        const std::scoped_lock guard(m_mutex);
        ++m_progress.queued;
        if (m_dropped > 0) {
            ++m_dropped;
            return;
        }
        ++m_waiting.changes;
        m_waiting.bytes += update.data.size();
        m_waiting.batch.updates.push_back(std::move(update));
        if (m_waiting.bytes > m_options.maxQueuedBytes)
            dropUpdates();
    }
    m_workCame.notify_one();
}

/// Blobs stay: they are nowhere else. Updates are in the document.
void SaveQueue::dropUpdates()
{
    if (m_waiting.batch.updates.size() < 2)
        return;
    m_dropped = m_waiting.batch.updates.size();
    m_waiting.changes -= m_dropped;
    for (const NewUpdate& update : m_waiting.batch.updates)
        m_waiting.bytes -= update.data.size();
    m_waiting.batch.updates.clear();
    m_canTakeWhole = m_writing.changes == 0;
}

void SaveQueue::push(NewBlob blob)
{
    {
        const std::scoped_lock guard(m_mutex);
        ++m_progress.queued;
        ++m_waiting.changes;
        m_waiting.bytes += blob.data.size();
        m_waiting.batch.blobs.push_back(std::move(blob));
    }
    m_workCame.notify_one();
}

void SaveQueue::push(std::string key, Bytes value)
{
    {
        const std::scoped_lock guard(m_mutex);
        ++m_progress.queued;
        ++m_waiting.changes;
        m_waiting.batch.locals.emplace_back(std::move(key), std::move(value));
    }
    m_workCame.notify_one();
}

bool SaveQueue::wantsWholeDocument() const
{
    const std::scoped_lock guard(m_mutex);
    return m_dropped > 0 && m_canTakeWhole;
}

void SaveQueue::pushWholeDocument(NewUpdate update)
{
    {
        const std::scoped_lock guard(m_mutex);
        m_waiting.changes += m_dropped;
        m_dropped = 0;
        m_canTakeWhole = false;
        m_waiting.bytes += update.data.size();
        m_waiting.batch.updates.push_back(std::move(update));
    }
    m_workCame.notify_one();
}

SaveProgress SaveQueue::progress() const
{
    const std::scoped_lock guard(m_mutex);
    return m_progress;
}

Result<void, StorageError> SaveQueue::flush()
{
    std::unique_lock guard(m_mutex);
    const std::uint64_t wanted = m_progress.queued;
    // A write that was under way before this call says nothing about the disk now.
    const std::uint64_t begunBefore = m_begun;
    m_isUrgent = true;
    m_workCame.notify_one();
    m_workEnded.wait(guard, [&] {
        const bool triedAndFailed = m_attempts > begunBefore && m_progress.error;
        return m_progress.durable >= wanted || triedAndFailed || (m_dropped > 0 && m_canTakeWhole);
    });
    m_isUrgent = false;
    if (m_progress.durable >= wanted)
        return {};
    if (m_progress.error)
        return fail(*m_progress.error);
    return fail(StorageError{StorageErrc::io, m_file->path(), "the whole document has to be queued again"});
}

std::optional<Blob> SaveQueue::waitingBlob(const ContentHash& hash) const
{
    const std::scoped_lock guard(m_mutex);
    for (const Waiting* waiting : {&m_waiting, &m_writing}) {
        for (const NewBlob& blob : waiting->batch.blobs) {
            if (blob.hash == hash)
                return Blob{blob.mime, blob.data};
        }
    }
    return std::nullopt;
}

std::optional<Bytes> SaveQueue::waitingLocal(const std::string& key) const
{
    const std::scoped_lock guard(m_mutex);
    for (const Waiting* waiting : {&m_waiting, &m_writing}) {
        const auto& locals = waiting->batch.locals;
        for (auto at = locals.rbegin(); at != locals.rend(); ++at) {
            if (at->first == key)
                return at->second;
        }
    }
    return std::nullopt;
}

std::shared_ptr<TesseraFile> SaveQueue::file() const
{
    const std::scoped_lock guard(m_mutex);
    return m_file;
}

void SaveQueue::switchTo(std::shared_ptr<TesseraFile> file)
{
    const std::scoped_lock guard(m_mutex);
    m_file = std::move(file);
}

void SaveQueue::run()
{
    std::unique_lock guard(m_mutex);
    std::size_t sinceCompaction = 0;
    for (;;) {
        m_workCame.wait(guard, [&] { return hasWork() || m_isStopping; });
        if (!hasWork())
            return;
        if (m_writing.changes == 0)
            m_writing = std::exchange(m_waiting, {});
        const auto file = m_file;
        ++m_begun;
        guard.unlock();
        // Nobody else changes m_writing while it is being written; readers of it only copy under the lock.
        for (NewUpdate& update : m_writing.batch.updates)
            nameClient(update);
        const auto written = file->write(m_writing.batch);
        guard.lock();
        ++m_attempts;
        if (written) {
            m_progress.durable += m_writing.changes;
            m_progress.error.reset();
            sinceCompaction += m_writing.batch.updates.size();
            m_writing = {};
            m_canTakeWhole = m_dropped > 0;
        } else {
            if (!m_progress.error)
                log::error("storage", "changes could not be saved; trying again", {{"detail", written.error().detail}});
            m_progress.error = written.error();
        }
        const bool mayCompact = written && !m_isStopping; // closing does not wait for it
        m_workEnded.notify_all();
        guard.unlock();
        if (m_options.wake)
            m_options.wake();
        if (mayCompact && sinceCompaction > m_options.compactAfterUpdates) {
            sinceCompaction = 0;
            if (const auto compacted = file->compact(); !compacted)
                log::warning("storage", "file could not be compacted", {{"detail", compacted.error().detail}});
        }
        guard.lock();
        if (!written) {
            if (m_isStopping)
                return;
            m_workCame.wait_for(guard, retryAfter, [&] { return m_isStopping || m_isUrgent; });
        }
    }
}

} // namespace tessera::storage
