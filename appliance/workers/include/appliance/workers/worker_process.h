#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include <appliance/workers/messages.h>

/// One running tessera-worker and the pipes to it. The process never outlives this object nor the thread that started
/// it. One thread.
namespace tessera::appliance {

class WorkerProcess
{
public:
    /// Starts the program with the arguments; its stdin and stdout are the pipes, its stderr ours.
    static Result<std::unique_ptr<WorkerProcess>, std::string> start(const std::filesystem::path& program,
                                                                     const std::vector<std::string>& arguments);
    ~WorkerProcess(); ///< kill -9 and reap
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// False when the worker is gone or does not read within 5 s.
    [[nodiscard]] bool send(const WorkerMessage& message);

    enum class Wait { message, woken, timeout, ended };
    /// Waits for a whole message, for `wakeDescriptor` to become readable, or for the time to pass. `ended`: the pipe
    /// is closed or holds something that is no message (endReason says what).
    Wait wait(int wakeDescriptor, std::chrono::milliseconds timeout);
    /// After Wait::message.
    [[nodiscard]] WorkerMessage takeMessage();

    /// How the process ended, in words: "killed by signal 9", "exit status 3", or what was wrong with its output.
    /// Kills and reaps it.
    [[nodiscard]] std::string endReason();
    [[nodiscard]] pid_t pid() const { return m_pid; }

    /// From now on at most this much more processor time (SIGXCPU, then SIGKILL).
    void allowCpuSeconds(std::uint64_t seconds) const;

private:
    WorkerProcess(pid_t pid, int toWorker, int fromWorker);
    /// True when a whole message is there now.
    bool decodeNext();

    pid_t m_pid;
    int m_toWorker;
    int m_fromWorker;
    FrameReader m_frames{maxFrameFromWorkerBytes};
    std::optional<WorkerMessage> m_message;
    std::string m_streamError;
    bool m_reaped = false;
};

} // namespace tessera::appliance
