#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

/// One thread for work that waits on the disk, so that an event loop does not. Work runs in the order given.
namespace tessera::service {

class WorkerThread
{
public:
    explicit WorkerThread(std::size_t maxQueued = 1024);
    /// Finishes what was accepted.
    ~WorkerThread();
    WorkerThread(const WorkerThread&) = delete;
    WorkerThread& operator=(const WorkerThread&) = delete;

    /// Any thread. False when the queue is full: the work will not run.
    [[nodiscard]] bool tryRun(std::function<void()> work);

private:
    void run();

    std::size_t m_maxQueued;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::function<void()>> m_queue;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace tessera::service
