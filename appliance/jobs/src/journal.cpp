#include <appliance/jobs/journal.h>

#include "database.h"

namespace tessera::appliance {
namespace {

/// A crash loses the count of progress events told since the last durable change; no attempt tells more than this.
constexpr std::uint64_t sequenceGap = 1'000'000;

JournalError unknownJob(const JobId& id)
{
    return {JobErrc::unknownJob, id.text(), "no such job"};
}

} // namespace

Journal::Journal(std::unique_ptr<Database> database, const BlobStore& blobs, const Clock& clock, JournalOptions options)
    : m_database(std::move(database)), m_blobs(blobs), m_clock(clock), m_options(options)
{
}

Journal::~Journal() = default;

Result<std::unique_ptr<Journal>, JournalError> Journal::open(const std::filesystem::path& file, const BlobStore& blobs,
                                                             const Clock& clock, JournalOptions options)
{
    TESSERA_TRY(database, Database::open(file));
    std::unique_ptr<Journal> journal(new Journal(std::move(database), blobs, clock, options));
    TESSERA_CHECK(journal->recover());
    return journal;
}

Result<void, JournalError> Journal::recover()
{
    TESSERA_TRY(interrupted, m_database->select("state = 2 ORDER BY number"));
    TESSERA_CHECK(m_database->execute("BEGIN IMMEDIATE"));
    for (Job& job : interrupted) {
        if (job.cancelRequested) {
            job.state = JobState::cancelled;
        } else if (job.attempt >= m_options.maxAttempts) {
            job.state = JobState::failed;
            job.error = {"attempts-exhausted",
                         "the appliance stopped during attempt " + std::to_string(job.attempt) + ", the last allowed"};
        } else {
            job.state = JobState::queued;
        }
        TESSERA_CHECK(store(std::move(job), sequenceGap));
    }
    return m_database->execute("COMMIT");
}

void Journal::setObserver(Observer observer)
{
    const std::lock_guard lock(m_mutex);
    m_observer = std::move(observer);
}

Result<Job, JournalError> Journal::load(const JobId& id) const
{
    TESSERA_TRY(found, m_database->selectById(id));
    if (!found)
        return tessera::fail(unknownJob(id));
    if (const auto progress = m_progress.find(id); progress != m_progress.end()) {
        found->step = progress->second.step;
        found->steps = progress->second.steps;
        found->previewHash = progress->second.previewHash;
        found->sequence += progress->second.told;
    }
    return std::move(*found);
}

Result<Job, JournalError> Journal::loadRunning(const JobId& id, int attempt) const
{
    TESSERA_TRY(job, load(id));
    if (job.state != JobState::running || job.attempt != attempt)
        return tessera::fail(JournalError{JobErrc::staleAttempt, id.text(),
                                          "attempt " + std::to_string(attempt) + " reports, the job is " +
                                              std::string(stateName(job.state)) + " in attempt " +
                                              std::to_string(job.attempt)});
    return job;
}

Result<Job, JournalError> Journal::store(Job job, std::uint64_t sequenceStep)
{
    job.sequence += sequenceStep;
    job.updatedMs = m_clock.wallMs();
    TESSERA_CHECK(m_database->update(job));
    m_progress.erase(job.id);
    if (job.state != JobState::running) {
        job.previewHash.clear();
        job.step = job.state == JobState::done ? job.steps : 0;
    }
    if (m_observer)
        m_observer(job);
    return job;
}

Result<Job, JournalError> Journal::submit(const JobId& id, Bytes request, std::uint32_t steps, std::uint32_t widthPx,
                                          std::uint32_t heightPx, Audience audience)
{
    if (!isValidJobId(id.text()))
        return tessera::fail(JournalError{JobErrc::invalidId, "job_id", "1-64 characters of A-Z a-z 0-9 _ -"});
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(known, m_database->selectById(id));
    if (known)
        return load(id);
    Statement waiting(m_database->connection(), "SELECT count(*) FROM jobs WHERE state = 1");
    TESSERA_CHECK(waiting.step());
    if (static_cast<std::size_t>(waiting.integer(0)) >= m_options.maxWaiting)
        return tessera::fail(JournalError{JobErrc::queueFull, id.text(),
                                          std::to_string(m_options.maxWaiting) + " jobs are waiting already"});
    Job job;
    job.id = id;
    job.request = std::move(request);
    job.sequence = 1;
    job.steps = steps;
    job.widthPx = widthPx;
    job.heightPx = heightPx;
    job.settled = audience == Audience::local;
    job.createdMs = job.updatedMs = m_clock.wallMs();
    TESSERA_CHECK(m_database->insert(job));
    if (m_observer)
        m_observer(job);
    return job;
}

Result<std::optional<Job>, JournalError> Journal::claim()
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(next, m_database->select("state = 1 ORDER BY number LIMIT 1"));
    if (next.empty())
        return std::optional<Job>();
    Job job = std::move(next.front());
    job.state = JobState::running;
    ++job.attempt;
    TESSERA_TRY(stored, store(std::move(job)));
    return std::optional<Job>(std::move(stored));
}

