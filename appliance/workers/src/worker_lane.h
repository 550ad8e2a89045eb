#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <appliance/workers/worker_pool.h>
#include <appliance/workers/worker_process.h>

/// One device: its thread, its worker process and the job it runs.
namespace tessera::appliance {

/// What all lanes share. The mutex guards `models`, `workers`, `detail` and `known`.
struct WorkerPool::Shared {
    WorkerPoolOptions options;
    Journal& journal;
    BlobStore& blobs;
    const Clock& clock;
    std::atomic<bool> stopping{false};
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<ModelInfo> models;
    int workers = 0;
    std::string detail;
    bool known = false;
};

class WorkerPool::Lane
{
public:
    explicit Lane(Shared& shared);
    ~Lane(); ///< the pool's stopping flag has to be set
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    void wake();
    void cancel(const JobId& id);

private:
    enum class After { keep, restart };
    void run();
    bool startWorker();
    void loseWorker(const std::string& reason);
    void pause();
    void drainWake();
    bool isCancelled(const Job& job);
    void serve();
    After runJob(const Job& job);
    After follow(const Job& job);
    After handle(const Job& job, WorkerMessage message, bool& ended);
    void finish(const Job& job, JobDone done);
    void report(const char* what, const JournalError& error);

    Shared& m_shared;
    int m_wake;
    std::unique_ptr<WorkerProcess> m_worker;
    int m_failures = 0;
    std::mutex m_mutex;
    JobId m_cancelled; ///< guarded
    std::thread m_thread;
};

} // namespace tessera::appliance
