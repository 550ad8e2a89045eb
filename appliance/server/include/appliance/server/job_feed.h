#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include <appliance/jobs/job.h>

/// Job changes to whoever listens. A listener that is slow sees the newest state of each job, never a queue that grows:
/// events are complete in themselves, so older ones are worth nothing. Any thread.
namespace tessera::appliance {

class JobFeed
{
public:
    class Subscription
    {
    public:
        explicit Subscription(std::optional<JobId> only) : m_only(std::move(only)) {}
        /// The next changed job; empty when the time passed.
        std::optional<Job> next(std::chrono::milliseconds timeout);
        /// Called from the publisher's thread when something is there; set before it is shared.
        std::function<void()> onChange;

    private:
        friend class JobFeed;
        void offer(const Job& job);
        std::mutex m_mutex;
        std::condition_variable m_changed;
        std::optional<JobId> m_only;
        std::map<JobId, Job> m_newest;
        std::deque<JobId> m_order;
    };

    /// Changes of one job, or of all, from now on. Ends with the returned pointer.
    std::shared_ptr<Subscription> subscribe(std::optional<JobId> only, std::function<void()> onChange = {});
    void publish(const Job& job);

private:
    std::mutex m_mutex;
    std::set<std::weak_ptr<Subscription>, std::owner_less<>> m_subscriptions;
};

} // namespace tessera::appliance
