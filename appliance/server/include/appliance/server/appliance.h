#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <appliance/jobs/blob_store.h>
#include <appliance/jobs/journal.h>
#include <appliance/runtimes/generation.h>
#include <appliance/server/job_feed.h>
#include <appliance/workers/worker_pool.h>

/// The appliance without its wire: journal, blobs, workers and the feed of events, put together. The gRPC API and the
/// relay link both stand on it. Any thread.
namespace tessera::appliance {

/// Text of GET-like answers and of the ready line.
inline constexpr std::string_view applianceVersion = "0.1.0";

struct ApplianceOptions {
    std::filesystem::path dataFolder; ///< journal, blobs, identity; one daemon at a time
    WorkerPoolOptions workers;        ///< applianceId is filled in from the data folder
    JournalOptions journal;
    std::int64_t retentionMs = 7LL * 24 * 3600 * 1000; ///< of final jobs and their blobs
};

enum class Refusal { badRequest, notFound, busy, internal };

struct ApplianceError {
    Refusal kind = Refusal::internal;
    std::string code;
    std::string detail;
};

struct ApplianceHealth {
    JobCounts jobs;
    WorkerPoolStatus workers;
};

class Appliance
{
public:
    /// Fails when the folder cannot be used or another daemon holds it. Waits for the first worker to tell its models.
    static Result<std::unique_ptr<Appliance>, std::string> open(ApplianceOptions options, const Clock& clock);
    ~Appliance();

    /// Checked and durable on return. An empty id is replaced by a minted one.
    Result<Job, ApplianceError> submit(const JobId& id, const GenerationRequest& request, Audience audience);
    Result<Job, ApplianceError> cancel(const JobId& id);
    Result<Job, ApplianceError> find(const JobId& id) const;
    [[nodiscard]] std::vector<ModelInfo> models() const;
    Result<ApplianceHealth, ApplianceError> health() const;
    [[nodiscard]] JobFeed& feed() { return m_feed; }
    [[nodiscard]] const BlobStore& blobs() const { return *m_blobs; }
    [[nodiscard]] const std::string& id() const { return m_id; }

    /// For the relay link.
    Result<std::vector<Job>, ApplianceError> unsettled() const;
    void settle(const JobId& id);

    /// Forgets what retention allows; called now and then.
    void tidy();

private:
    explicit Appliance(const Clock& clock) : m_clock(clock) {}

    const Clock& m_clock;
    ApplianceOptions m_options;
    std::string m_id;
    int m_lock = -1;
    std::unique_ptr<BlobStore> m_blobs;
    std::unique_ptr<Journal> m_journal;
    JobFeed m_feed;
    std::unique_ptr<WorkerPool> m_workers;
};

} // namespace tessera::appliance
