#include <core/service/sqlite.h>

#include <sqlite3.h>

namespace tessera::service {
namespace {

SqliteErrc codeOf(int result)
{
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return SqliteErrc::busy;
    case SQLITE_FULL: return SqliteErrc::full;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return SqliteErrc::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return SqliteErrc::corrupt;
    case SQLITE_CONSTRAINT: return SqliteErrc::constraint;
    case SQLITE_READONLY: return SqliteErrc::readOnly;
    default: return SqliteErrc::other;
    }
}

SqliteError errorOf(sqlite3* database, int result)
{
    const char* file = database != nullptr ? sqlite3_db_filename(database, "main") : nullptr;
    return {codeOf(result), file != nullptr ? file : "",
            database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result)};
}

} // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(int parameter, std::int64_t value)
{
    sqlite3_bind_int64(m_statement.get(), parameter, value);
    return *this;
}

Statement& Statement::bind(int parameter, std::string_view text)
{
    sqlite3_bind_text64(m_statement.get(), parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int parameter, ByteView blob)
{
    // A null pointer would bind NULL, and an empty blob is not NULL.
    const void* data = blob.empty() ? static_cast<const void*>("") : blob.data();
    sqlite3_bind_blob64(m_statement.get(), parameter, data, blob.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bindNull(int parameter)
{
    sqlite3_bind_null(m_statement.get(), parameter);
    return *this;
}

Result<bool, SqliteError> Statement::step()
{
    const int result = sqlite3_step(m_statement.get());
    if (result == SQLITE_ROW)
        return true;
    if (result == SQLITE_DONE) {
        sqlite3_reset(m_statement.get());
        return false;
    }
    auto error = errorOf(sqlite3_db_handle(m_statement.get()), result);
    sqlite3_reset(m_statement.get());
    return fail(std::move(error));
}

Result<void, SqliteError> Statement::run()
{
    for (;;) {
        TESSERA_TRY(more, step());
        if (!more)
            return {};
    }
}

void Statement::reset() { sqlite3_reset(m_statement.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(m_statement.get(), column); }

std::string Statement::text(int column) const
{
    const auto* text = sqlite3_column_text(m_statement.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column));
    return text != nullptr ? std::string(reinterpret_cast<const char*>(text), size) : std::string();
}

ByteView Statement::blob(int column) const
{
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(m_statement.get(), column));
    return {data, data != nullptr ? static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column)) : 0};
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<Database, SqliteError> Database::open(const std::filesystem::path& file, Mode mode)
{
    sqlite3* raw = nullptr;
    const int flags = (mode == Mode::readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                      SQLITE_OPEN_NOMUTEX;
    const int result = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    Database database;
    database.m_database.reset(raw);
    if (result != SQLITE_OK)
        return fail(SqliteError{codeOf(result), file.string(), raw != nullptr ? sqlite3_errmsg(raw) : "out of memory"});
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, 5000);
    return database;
}

Result<void, SqliteError> Database::execute(const std::string& sql)
{
    const int result = sqlite3_exec(m_database.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK)
        return fail(errorOf(m_database.get(), result));
    return {};
}

Result<Statement, SqliteError> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* raw = nullptr;
    const int result = sqlite3_prepare_v2(m_database.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    if (result != SQLITE_OK)
        return fail(errorOf(m_database.get(), result));
    Statement statement;
    statement.m_statement.reset(raw);
    return statement;
}

std::int64_t Database::changes() const { return sqlite3_changes64(m_database.get()); }
bool Database::inTransaction() const { return sqlite3_get_autocommit(m_database.get()) == 0; }

} // namespace tessera::service
