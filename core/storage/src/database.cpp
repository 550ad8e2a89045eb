#include "database.h"

#include <sqlite3.h>

namespace tessera::storage {
namespace {

constexpr int busyTimeoutMs = 3000; ///< waits for readers of the same file during a checkpoint

StorageErrc codeOf(int sqliteCode)
{
    switch (sqliteCode & 0xff) {
    case SQLITE_FULL: return StorageErrc::noSpace;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return StorageErrc::inUse;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return StorageErrc::damaged;
    case SQLITE_READONLY: return StorageErrc::readOnly;
    case SQLITE_TOOBIG: return StorageErrc::tooLarge;
    // What a query of ours does not find in the schema, or a constraint of it refuses, was taken out by damage.
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH: return StorageErrc::damaged;
    default: return StorageErrc::io;
    }
}

/// A file name inside a URI.
std::string escaped(const std::string& path)
{
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    for (const char c : path) {
        if (c == '?' || c == '#' || c == '%') {
            out += '%';
            out += hex[static_cast<unsigned char>(c) >> 4];
            out += hex[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    return out;
}

} // namespace

Statement::~Statement() { sqlite3_finalize(m_raw); }

Statement& Statement::bind(int position, std::int64_t value)
{
    sqlite3_bind_int64(m_raw, position, value);
    return *this;
}

Statement& Statement::bind(int position, std::string_view text)
{
    sqlite3_bind_text64(m_raw, position, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int position, ByteView bytes)
{
    static constexpr std::uint8_t none = 0; // a null pointer would bind NULL
    sqlite3_bind_blob64(m_raw, position, bytes.empty() ? &none : bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
}

std::int64_t Statement::intColumn(int column) const { return sqlite3_column_int64(m_raw, column); }

std::string Statement::textColumn(int column) const { return std::string(asText(bytesColumn(column))); }

Bytes Statement::bytesColumn(int column) const
{
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(m_raw, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_raw, column));
    return data == nullptr ? Bytes{} : Bytes(data, data + size);
}

std::size_t Statement::columnBytes(int column) const
{
    return static_cast<std::size_t>(sqlite3_column_bytes(m_raw, column));
}

void Statement::reset()
{
    sqlite3_reset(m_raw);
    sqlite3_clear_bindings(m_raw);
}

Result<std::unique_ptr<Database>, StorageError> Database::open(const std::string& path, Mode mode)
{
    int flags = SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE;
    std::string name = path;
    switch (mode) {
    case Mode::create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE; break;
    case Mode::readWrite: flags |= SQLITE_OPEN_READWRITE; break;
    case Mode::readOnly: flags |= SQLITE_OPEN_READONLY; break;
    case Mode::readOnlyImmutable:
        flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
        name = "file:" + escaped(path) + "?immutable=1";
        break;
    case Mode::memory:
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY;
        name = ":memory:";
        break;
    }
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &raw, flags, nullptr);
    std::unique_ptr<Database> database(new Database(raw, path));
    if (code != SQLITE_OK)
        return fail(database->errorOf(code));
    sqlite3_busy_timeout(raw, busyTimeoutMs);
    sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, static_cast<int>(maxValueBytes));
    // The schema of a file is outside input: no functions or virtual tables out of it, no writes to its internals.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    TESSERA_CHECK(database->execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA secure_delete=FAST;"));
    return database;
}

Database::~Database() { sqlite3_close_v2(m_raw); }

StorageError Database::errorOf(int sqliteCode) const
{
    std::string detail = sqlite3_errstr(sqliteCode);
    if (m_raw != nullptr && sqlite3_extended_errcode(m_raw) == sqliteCode)
        detail = sqlite3_errmsg(m_raw);
    return {codeOf(sqliteCode), m_path, std::move(detail)};
}

Result<void, StorageError> Database::execute(const char* sql)
{
    const int code = sqlite3_exec(m_raw, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return fail(errorOf(code));
    return {};
}

Result<Statement, StorageError> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(m_raw, sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    if (code != SQLITE_OK)
        return fail(errorOf(code));
    return Statement(raw);
}

Result<bool, StorageError> Database::step(Statement& statement)
{
    const int code = sqlite3_step(statement.raw());
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    StorageError error = errorOf(code);
    statement.reset();
    return fail(std::move(error));
}

Result<void, StorageError> Database::run(Statement& statement)
{
    TESSERA_CHECK(step(statement));
    statement.reset();
    return {};
}

Result<std::optional<std::int64_t>, StorageError> Database::queryInt(std::string_view sql)
{
    TESSERA_TRY(statement, prepare(sql));
    TESSERA_TRY(hasRow, step(statement));
    return hasRow ? std::optional(statement.intColumn(0)) : std::nullopt;
}

Result<std::optional<std::string>, StorageError> Database::queryText(std::string_view sql)
{
    TESSERA_TRY(statement, prepare(sql));
    TESSERA_TRY(hasRow, step(statement));
    return hasRow ? std::optional(statement.textColumn(0)) : std::nullopt;
}

} // namespace tessera::storage
