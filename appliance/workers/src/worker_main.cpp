#include <atomic>
#include <cerrno>
#include <csignal>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <string_view>
#include <thread>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <appliance/runtimes/diffusion.h>
#include <appliance/runtimes/runtime.h>
#include <appliance/workers/messages.h>
#include <appliance/workers/sandbox.h>
#include <core/base/log.h>

#include "worker_arguments.h"

/// tessera-worker: runs models for the daemon, locked up. stdin and stdout are the pipes; it ends when they close.
namespace tessera::appliance {
namespace {

constexpr int exitUsage = 2;
constexpr int exitNoSandbox = 3;
constexpr int exitPipe = 4;

bool writeAll(ByteView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

void say(const WorkerMessage& message)
{
    if (!writeAll(encodeFrame(message)))
        std::_Exit(exitPipe);
}

/// Jobs that wait for the main thread, and the one attempt that is to stop. Two threads.
class Inbox
{
public:
    void push(RunJob job)
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
        m_changed.notify_one();
    }
    RunJob pop()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_jobs.empty(); });
        RunJob job = std::move(m_jobs.front());
        m_jobs.pop_front();
        return job;
    }
    void cancel(CancelJob job)
    {
        const std::lock_guard lock(m_mutex);
        m_cancelled = std::move(job);
    }
    bool isCancelled(const RunJob& job)
    {
        const std::lock_guard lock(m_mutex);
        return m_cancelled.job == job.job && m_cancelled.attempt == job.attempt;
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<RunJob> m_jobs;
    CancelJob m_cancelled;
};

class PipeSink final : public StepSink
{
public:
    PipeSink(Inbox& inbox, const RunJob& job) : m_inbox(inbox), m_job(job) {}
    Continue stepDone(Step step) override
    {
        say(JobStep{m_job.job, m_job.attempt, step.step, step.steps, std::move(step.previewPng)});
        return m_inbox.isCancelled(m_job) ? Continue::no : Continue::yes;
    }

private:
    Inbox& m_inbox;
    const RunJob& m_job;
};

using Runtimes = std::vector<std::unique_ptr<Runtime>>;

Runtime* runtimeOf(const Runtimes& runtimes, const std::string& model)
{
    for (const auto& runtime : runtimes) {
        for (const ModelInfo& info : runtime->models()) {
            if (info.id == model)
                return runtime.get();
        }
    }
    return nullptr;
}

Result<Generation, GenerationError> generate(const Runtimes& runtimes, const RunJob& job, StepSink& sink)
{
    const auto request = decodeRequest(job.request);
    if (!request)
        return fail(GenerationError{"malformed-message", "request: " + describe(request.error())});
    Runtime* runtime = runtimeOf(runtimes, request->model);
    if (runtime == nullptr)
        return fail(GenerationError{"unknown-model", "no model \"" + request->model + "\" here"});
    try {
        return runtime->generate(*request, sink);
    } catch (const std::bad_alloc&) {
        return fail(GenerationError{"out-of-memory", "the worker's memory limit was reached"});
    } catch (const std::exception& error) {
        return fail(GenerationError{"internal", error.what()});
    }
}

void runJob(const Runtimes& runtimes, Inbox& inbox, const RunJob& job)
{
    PipeSink sink(inbox, job);
    auto result = inbox.isCancelled(job) ? Result<Generation, GenerationError>(fail(GenerationError{"cancelled", "before it began"}))
                                         : generate(runtimes, job, sink);
    if (!result && inbox.isCancelled(job))
        result = fail(GenerationError{"cancelled", "on request"});
    if (result)
        say(JobDone{job.job, job.attempt, std::move(result->png), std::move(result->layersJson), std::move(result->recipeJson)});
    else
        say(JobFailed{job.job, job.attempt, result.error()});
}

/// Reads the pipe until it ends. A model call that hangs the main thread does not stop it.
void readPipe(Inbox& inbox, const Runtimes& runtimes)
{
    FrameReader frames(maxFrameToWorkerBytes);
    std::uint8_t buffer[4096];
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            std::_Exit(0); // the daemon is gone
        frames.append(ByteView(buffer, static_cast<std::size_t>(got)));
        for (;;) {
            auto next = frames.next();
            if (!next)
                std::_Exit(exitPipe);
            if (!*next)
                break;
            if (auto* run = std::get_if<RunJob>(&**next)) {
                inbox.push(std::move(*run));
            } else if (auto* cancel = std::get_if<CancelJob>(&**next)) {
                inbox.cancel(std::move(*cancel));
                for (const auto& runtime : runtimes)
                    runtime->interrupt();
            } else {
                std::_Exit(exitPipe);
            }
        }
    }
}

/// Nothing of the daemon's stays open but the three standard streams.
void closeInheritedFiles()
{
    ::close_range(3, ~0U, 0);
}

int run(const WorkerArguments& arguments)
{
    Runtimes runtimes;
    runtimes.push_back(makeComposer());
    WorkerReady ready;
    DiffusionRuntime diffusion = makeDiffusionRuntime(arguments.models, arguments.onnxRuntime);
    ready.note = std::move(diffusion.note);
    if (diffusion.runtime)
        runtimes.push_back(std::move(diffusion.runtime));
    for (const auto& runtime : runtimes) {
        for (ModelInfo& model : runtime->models())
            ready.models.push_back(std::move(model));
    }
    const auto sandbox = enterSandbox({arguments.readable(), arguments.memoryBytes});
    if (!sandbox) {
        log::error("worker", "not confined, so it will not run", {{"step", sandbox.error()}});
        return exitNoSandbox;
    }
    if (!sandbox->hasLandlock)
        ready.note += "no Landlock in this kernel: a worker can read what its user can. ";

    Inbox inbox;
    std::thread reader([&] { readPipe(inbox, runtimes); });
    say(ready);
    for (;;)
        runJob(runtimes, inbox, inbox.pop());
}

} // namespace
} // namespace tessera::appliance

int main(int argc, char** argv)
{
    // Dies with the daemon even when it is stuck in a model call.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::umask(0077);
    const auto arguments = tessera::appliance::parseWorkerArguments({argv + 1, argv + argc});
    struct stat status {};
    if (!arguments || ::fstat(STDIN_FILENO, &status) != 0 || !S_ISFIFO(status.st_mode)) {
        std::fprintf(stderr, "tessera-worker is started by tessera-appliance%s%s\n", arguments ? "" : ": ",
                     arguments ? "" : arguments.error().c_str());
        return tessera::appliance::exitUsage;
    }
    tessera::appliance::closeInheritedFiles();
    return tessera::appliance::run(*arguments);
}
