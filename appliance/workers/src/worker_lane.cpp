#include "worker_lane.h"

#include <algorithm>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <core/base/log.h>

#include "worker_arguments.h"

namespace tessera::appliance {
namespace {

using namespace std::chrono_literals;

/// The recipe with what only the daemon knows, or empty when the worker's is no JSON object.
std::string completeRecipe(const std::string& recipeJson, const JobId& job, const std::string& applianceId,
                           const std::string& resultHash, std::int64_t wallMs)
{
    boost::json::error_code error;
    boost::json::value value = boost::json::parse(recipeJson, error);
    if (error || !value.is_object())
        return {};
    boost::json::object& recipe = value.as_object();
    recipe["job"] = job.text();
    recipe["appliance"] = applianceId;
    recipe["time"] = wallMs;
    if (!resultHash.empty())
        recipe["results"] = boost::json::array{resultHash};
    return boost::json::serialize(value);
}

bool isJsonArray(const std::string& text)
{
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    return !error && value.is_array();
}

} // namespace

WorkerPool::Lane::Lane(Shared& shared)
    : m_shared(shared), m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_thread([this] { run(); })
{
}

WorkerPool::Lane::~Lane()
{
    wake();
    m_thread.join();
    ::close(m_wake);
}

void WorkerPool::Lane::wake()
{
    const std::uint64_t one = 1;
    (void)!::write(m_wake, &one, sizeof one);
}

void WorkerPool::Lane::cancel(const JobId& id)
{
    {
        const std::lock_guard lock(m_mutex);
        m_cancelled = id;
    }
    wake();
}

void WorkerPool::Lane::drainWake()
{
    std::uint64_t count = 0;
    (void)!::read(m_wake, &count, sizeof count);
}

bool WorkerPool::Lane::isCancelled(const Job& job)
{
    const std::lock_guard lock(m_mutex);
    return m_cancelled == job.id;
}

void WorkerPool::Lane::report(const char* what, const JournalError& error)
{
    log::error("worker", what, {{"where", error.where}, {"detail", error.detail}});
}

void WorkerPool::Lane::run()
{
    // A worker that died with its pipe open for us is an error of write(), not a signal.
    sigset_t brokenPipe;
    sigemptyset(&brokenPipe);
    sigaddset(&brokenPipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &brokenPipe, nullptr);
    while (!m_shared.stopping) {
        if (startWorker())
            serve();
        // The first loss is made good at once; a worker that keeps dying is not started in a tight loop.
        if (!m_worker && m_failures > 1)
            pause();
    }
    m_worker.reset();
}

/// 100 ms, doubling up to 10 s; woken early only to stop.
void WorkerPool::Lane::pause()
{
    const auto until = std::chrono::steady_clock::now() + std::min(100ms * (1 << std::min(m_failures, 7)), std::chrono::milliseconds(10s));
    while (!m_shared.stopping && std::chrono::steady_clock::now() < until) {
        pollfd woken{m_wake, POLLIN, 0};
        ::poll(&woken, 1, 100);
        if (m_shared.stopping)
            return;
        drainWake();
    }
}

bool WorkerPool::Lane::startWorker()
{
    const WorkerPoolOptions& options = m_shared.options;
    auto started = WorkerProcess::start(options.program, toWords({options.models, options.onnxRuntime, options.memoryBytes}));
    if (!started) {
        loseWorker("cannot start: " + started.error());
        return false;
    }
    m_worker = std::move(*started);
    const auto deadline = std::chrono::steady_clock::now() + options.startTimeout;
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        switch (m_worker->wait(m_wake, left)) {
        case WorkerProcess::Wait::message: {
            WorkerMessage message = m_worker->takeMessage();
            auto* ready = std::get_if<WorkerReady>(&message);
            if (ready == nullptr) {
                loseWorker("said something else before it was ready");
                return false;
            }
            const std::lock_guard lock(m_shared.mutex);
            m_shared.models = std::move(ready->models);
            m_shared.detail = std::move(ready->note);
            m_shared.known = true;
            ++m_shared.workers;
            m_shared.changed.notify_all();
            return true;
        }
        case WorkerProcess::Wait::woken:
            drainWake();
            if (m_shared.stopping)
                return false;
            break;
        case WorkerProcess::Wait::timeout: loseWorker("not ready in time"); return false;
        case WorkerProcess::Wait::ended: loseWorker("ended while starting: " + m_worker->endReason()); return false;
        }
    }
}

void WorkerPool::Lane::loseWorker(const std::string& reason)
{
    m_worker.reset();
    ++m_failures;
    log::warning("worker", "worker lost", {{"reason", reason}});
    const std::lock_guard lock(m_shared.mutex);
    m_shared.detail = "worker " + reason;
    m_shared.known = true;
    m_shared.changed.notify_all();
}

/// Until the worker is lost or the pool stops.
void WorkerPool::Lane::serve()
{
    std::string lost;
    while (!m_shared.stopping && lost.empty()) {
        drainWake();
        auto job = m_shared.journal.claim();
        if (!job) {
            report("cannot claim a job", job.error());
            pause();
            continue;
        }
        if (*job) {
            m_worker->allowCpuSeconds(m_shared.options.cpuSecondsPerJob);
            if (runJob(**job) == After::restart)
                lost = "after job " + (*job)->id.text();
            else
                m_failures = 0;
            continue;
        }
        switch (m_worker->wait(m_wake, 60s)) {
        case WorkerProcess::Wait::message: lost = "spoke without a job"; break;
        case WorkerProcess::Wait::ended: lost = "ended while idle: " + m_worker->endReason(); break;
        case WorkerProcess::Wait::woken:
        case WorkerProcess::Wait::timeout: break;
        }
    }
    {
        const std::lock_guard lock(m_shared.mutex);
        --m_shared.workers;
    }
    if (!lost.empty())
        loseWorker(lost);
}

