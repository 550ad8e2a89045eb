#include <relay/rooms/log_writer.h>

#include <core/base/clock.h>
#include <core/base/log.h>

#include "schema.h"

namespace tessera::relay {

using service::Database;
using service::SqliteError;
using service::Statement;

namespace {

constexpr std::chrono::milliseconds retryPause{250};
constexpr int triesWhenStopping = 8;

bool isDiskFault(service::SqliteErrc code)
{
    using service::SqliteErrc;
    return code == SqliteErrc::busy || code == SqliteErrc::full || code == SqliteErrc::io || code == SqliteErrc::readOnly;
}

constexpr std::string_view insertUpdate = "INSERT INTO updates(key,at_ms,data) VALUES(?,?,?)";

} // namespace

Result<std::unique_ptr<LogWriter>, SqliteError> LogWriter::start(service::EventLoop& loop,
                                                                 const std::filesystem::path& file,
                                                                 service::Metrics& metrics)
{
    TESSERA_TRY(database, Database::open(file));
    TESSERA_CHECK(prepareSchema(database));
    return std::unique_ptr<LogWriter>(new LogWriter(loop, std::move(database), metrics));
}

LogWriter::LogWriter(service::EventLoop& loop, Database database, service::Metrics& metrics)
    : m_loop(loop), m_database(std::move(database)),
      m_rows(metrics.counter("tessera_relay_log_rows_total", "Updates written to the log.")),
      m_commits(metrics.counter("tessera_relay_log_commits_total", "Transactions of the log writer.")),
      m_commitSeconds(metrics.histogram("tessera_relay_log_commit_seconds", "Duration of a group commit.",
                                        {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1}))
{
    m_thread = std::thread([this] { threadMain(); });
}

LogWriter::~LogWriter()
{
    *m_alive = false;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void LogWriter::append(LogRow row)
{
    m_pendingBytes += row.update.size();
    push({.row = std::move(row)});
}

void LogWriter::run(Write write, Done done) { push({.write = std::move(write), .done = std::move(done)}); }

void LogWriter::push(Entry entry)
{
    bool wasEmpty = false;
    {
        const std::lock_guard lock(m_mutex);
        wasEmpty = m_queue.empty();
        m_queue.push_back(std::move(entry));
    }
    if (wasEmpty)
        m_wake.notify_one();
}

void LogWriter::threadMain()
{
    std::optional<Statement> insert;
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
        if (m_queue.empty())
            return;
        Batch batch = std::exchange(m_queue, {});
        lock.unlock();
        const bool written = writeUntilDone(batch, insert);
        reportBack(std::move(batch), written);
        lock.lock();
    }
}

bool LogWriter::writeUntilDone(Batch& batch, std::optional<Statement>& insert)
{
    bool wasWritable = true;
    for (int tries = 0;; ++tries) {
        const auto result = writeBatch(batch, insert);
        if (result) {
            if (!wasWritable)
                reportDiskState(true, {});
            return true;
        }
        if (m_database.inTransaction())
            static_cast<void>(m_database.execute("ROLLBACK")); // fails only when SQLite has rolled back itself
        if (wasWritable) {
            log::error("relay", "the log cannot be written; retrying",
                       {{"file", result.error().where}, {"detail", result.error().detail}});
            reportDiskState(false, result.error().detail);
            wasWritable = false;
        }
        std::unique_lock lock(m_mutex);
        if (m_stopping && tries >= triesWhenStopping)
            return false;
        m_wake.wait_for(lock, retryPause, [&] { return m_stopping && tries < triesWhenStopping; });
    }
}

Result<void, SqliteError> LogWriter::writeBatch(Batch& batch, std::optional<Statement>& insert)
{
    const SystemClock clock;
    const auto begin = clock.now();
    if (!insert) {
        TESSERA_TRY(prepared, m_database.prepare(insertUpdate));
        insert = std::move(prepared);
    }
    TESSERA_CHECK(m_database.execute("BEGIN IMMEDIATE"));
    std::uint64_t rows = 0;
    for (Entry& entry : batch) {
        if (!entry.write) {
            const LogRow& row = entry.row;
            insert->bind(1, updateKey(row.room, row.sequence)).bind(2, row.atMs).bind(3, row.update);
            TESSERA_CHECK(insert->run());
            ++rows;
            continue;
        }
        TESSERA_CHECK(m_database.execute("SAVEPOINT one"));
        entry.result = entry.write(m_database);
        if (!entry.result && isDiskFault(entry.result.error().code))
            return fail(entry.result.error()); // not the caller's fault: all of it again
        TESSERA_CHECK(m_database.execute(entry.result ? "RELEASE one" : "ROLLBACK TO one; RELEASE one"));
    }
    TESSERA_CHECK(m_database.execute("COMMIT"));
    m_rows.add(rows);
    m_commits.add();
    m_commitSeconds.observe(std::chrono::duration<double>(clock.now() - begin).count());
    return {};
}

void LogWriter::reportBack(Batch batch, bool written)
{
    auto shared = std::make_shared<Batch>(std::move(batch));
    m_loop.post([this, alive = m_alive, shared, written] {
        if (!*alive)
            return;
        std::vector<DurableMark> marks;
        for (Entry& entry : *shared) {
            if (entry.write)
                continue;
            m_pendingBytes -= entry.row.update.size();
            // A room's rows often stand side by side; one mark with the highest sequence says all of them.
            if (!marks.empty() && marks.back().room == entry.row.room)
                marks.back().sequence = entry.row.sequence;
            else
                marks.push_back({entry.row.room, entry.row.sequence});
        }
        if (written && !marks.empty() && m_listener != nullptr)
            m_listener->onDurable(marks);
        for (Entry& entry : *shared) {
            if (!entry.done)
                continue;
            if (written)
                entry.done(std::move(entry.result));
            else
                entry.done(fail(SqliteError{service::SqliteErrc::io, "relay.sqlite", "the disk takes no writes"}));
        }
    });
}

void LogWriter::reportDiskState(bool writable, std::string detail)
{
    m_loop.post([this, alive = m_alive, writable, detail = std::move(detail)] {
        if (*alive && m_listener != nullptr)
            m_listener->onDiskState(writable, detail);
    });
}

} // namespace tessera::relay
