#include <core/service/worker_thread.h>

namespace tessera::service {

WorkerThread::WorkerThread(std::size_t maxQueued) : m_maxQueued(maxQueued), m_thread([this] { run(); }) {}

WorkerThread::~WorkerThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

bool WorkerThread::tryRun(std::function<void()> work)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_queue.size() >= m_maxQueued)
            return false;
        m_queue.push_back(std::move(work));
    }
    m_wake.notify_one();
    return true;
}

void WorkerThread::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
        if (m_queue.empty())
            return;
        auto work = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        work();
        work = nullptr; // what it holds goes before the next wait
        lock.lock();
    }
}

} // namespace tessera::service