WorkerPool::Lane::After WorkerPool::Lane::runJob(const Job& job)
{
    if (m_worker->send(RunJob{job.id.text(), job.attempt, job.request}))
        return follow(job);
    // Nothing of the job was done: the worker died while idle, and the attempt is not the job's fault.
    if (const auto released = m_shared.journal.release(job.id, job.attempt); !released)
        report("cannot release a job", released.error());
    return After::restart;
}

WorkerPool::Lane::After WorkerPool::Lane::follow(const Job& job)
{
    const auto retry = [&](const char* code, const std::string& detail) {
        const auto failed = m_shared.journal.fail(job.id, job.attempt, {code, detail}, Retry::yes);
        if (!failed)
            report("cannot record a failure", failed.error());
        return After::restart;
    };
    bool cancelSent = false;
    auto deadline = std::chrono::steady_clock::now() + m_shared.options.silenceTimeout;
    for (;;) {
        if (m_shared.stopping) {
            if (const auto released = m_shared.journal.release(job.id, job.attempt); !released)
                report("cannot release a job", released.error());
            return After::restart;
        }
        if (!cancelSent && isCancelled(job)) {
            cancelSent = true;
            deadline = std::chrono::steady_clock::now() + m_shared.options.cancelGrace;
            (void)m_worker->send(CancelJob{job.id.text(), job.attempt});
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        switch (m_worker->wait(m_wake, left)) {
        case WorkerProcess::Wait::message: {
            bool ended = false;
            const After after = handle(job, m_worker->takeMessage(), ended);
            if (ended || after == After::restart)
                return after;
            if (!cancelSent)
                deadline = std::chrono::steady_clock::now() + m_shared.options.silenceTimeout;
            break;
        }
        case WorkerProcess::Wait::woken: drainWake(); break;
        case WorkerProcess::Wait::timeout:
            if (cancelSent) {
                // A model call that does not come back is ended with its process; the cancel still counts.
                const auto cancelled = m_shared.journal.confirmCancel(job.id, job.attempt);
                if (!cancelled)
                    report("cannot record a cancel", cancelled.error());
                return After::restart;
            }
            return retry("worker-hung", "no step for " + std::to_string(m_shared.options.silenceTimeout.count()) + " ms");
        case WorkerProcess::Wait::ended: return retry("worker-crashed", "worker " + m_worker->endReason());
        }
    }
}

WorkerPool::Lane::After WorkerPool::Lane::handle(const Job& job, WorkerMessage message, bool& ended)
{
    if (auto* step = std::get_if<JobStep>(&message); step && step->job == job.id.text() && step->attempt == job.attempt) {
        std::string preview;
        if (!step->previewPng.empty()) {
            auto stored = m_shared.blobs.put(step->previewPng);
            if (stored)
                preview = stored->hex;
            else
                report("cannot store a preview", stored.error());
        }
        if (const auto told = m_shared.journal.progress(job.id, job.attempt, step->step, step->steps, preview); !told)
            report("cannot record progress", told.error());
        return After::keep;
    }
    if (auto* done = std::get_if<JobDone>(&message); done && done->job == job.id.text() && done->attempt == job.attempt) {
        ended = true;
        finish(job, std::move(*done));
        return After::keep;
    }
    if (auto* failed = std::get_if<JobFailed>(&message); failed && failed->job == job.id.text() && failed->attempt == job.attempt) {
        ended = true;
        const auto recorded =
            failed->error.code == "cancelled"
                ? m_shared.journal.confirmCancel(job.id, job.attempt)
                : m_shared.journal.fail(job.id, job.attempt, {failed->error.code, failed->error.detail}, Retry::no);
        if (!recorded)
            report("cannot record a failure", recorded.error());
        return After::keep;
    }
    const auto recorded = m_shared.journal.fail(job.id, job.attempt, {"worker-crashed", "worker spoke of another job"}, Retry::yes);
    if (!recorded)
        report("cannot record a failure", recorded.error());
    return After::restart;
}

void WorkerPool::Lane::finish(const Job& job, JobDone done)
{
    const auto refuse = [&](const std::string& detail, Retry retry) {
        const auto failed = m_shared.journal.fail(job.id, job.attempt, {"result-lost", detail}, retry);
        if (!failed)
            report("cannot record a failure", failed.error());
    };
    JobOutcome outcome;
    if (!done.png.empty()) {
        auto stored = m_shared.blobs.put(done.png);
        if (!stored)
            return refuse(stored.error().where + ": " + stored.error().detail, Retry::yes);
        outcome.resultHash = stored->hex;
    }
    if (!done.layersJson.empty() && !isJsonArray(done.layersJson))
        return refuse("the worker's layers are no JSON array", Retry::no);
    outcome.layersJson = std::move(done.layersJson);
    outcome.recipeJson = completeRecipe(done.recipeJson, job.id, m_shared.options.applianceId, outcome.resultHash, m_shared.clock.wallMs());
    if (outcome.recipeJson.empty())
        return refuse("the worker's recipe is no JSON object", Retry::no);
    if (const auto finished = m_shared.journal.finish(job.id, job.attempt, std::move(outcome)); !finished)
        report("cannot record a result", finished.error());
}

} // namespace tessera::appliance
