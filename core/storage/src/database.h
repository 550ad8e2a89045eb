#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <core/base/bytes.h>
#include <core/storage/tessera_file.h>

struct sqlite3;
struct sqlite3_stmt;

/// A thin owner of a SQLite connection and its statements: codes become StorageErrors that name the file.
/// One thread at a time.
namespace tessera::storage {

class Statement
{
public:
    explicit Statement(sqlite3_stmt* raw) : m_raw(raw) {}
    ~Statement();
    Statement(Statement&& other) noexcept : m_raw(std::exchange(other.m_raw, nullptr)) {}
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Positions count from 1. Bound views must live until step() returns.
    Statement& bind(int position, std::int64_t value);
    Statement& bind(int position, std::string_view text);
    Statement& bind(int position, ByteView bytes);

    [[nodiscard]] std::int64_t intColumn(int column) const;
    [[nodiscard]] std::string textColumn(int column) const;
    [[nodiscard]] Bytes bytesColumn(int column) const;
    [[nodiscard]] std::size_t columnBytes(int column) const;

    [[nodiscard]] sqlite3_stmt* raw() const { return m_raw; }
    void reset();

private:
    sqlite3_stmt* m_raw;
};

class Database
{
public:
    enum class Mode : std::uint8_t { create, readWrite, readOnly, readOnlyImmutable, memory };

    /// Opens the connection and sets what makes a foreign schema harmless. Reads nothing of the file yet, and leaves
    /// the write-ahead log alone when closed: a damaged original must stay as it is.
    static Result<std::unique_ptr<Database>, StorageError> open(const std::string& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    Result<void, StorageError> execute(const char* sql);
    Result<Statement, StorageError> prepare(std::string_view sql);
    /// True: a row stands ready. False: done.
    Result<bool, StorageError> step(Statement& statement);
    /// Runs a statement that gives no rows, and resets it.
    Result<void, StorageError> run(Statement& statement);
    /// First column of the first row as a number; empty without a row.
    Result<std::optional<std::int64_t>, StorageError> queryInt(std::string_view sql);
    Result<std::optional<std::string>, StorageError> queryText(std::string_view sql);

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] StorageError errorOf(int sqliteCode) const;

private:
    Database(sqlite3* raw, std::string path) : m_raw(raw), m_path(std::move(path)) {}
    sqlite3* m_raw;
    std::string m_path;
};

/// Runs `body` (returning a Result<..., StorageError>) inside one transaction; an error rolls back.
template <class Body> auto inTransaction(Database& database, Body&& body) -> decltype(body())
{
    TESSERA_CHECK(database.execute("BEGIN IMMEDIATE"));
    auto result = body();
    if (!result) {
        (void)database.execute("ROLLBACK"); // fails when SQLite rolled back by itself
        return result;
    }
    if (auto committed = database.execute("COMMIT"); !committed) {
        (void)database.execute("ROLLBACK");
        return fail(std::move(committed).error());
    }
    return result;
}

} // namespace tessera::storage
