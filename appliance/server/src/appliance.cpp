#include <appliance/server/appliance.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <unistd.h>

#include <core/base/ids.h>
#include <core/base/log.h>
#include <core/base/random.h>

namespace tessera::appliance {
namespace {

constexpr std::int64_t looseBlobAgeMs = 3'600'000;
constexpr auto firstWorkerTimeout = std::chrono::seconds(90);

ApplianceError errorOf(const JournalError& error)
{
    switch (error.code) {
    case JobErrc::queueFull: return {Refusal::busy, "queue-full", error.detail};
    case JobErrc::unknownJob: return {Refusal::notFound, "unknown-job", "no job \"" + error.where.substr(0, maxIdBytes) + "\" here"};
    case JobErrc::invalidId: return {Refusal::badRequest, "invalid-job-id", error.detail};
    default: return {Refusal::internal, "journal-failed", error.where + ": " + error.detail};
    }
}

/// DIR/appliance.id, made at the first start.
Result<std::string, std::string> stableId(const std::filesystem::path& folder)
{
    const auto file = folder / "appliance.id";
    std::string id;
    if (std::ifstream in(file); in >> id && isValidJobId(id))
        return id;
    SystemRandom random;
    id = makeIdText(random);
    std::ofstream out(file, std::ios::trunc);
    out << id << '\n';
    out.flush();
    if (!out)
        return fail("cannot write " + file.string());
    return id;
}

Result<int, std::string> lockFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const auto file = folder / "lock";
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (descriptor < 0)
        return fail(file.string() + ": " + std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        return fail(folder.string() + " is in use by another tessera-appliance");
    }
    return descriptor;
}

} // namespace

Result<std::unique_ptr<Appliance>, std::string> Appliance::open(ApplianceOptions options, const Clock& clock)
{
    std::unique_ptr<Appliance> appliance(new Appliance(clock));
    TESSERA_TRY(lock, lockFolder(options.dataFolder));
    appliance->m_lock = lock;
    TESSERA_TRY(id, stableId(options.dataFolder));
    appliance->m_id = id;
    auto blobs = BlobStore::open(options.dataFolder / "blobs");
    if (!blobs)
        return fail(blobs.error().where + ": " + blobs.error().detail);
    appliance->m_blobs = std::make_unique<BlobStore>(std::move(*blobs));
    auto journal = Journal::open(options.dataFolder / "jobs.sqlite", *appliance->m_blobs, clock, options.journal);
    if (!journal)
        return fail(journal.error().where + ": " + journal.error().detail);
    appliance->m_journal = std::move(*journal);
    appliance->m_journal->setObserver([feed = &appliance->m_feed](const Job& job) { feed->publish(job); });
    options.workers.applianceId = id;
    appliance->m_options = options;
    appliance->tidy();
    appliance->m_workers = std::make_unique<WorkerPool>(options.workers, *appliance->m_journal, *appliance->m_blobs, clock);
    if (!appliance->m_workers->waitUntilKnown(firstWorkerTimeout))
        log::warning("appliance", "no worker has answered yet; models are unknown until one does");
    return appliance;
}

Appliance::~Appliance()
{
    m_workers.reset();
    m_journal.reset();
    if (m_lock >= 0)
        ::close(m_lock);
}

Result<Job, ApplianceError> Appliance::submit(const JobId& id, const GenerationRequest& request, Audience audience)
{
    JobId jobId = id;
    if (jobId.isEmpty()) {
        SystemRandom random;
        jobId = JobId(makeIdText(random));
    } else if (auto known = m_journal->find(jobId)) {
        return std::move(*known); // also when its model is gone by now
    }
    const auto model = checkRequest(request, m_workers->models());
    if (!model)
        return fail(ApplianceError{Refusal::badRequest, model.error().code, model.error().detail});
    const std::uint32_t steps = request.steps == 0 || model->output == ModelOutput::layers ? model->defaultSteps : request.steps;
    auto job = m_journal->submit(jobId, encodeRequest(request), steps, request.widthPx, request.heightPx, audience);
    if (!job)
        return fail(errorOf(job.error()));
    m_workers->wake();
    return std::move(*job);
}

Result<Job, ApplianceError> Appliance::cancel(const JobId& id)
{
    auto job = m_journal->requestCancel(id);
    if (!job)
        return fail(errorOf(job.error()));
    if (job->state == JobState::running)
        m_workers->cancel(id);
    return std::move(*job);
}

Result<Job, ApplianceError> Appliance::find(const JobId& id) const
{
    auto job = m_journal->find(id);
    if (!job)
        return fail(errorOf(job.error()));
    return std::move(*job);
}

std::vector<ModelInfo> Appliance::models() const
{
    return m_workers->models();
}

Result<ApplianceHealth, ApplianceError> Appliance::health() const
{
    const auto counts = m_journal->counts();
    if (!counts)
        return fail(errorOf(counts.error()));
    return ApplianceHealth{*counts, m_workers->status()};
}

Result<std::vector<Job>, ApplianceError> Appliance::unsettled() const
{
    auto jobs = m_journal->unsettled();
    if (!jobs)
        return fail(errorOf(jobs.error()));
    return std::move(*jobs);
}

void Appliance::settle(const JobId& id)
{
    if (const auto settled = m_journal->settle(id); !settled && settled.error().code != JobErrc::unknownJob)
        log::error("appliance", "cannot settle a job", {{"job", id.text()}, {"detail", settled.error().detail}});
}

void Appliance::tidy()
{
    const auto pruned = m_journal->prune(m_options.retentionMs);
    const auto named = m_journal->namedBlobs();
    if (!pruned || !named) {
        log::error("appliance", "cannot tidy the journal", {{"detail", (pruned ? named.error() : pruned.error()).detail}});
        return;
    }
    m_blobs->sweep(*named, looseBlobAgeMs);
}

} // namespace tessera::appliance
