#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include <core/base/bytes.h>
#include <core/service/event_loop.h>
#include <core/service/metrics.h>
#include <core/service/sqlite.h>
#include <core/service/web_socket.h>

/// The only writer of the relay's database. Everything that waits when a transaction ends goes into the next one, for
/// all rooms together (group commit), so the number of disk syncs does not grow with the number of updates.
/// Called on the loop's thread; owns one thread; calls back on the loop's thread, in the order of the calls.
namespace tessera::relay {

/// One row of a room's update log.
struct LogRow {
    std::uint32_t room{};          ///< room number
    std::uint32_t sequence{};      ///< grows by one per row of the room
    std::int64_t atMs{};           ///< wall clock
    service::SharedMessage owner;  ///< keeps `update` alive
    ByteView update;
};

/// Everything of a room up to `sequence` is on disk.
struct DurableMark {
    std::uint32_t room{};
    std::uint32_t sequence{};
};

class LogWriter
{
public:
    using Write = std::function<Result<void, service::SqliteError>(service::Database&)>;
    using Done = std::function<void(Result<void, service::SqliteError>)>;

    class Listener
    {
    public:
        virtual ~Listener() = default;
        virtual void onDurable(std::span<const DurableMark> marks) = 0;
        /// The disk stopped or started to take writes. While it does not, the writer keeps what it has and retries.
        virtual void onDiskState(bool writable, const std::string& detail) = 0;
    };

    /// Opens (makes) the database and starts the thread.
    static Result<std::unique_ptr<LogWriter>, service::SqliteError>
    start(service::EventLoop& loop, const std::filesystem::path& file, service::Metrics& metrics);
    /// Writes what was accepted, gives up after a few tries on a dead disk, joins the thread.
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    void setListener(Listener* listener) { m_listener = listener; }
    void append(LogRow row);
    /// `write` runs on the writer's thread inside the transaction, perhaps more than once; `done` after the commit.
    /// An error of `write` undoes only what it did itself.
    void run(Write write, Done done);
    /// Bytes of updates accepted and not yet on disk.
    [[nodiscard]] std::size_t pendingBytes() const { return m_pendingBytes; }

private:
    struct Entry {
        LogRow row;  ///< when `write` is empty
        Write write;
        Done done;
        Result<void, service::SqliteError> result{};
    };
    using Batch = std::vector<Entry>;

    LogWriter(service::EventLoop& loop, service::Database database, service::Metrics& metrics);
    void push(Entry entry);
    void threadMain();
    Result<void, service::SqliteError> writeBatch(Batch& batch, std::optional<service::Statement>& insert);
    bool writeUntilDone(Batch& batch, std::optional<service::Statement>& insert);
    void reportBack(Batch batch, bool written);
    void reportDiskState(bool writable, std::string detail);

    service::EventLoop& m_loop;
    service::Database m_database; ///< the thread's
    Listener* m_listener = nullptr;
    std::size_t m_pendingBytes = 0; ///< the loop's
    service::Counter& m_rows;
    service::Counter& m_commits;
    service::Histogram& m_commitSeconds;
    /// Shared with posted callbacks: false once this is gone.
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);

    std::mutex m_mutex;
    std::condition_variable m_wake;
    Batch m_queue;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace tessera::relay
