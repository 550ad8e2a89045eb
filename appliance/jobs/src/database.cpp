#include "database.h"

namespace tessera::appliance {
namespace {

constexpr int applicationId = 0x54534a4f; // "TSJO"
constexpr int formatVersion = 1;
constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS jobs("
    "number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, request BLOB NOT NULL, state INTEGER NOT NULL,"
    "attempt INTEGER NOT NULL, sequence INTEGER NOT NULL, steps INTEGER NOT NULL, width INTEGER NOT NULL,"
    "height INTEGER NOT NULL, result TEXT NOT NULL, layers TEXT NOT NULL, recipe TEXT NOT NULL, code TEXT NOT NULL,"
    "detail TEXT NOT NULL, cancel INTEGER NOT NULL, settled INTEGER NOT NULL, created INTEGER NOT NULL,"
    "updated INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs(state, number);";
constexpr const char* columns = "id, request, state, attempt, sequence, steps, width, height, result, layers, recipe, "
                                "code, detail, cancel, settled, created, updated";

JournalError errorOf(sqlite3* connection, const char* where)
{
    return {JobErrc::database, where, sqlite3_errmsg(connection)};
}

Job jobOf(const Statement& row)
{
    Job job;
    job.id = JobId(row.text(0));
    job.request = row.blob(1);
    job.state = static_cast<JobState>(row.integer(2));
    job.attempt = static_cast<int>(row.integer(3));
    job.sequence = static_cast<std::uint64_t>(row.integer(4));
    job.steps = static_cast<std::uint32_t>(row.integer(5));
    job.widthPx = static_cast<std::uint32_t>(row.integer(6));
    job.heightPx = static_cast<std::uint32_t>(row.integer(7));
    job.outcome = {row.text(8), row.text(9), row.text(10)};
    job.error = {row.text(11), row.text(12)};
    job.cancelRequested = row.integer(13) != 0;
    job.settled = row.integer(14) != 0;
    job.createdMs = row.integer(15);
    job.updatedMs = row.integer(16);
    if (job.state == JobState::done)
        job.step = job.steps;
    return job;
}

void bindJob(Statement& statement, const Job& job)
{
    statement.bind(1, job.id.text()).bind(2, job.request).bind(3, static_cast<std::int64_t>(job.state));
    statement.bind(4, job.attempt).bind(5, static_cast<std::int64_t>(job.sequence)).bind(6, job.steps);
    statement.bind(7, job.widthPx).bind(8, job.heightPx).bind(9, job.outcome.resultHash);
    statement.bind(10, job.outcome.layersJson).bind(11, job.outcome.recipeJson).bind(12, job.error.code);
    statement.bind(13, job.error.detail).bind(14, job.cancelRequested ? 1 : 0).bind(15, job.settled ? 1 : 0);
    statement.bind(16, job.createdMs).bind(17, job.updatedMs);
}

} // namespace

Statement::Statement(sqlite3* connection, const char* sql) : m_connection(connection)
{
    sqlite3_prepare_v2(connection, sql, -1, &m_statement, nullptr);
}

Statement& Statement::bind(int index, std::int64_t value)
{
    sqlite3_bind_int64(m_statement, index, value);
    return *this;
}

Statement& Statement::bind(int index, const std::string& value)
{
    sqlite3_bind_text64(m_statement, index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int index, ByteView value)
{
    // An empty view may point nowhere, which SQLite would store as NULL.
    sqlite3_bind_blob64(m_statement, index, value.empty() ? "" : static_cast<const void*>(value.data()), value.size(),
                        SQLITE_TRANSIENT);
    return *this;
}

Result<bool, JournalError> Statement::step()
{
    const int code = m_statement == nullptr ? SQLITE_ERROR : sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return fail(errorOf(m_connection, "jobs.sqlite"));
}

std::string Statement::text(int column) const
{
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return bytes == nullptr ? std::string()
                            : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)));
}

Bytes Statement::blob(int column) const
{
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(m_statement, column));
    return bytes == nullptr ? Bytes() : Bytes(bytes, bytes + sqlite3_column_bytes(m_statement, column));
}

Result<std::unique_ptr<Journal::Database>, JournalError> Journal::Database::open(const std::filesystem::path& file)
{
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Database> database(new Database(connection));
    if (code != SQLITE_OK)
        return tessera::fail(JournalError{JobErrc::database, file.string(), sqlite3_errstr(code)});
    sqlite3_busy_timeout(connection, 5000);
    TESSERA_CHECK(database->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"));
    int foundVersion = 0;
    {
        Statement version(connection, "PRAGMA user_version");
        TESSERA_CHECK(version.step());
        foundVersion = static_cast<int>(version.integer(0));
    }
    if (foundVersion > formatVersion)
        return tessera::fail(JournalError{JobErrc::newerFormat, file.string(), "format " + std::to_string(foundVersion)});
    const std::string stamp = "PRAGMA application_id=" + std::to_string(applicationId) +
                              "; PRAGMA user_version=" + std::to_string(formatVersion) + ";";
    TESSERA_CHECK(database->execute(schema));
    TESSERA_CHECK(database->execute(stamp.c_str()));
    return database;
}

Result<void, JournalError> Journal::Database::execute(const char* sql)
{
    if (sqlite3_exec(m_connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return tessera::fail(errorOf(m_connection, "jobs.sqlite"));
    return {};
}

Result<void, JournalError> Journal::Database::insert(const Job& job)
{
    const std::string sql = std::string("INSERT INTO jobs(") + columns + ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    Statement statement(m_connection, sql.c_str());
    bindJob(statement, job);
    TESSERA_CHECK(statement.step());
    return {};
}

Result<void, JournalError> Journal::Database::update(const Job& job)
{
    Statement statement(m_connection,
                        "UPDATE jobs SET request=?2, state=?3, attempt=?4, sequence=?5, steps=?6, width=?7, height=?8,"
                        "result=?9, layers=?10, recipe=?11, code=?12, detail=?13, cancel=?14, settled=?15, created=?16,"
                        "updated=?17 WHERE id=?1");
    bindJob(statement, job);
    TESSERA_CHECK(statement.step());
    return {};
}

Result<std::vector<Job>, JournalError> Journal::Database::select(const std::string& condition) const
{
    const std::string sql = std::string("SELECT ") + columns + " FROM jobs WHERE " + condition;
    Statement statement(m_connection, sql.c_str());
    std::vector<Job> jobs;
    for (;;) {
        TESSERA_TRY(isRow, statement.step());
        if (!isRow)
            return jobs;
        jobs.push_back(jobOf(statement));
    }
}

Result<std::optional<Job>, JournalError> Journal::Database::selectById(const JobId& id) const
{
    const std::string sql = std::string("SELECT ") + columns + " FROM jobs WHERE id=?1";
    Statement statement(m_connection, sql.c_str());
    statement.bind(1, id.text());
    TESSERA_TRY(isRow, statement.step());
    return isRow ? std::optional<Job>(jobOf(statement)) : std::nullopt;
}

} // namespace tessera::appliance
