#include <appliance/server/job_feed.h>

#include <vector>

namespace tessera::appliance {

std::optional<Job> JobFeed::Subscription::next(std::chrono::milliseconds timeout)
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, timeout, [this] { return !m_order.empty(); }))
        return std::nullopt;
    const JobId id = std::move(m_order.front());
    m_order.pop_front();
    return std::move(m_newest.extract(id).mapped());
}

void JobFeed::Subscription::offer(const Job& job)
{
    if (m_only && *m_only != job.id)
        return;
    {
        const std::lock_guard lock(m_mutex);
        if (m_newest.insert_or_assign(job.id, job).second)
            m_order.push_back(job.id);
        m_changed.notify_all();
    }
    if (onChange)
        onChange();
}

std::shared_ptr<JobFeed::Subscription> JobFeed::subscribe(std::optional<JobId> only, std::function<void()> onChange)
{
    auto subscription = std::make_shared<Subscription>(std::move(only));
    subscription->onChange = std::move(onChange);
    const std::lock_guard lock(m_mutex);
    m_subscriptions.insert(subscription);
    return subscription;
}

void JobFeed::publish(const Job& job)
{
    std::vector<std::shared_ptr<Subscription>> listeners;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_subscriptions.begin(); it != m_subscriptions.end();) {
            if (auto listener = it->lock()) {
                listeners.push_back(std::move(listener));
                ++it;
            } else {
                it = m_subscriptions.erase(it);
            }
        }
    }
    for (const auto& listener : listeners)
        listener->offer(job);
}

} // namespace tessera::appliance