Result<void, JournalError> Journal::progress(const JobId& id, int attempt, std::uint32_t step, std::uint32_t steps,
                                             const std::string& previewHash)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(job, loadRunning(id, attempt));
    Progress& progress = m_progress[id];
    // Sequence numbers stay below the gap that recovery adds, however chatty a worker is.
    if (progress.told + 1 >= sequenceGap)
        return {};
    ++progress.told;
    progress.step = step;
    progress.steps = steps;
    if (!previewHash.empty())
        progress.previewHash = previewHash;
    if (m_observer) {
        TESSERA_TRY(told, load(id));
        m_observer(told);
    }
    return {};
}

Result<Job, JournalError> Journal::finish(const JobId& id, int attempt, JobOutcome outcome)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(current, load(id));
    if (current.state == JobState::done && current.attempt == attempt && current.outcome == outcome)
        return current;
    TESSERA_TRY(job, loadRunning(id, attempt));
    if (!outcome.resultHash.empty() && !m_blobs.contains(outcome.resultHash))
        return tessera::fail(JournalError{JobErrc::missingBlob, id.text(), outcome.resultHash});
    job.state = JobState::done;
    job.outcome = std::move(outcome);
    return store(std::move(job));
}

Result<Job, JournalError> Journal::fail(const JobId& id, int attempt, JobError error, Retry retry)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(current, load(id));
    if (current.state == JobState::failed && current.attempt == attempt)
        return current;
    TESSERA_TRY(job, loadRunning(id, attempt));
    if (job.cancelRequested) {
        job.state = JobState::cancelled;
    } else if (retry == Retry::yes && job.attempt < m_options.maxAttempts) {
        job.state = JobState::queued;
    } else {
        job.state = JobState::failed;
        job.error = std::move(error);
    }
    return store(std::move(job));
}

Result<Job, JournalError> Journal::confirmCancel(const JobId& id, int attempt)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(current, load(id));
    if (current.state == JobState::cancelled && current.attempt == attempt)
        return current;
    TESSERA_TRY(job, loadRunning(id, attempt));
    job.state = JobState::cancelled;
    return store(std::move(job));
}

Result<Job, JournalError> Journal::release(const JobId& id, int attempt)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(job, loadRunning(id, attempt));
    job.state = job.cancelRequested ? JobState::cancelled : JobState::queued;
    --job.attempt;
    return store(std::move(job));
}

Result<Job, JournalError> Journal::requestCancel(const JobId& id)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(job, load(id));
    if (isFinal(job.state) || job.cancelRequested)
        return job;
    job.cancelRequested = true;
    if (job.state == JobState::queued) {
        job.state = JobState::cancelled;
        return store(std::move(job));
    }
    // The job goes on running until its worker stops: keep what is known of its progress.
    const auto progress = m_progress.find(id);
    const Progress kept = progress == m_progress.end() ? Progress{job.step, job.steps, 0, job.previewHash} : progress->second;
    TESSERA_TRY(stored, store(std::move(job)));
    m_progress[id] = {kept.step, kept.steps, 0, kept.previewHash};
    return stored;
}

Result<void, JournalError> Journal::settle(const JobId& id)
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(job, m_database->selectById(id));
    if (!job)
        return tessera::fail(unknownJob(id));
    if (!isFinal(job->state) || job->settled)
        return {};
    job->settled = true;
    return m_database->update(*job);
}

Result<Job, JournalError> Journal::find(const JobId& id) const
{
    const std::lock_guard lock(m_mutex);
    return load(id);
}

Result<std::vector<Job>, JournalError> Journal::unsettled() const
{
    const std::lock_guard lock(m_mutex);
    TESSERA_TRY(stored, m_database->select("settled = 0 ORDER BY number"));
    std::vector<Job> jobs;
    for (const Job& job : stored) {
        TESSERA_TRY(current, load(job.id));
        jobs.push_back(std::move(current));
    }
    return jobs;
}

Result<JobCounts, JournalError> Journal::counts() const
{
    const std::lock_guard lock(m_mutex);
    Statement statement(m_database->connection(), "SELECT state, count(*) FROM jobs WHERE state IN (1, 2) GROUP BY state");
    JobCounts counts;
    for (;;) {
        TESSERA_TRY(isRow, statement.step());
        if (!isRow)
            return counts;
        (statement.integer(0) == 1 ? counts.queued : counts.running) = static_cast<std::uint32_t>(statement.integer(1));
    }
}

Result<std::set<std::string>, JournalError> Journal::namedBlobs() const
{
    const std::lock_guard lock(m_mutex);
    std::set<std::string> hashes;
    for (const auto& [id, progress] : m_progress)
        hashes.insert(progress.previewHash);
    Statement statement(m_database->connection(), "SELECT result FROM jobs WHERE result <> ''");
    for (;;) {
        TESSERA_TRY(isRow, statement.step());
        if (!isRow)
            return hashes;
        hashes.insert(statement.text(0));
    }
}

Result<std::size_t, JournalError> Journal::prune(std::int64_t ageMs)
{
    const std::lock_guard lock(m_mutex);
    Statement statement(m_database->connection(), "DELETE FROM jobs WHERE state IN (3, 4, 5) AND updated < ?1");
    statement.bind(1, m_clock.wallMs() - ageMs);
    TESSERA_CHECK(statement.step());
    return static_cast<std::size_t>(sqlite3_changes(m_database->connection()));
}

} // namespace tessera::appliance
