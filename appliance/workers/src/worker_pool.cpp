#include <appliance/workers/worker_pool.h>

#include "worker_lane.h"

namespace tessera::appliance {

WorkerPool::WorkerPool(WorkerPoolOptions options, Journal& journal, BlobStore& blobs, const Clock& clock)
    : m_shared(new Shared{std::move(options), journal, blobs, clock})
{
    for (int i = 0; i < m_shared->options.devices; ++i)
        m_lanes.push_back(std::make_unique<Lane>(*m_shared));
}

WorkerPool::~WorkerPool()
{
    m_shared->stopping = true;
    wake();
    m_lanes.clear();
}

bool WorkerPool::waitUntilKnown(std::chrono::milliseconds timeout)
{
    std::unique_lock lock(m_shared->mutex);
    return m_shared->changed.wait_for(lock, timeout, [this] { return m_shared->known; });
}

std::vector<ModelInfo> WorkerPool::models() const
{
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->models;
}

WorkerPoolStatus WorkerPool::status() const
{
    const std::lock_guard lock(m_shared->mutex);
    return {m_shared->workers, m_shared->detail};
}

void WorkerPool::wake()
{
    for (const auto& lane : m_lanes)
        lane->wake();
}

void WorkerPool::cancel(const JobId& id)
{
    for (const auto& lane : m_lanes)
        lane->cancel(id);
}

} // namespace tessera::appliance
