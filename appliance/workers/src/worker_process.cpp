#include <appliance/workers/worker_process.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera::appliance {
namespace {

constexpr auto sendTimeout = std::chrono::seconds(5);

std::string problem(const std::string& step)
{
    return step + ": " + std::strerror(errno);
}

/// Both ends close on exec, so that one worker never holds the pipes of another.
struct Pipe {
    int read = -1;
    int write = -1;
    bool open()
    {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return false;
        read = ends[0];
        write = ends[1];
        return true;
    }
};

void closeIfOpen(int descriptor)
{
    if (descriptor >= 0)
        ::close(descriptor);
}

std::uint64_t cpuSecondsOf(pid_t pid)
{
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
        return 0;
    return static_cast<std::uint64_t>(used.tv_sec) + 1;
}

} // namespace

WorkerProcess::WorkerProcess(pid_t pid, int toWorker, int fromWorker)
    : m_pid(pid), m_toWorker(toWorker), m_fromWorker(fromWorker)
{
}

Result<std::unique_ptr<WorkerProcess>, std::string> WorkerProcess::start(const std::filesystem::path& program,
                                                                         const std::vector<std::string>& arguments)
{
    Pipe in, out;
    if (!in.open() || !out.open()) {
        const std::string reason = problem("pipe");
        closeIfOpen(in.read);
        closeIfOpen(in.write);
        return fail(reason);
    }
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // The daemon blocks signals in its threads; a worker starts with none blocked and all at their defaults.
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int code = ::posix_spawn(&pid, program.c_str(), &actions, &attributes, pointers.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in.read);
    ::close(out.write);
    if (code != 0) {
        ::close(in.write);
        ::close(out.read);
        return fail(program.string() + ": " + std::strerror(code));
    }
    ::fcntl(in.write, F_SETFL, O_NONBLOCK);
    return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, in.write, out.read));
}

WorkerProcess::~WorkerProcess()
{
    ::close(m_toWorker);
    ::close(m_fromWorker);
    if (!m_reaped) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
}

bool WorkerProcess::send(const WorkerMessage& message)
{
    const Bytes frame = encodeFrame(message);
    ByteView rest = frame;
    const auto deadline = std::chrono::steady_clock::now() + sendTimeout;
    while (!rest.empty()) {
        const ssize_t written = ::write(m_toWorker, rest.data(), rest.size());
        if (written > 0) {
            rest = rest.subspan(static_cast<std::size_t>(written));
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN || std::chrono::steady_clock::now() > deadline)
            return false;
        pollfd writable{m_toWorker, POLLOUT, 0};
        ::poll(&writable, 1, 100);
    }
    return true;
}

bool WorkerProcess::decodeNext()
{
    auto next = m_frames.next();
    if (!next) {
        m_streamError = "sent no message: " + describe(next.error());
        return false;
    }
    m_message = std::move(*next);
    return m_message.has_value();
}

WorkerProcess::Wait WorkerProcess::wait(int wakeDescriptor, std::chrono::milliseconds timeout)
{
    if (decodeNext())
        return Wait::message;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        if (!m_streamError.empty())
            return Wait::ended;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return Wait::timeout;
        pollfd watched[2] = {{m_fromWorker, POLLIN, 0}, {wakeDescriptor, POLLIN, 0}};
        const int ready = ::poll(watched, 2, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
        if (ready < 0 && errno != EINTR)
            return Wait::ended;
        if (ready <= 0)
            continue;
        if (watched[0].revents != 0) {
            std::array<std::uint8_t, 65536> buffer;
            const ssize_t got = ::read(m_fromWorker, buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got <= 0)
                return Wait::ended;
            m_frames.append(ByteView(buffer).first(static_cast<std::size_t>(got)));
            if (decodeNext())
                return Wait::message;
        } else if (watched[1].revents != 0) {
            return Wait::woken;
        }
    }
}

WorkerMessage WorkerProcess::takeMessage()
{
    WorkerMessage message = std::move(*m_message);
    m_message.reset();
    return message;
}

std::string WorkerProcess::endReason()
{
    int status = 0;
    // A process that closed its pipe may take a moment to be gone; its own status says more than our signal.
    for (int i = 0; i < 50 && !m_reaped && m_streamError.empty(); ++i) {
        m_reaped = ::waitpid(m_pid, &status, WNOHANG) == m_pid;
        if (!m_reaped)
            ::poll(nullptr, 0, 10);
    }
    if (!m_reaped) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, &status, 0);
        m_reaped = true;
    }
    if (!m_streamError.empty())
        return m_streamError;
    if (WIFSIGNALED(status))
        return "killed by signal " + std::to_string(WTERMSIG(status));
    return "exit status " + std::to_string(WEXITSTATUS(status));
}

void WorkerProcess::allowCpuSeconds(std::uint64_t seconds) const
{
    const std::uint64_t total = cpuSecondsOf(m_pid) + seconds;
    // The hard limit stays open, so that the next job's can be set above it.
    const rlimit bound{total, RLIM_INFINITY};
    ::prlimit(m_pid, RLIMIT_CPU, &bound, nullptr);
}

} // namespace tessera::appliance
