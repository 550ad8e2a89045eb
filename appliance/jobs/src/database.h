#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <sqlite3.h>

#include <appliance/jobs/journal.h>

/// The journal's SQLite connection. Under the journal's lock.
namespace tessera::appliance {

/// One prepared statement, reset on destruction of its run. Parameters are numbered from 1, columns from 0.
class Statement
{
public:
    Statement(sqlite3* connection, const char* sql);
    ~Statement() { sqlite3_finalize(m_statement); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, const std::string& value);
    Statement& bind(int index, ByteView value);
    /// True: a row is there. False: finished. An error otherwise.
    Result<bool, JournalError> step();
    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(m_statement, column); }
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;

private:
    sqlite3* m_connection;
    sqlite3_stmt* m_statement = nullptr;
};

class Journal::Database
{
public:
    static Result<std::unique_ptr<Database>, JournalError> open(const std::filesystem::path& file);
    ~Database() { sqlite3_close(m_connection); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] sqlite3* connection() const { return m_connection; }
    Result<void, JournalError> execute(const char* sql);
    Result<void, JournalError> insert(const Job& job);
    Result<void, JournalError> update(const Job& job);
    /// Jobs that match a condition, e.g. "state = 1 ORDER BY number LIMIT 1".
    Result<std::vector<Job>, JournalError> select(const std::string& condition) const;
    Result<std::optional<Job>, JournalError> selectById(const JobId& id) const;

private:
    explicit Database(sqlite3* connection) : m_connection(connection) {}
    sqlite3* m_connection;
};

} // namespace tessera::appliance
