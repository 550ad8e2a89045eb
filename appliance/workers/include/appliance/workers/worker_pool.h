#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <appliance/jobs/journal.h>
#include <appliance/runtimes/generation.h>

/// Supervises the workers: one sandboxed process and one thread per device. Takes queued jobs from the journal, hands
/// them to a worker and writes back what comes of them. A crash or a hang costs one attempt of one job; the process is
/// started again, with growing pauses when it keeps failing.
/// Any thread.
namespace tessera::appliance {

struct WorkerPoolOptions {
    std::filesystem::path program;     ///< tessera-worker
    std::filesystem::path models;      ///< model store, read by the workers only; empty: none
    std::filesystem::path onnxRuntime; ///< library; empty: none
    std::string applianceId;           ///< into the recipes
    int devices = 1;
    std::uint64_t memoryBytes = 8ull << 30;       ///< address space of a worker
    std::uint64_t cpuSecondsPerJob = 3600;
    std::chrono::milliseconds startTimeout{60'000};
    std::chrono::milliseconds silenceTimeout{300'000}; ///< no step for this long is a hang
    std::chrono::milliseconds cancelGrace{10'000};     ///< then the worker is killed
};

struct WorkerPoolStatus {
    int workers = 0;    ///< confined and answering
    std::string detail; ///< the latest problem or note; empty when all is well
};

class WorkerPool
{
public:
    /// `journal` and `blobs` must outlive the pool. Starts at once.
    WorkerPool(WorkerPoolOptions options, Journal& journal, BlobStore& blobs, const Clock& clock);
    /// Stops: running jobs go back to the queue without losing their attempt.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Waits until a worker has answered or failed once; false when the time passed first.
    bool waitUntilKnown(std::chrono::milliseconds timeout);
    /// What the workers can run, as they last said.
    [[nodiscard]] std::vector<ModelInfo> models() const;
    [[nodiscard]] WorkerPoolStatus status() const;
    /// A job was queued.
    void wake();
    /// The journal was asked to cancel this job; tells its worker if it is running.
    void cancel(const JobId& id);

private:
    class Lane;
    struct Shared;
    std::unique_ptr<Shared> m_shared;
    std::vector<std::unique_ptr<Lane>> m_lanes;
};

} // namespace tessera::appliance
