#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <appliance/jobs/blob_store.h>
#include <appliance/jobs/job.h>
#include <core/base/clock.h>

/// The job journal: SQLite in WAL mode with synchronous=FULL, so that a state that was told survives kill -9 and power
/// loss. Every transition is idempotent by (job, attempt): repeating one changes nothing, and a report of an attempt
/// that is no longer running is refused as staleAttempt.
/// Progress (step, preview) is kept in memory only: it is worth nothing after a crash.
/// Any thread; one lock inside.
namespace tessera::appliance {

struct JournalOptions {
    int maxAttempts = 3;
    std::size_t maxWaiting = 1000; ///< queued jobs; submit answers queueFull beyond
};

struct JobCounts {
    std::uint32_t queued = 0;
    std::uint32_t running = 0;
};

enum class Retry { no, yes };
/// Who hears how the job ends: whoever watches here, or a relay that has to acknowledge it (settle).
enum class Audience { local, relay };

class Journal
{
public:
    /// Opens or makes DIR/jobs.sqlite and brings jobs that were running back to the queue: the crash cost them their
    /// attempt. One that has no attempts left fails with `attempts-exhausted`; one that was to be cancelled is.
    /// `blobs` and `clock` must outlive the journal.
    static Result<std::unique_ptr<Journal>, JournalError> open(const std::filesystem::path& file, const BlobStore& blobs,
                                                               const Clock& clock, JournalOptions options = {});
    ~Journal();

    /// Called after every change with the job as it is now, in order, under the journal's lock: only hand the job on.
    using Observer = std::function<void(const Job&)>;
    void setObserver(Observer observer);

    /// Durable on return. The same id again returns the job that is there, whatever the rest says.
    Result<Job, JournalError> submit(const JobId& id, Bytes request, std::uint32_t steps, std::uint32_t widthPx,
                                     std::uint32_t heightPx, Audience audience = Audience::relay);
    /// The oldest queued job, now running with the next attempt number; empty when none waits.
    Result<std::optional<Job>, JournalError> claim();
    Result<void, JournalError> progress(const JobId& id, int attempt, std::uint32_t step, std::uint32_t steps,
                                        const std::string& previewHash);
    /// The outcome's blob has to be in the store.
    Result<Job, JournalError> finish(const JobId& id, int attempt, JobOutcome outcome);
    /// With Retry::yes and attempts left the job is queued again.
    Result<Job, JournalError> fail(const JobId& id, int attempt, JobError error, Retry retry);
    /// The running attempt has stopped because of requestCancel.
    Result<Job, JournalError> confirmCancel(const JobId& id, int attempt);
    /// Gives a running job back without costing its attempt (the daemon stops in order).
    Result<Job, JournalError> release(const JobId& id, int attempt);
    /// A queued job is cancelled at once; a running one when its worker has stopped; a final one stays.
    Result<Job, JournalError> requestCancel(const JobId& id);
    Result<void, JournalError> settle(const JobId& id);

    Result<Job, JournalError> find(const JobId& id) const;
    /// A relay's jobs that are unfinished, or finished and not settled, oldest first.
    Result<std::vector<Job>, JournalError> unsettled() const;
    Result<JobCounts, JournalError> counts() const;
    /// Hashes that some job names; the blobs a sweep keeps.
    Result<std::set<std::string>, JournalError> namedBlobs() const;
    /// Forgets final jobs not touched for `ageMs`; returns how many.
    Result<std::size_t, JournalError> prune(std::int64_t ageMs);

private:
    class Database;
    struct Progress {
        std::uint32_t step = 0;
        std::uint32_t steps = 0;
        std::uint64_t told = 0; ///< sequence numbers given to progress since the last durable change
        std::string previewHash;
    };
    Journal(std::unique_ptr<Database> database, const BlobStore& blobs, const Clock& clock, JournalOptions options);
    Result<void, JournalError> recover();
    Result<Job, JournalError> load(const JobId& id) const;
    Result<Job, JournalError> loadRunning(const JobId& id, int attempt) const;
    Result<Job, JournalError> store(Job job, std::uint64_t sequenceStep = 1);

    mutable std::mutex m_mutex;
    std::unique_ptr<Database> m_database;
    const BlobStore& m_blobs;
    const Clock& m_clock;
    JournalOptions m_options;
    Observer m_observer;
    std::map<JobId, Progress> m_progress;
};

} // namespace tessera::appliance
