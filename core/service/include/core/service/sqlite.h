#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <core/base/bytes.h>
#include <core/base/result.h>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite as move-only values and Results. A Database and its Statements belong to one thread at a time.
namespace tessera::service {

enum class SqliteErrc : std::uint8_t { busy = 1, full = 2, io = 3, corrupt = 4, constraint = 5, readOnly = 6, other = 7 };
/// `where` is the file, `detail` SQLite's own words.
using SqliteError = ErrorOf<SqliteErrc>;

/// Parameters count from 1, columns from 0, as in SQLite. A statement must not outlive its Database.
class Statement
{
public:
    Statement& bind(int parameter, std::int64_t value);
    Statement& bind(int parameter, std::string_view text); ///< copied
    Statement& bind(int parameter, ByteView blob);         ///< must live until the statement is reset
    Statement& bindNull(int parameter);
    /// True: a row stands ready. False: done; the statement is reset and may be bound again.
    Result<bool, SqliteError> step();
    /// Runs to the end, ignoring rows, and resets.
    Result<void, SqliteError> run();
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    /// Valid until the next step or reset.
    [[nodiscard]] ByteView blob(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

class Database
{
public:
    enum class Mode : std::uint8_t { readWrite, readOnly };
    /// Made when missing (readWrite). Waits up to five seconds for another process's lock.
    static Result<Database, SqliteError> open(const std::filesystem::path& file, Mode mode = Mode::readWrite);

    /// One or more statements without parameters.
    Result<void, SqliteError> execute(const std::string& sql);
    Result<Statement, SqliteError> prepare(std::string_view sql);
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool inTransaction() const;

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> m_database;
};

} // namespace tessera::service
