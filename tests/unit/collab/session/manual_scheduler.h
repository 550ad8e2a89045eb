#pragma once

#include <map>
#include <utility>

#include <collab/session/scheduler.h>

namespace tessera::test {

/// Time that moves only when told to. Timers of one moment run in the order in which they were set.
class ManualScheduler final : public collab::Scheduler
{
public:
    [[nodiscard]] const Clock& clock() const override { return m_clock; }

    [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> callback) override
    {
        auto token = std::make_shared<std::function<void()>>(std::move(callback));
        const std::weak_ptr<std::function<void()>> weak = token;
        post(delay, [weak] {
            if (const auto alive = weak.lock()) {
                const auto run = std::move(*alive);
                run();
            }
        });
        return token;
    }

    /// Cannot be cancelled.
    void post(std::chrono::milliseconds delay, std::function<void()> callback)
    {
        m_queue.emplace(std::pair{m_clock.now() + delay, m_sequence++}, std::move(callback));
    }

    /// Runs everything due until then.
    void advance(std::chrono::milliseconds by)
    {
        const auto until = m_clock.now() + by;
        while (!m_queue.empty() && m_queue.begin()->first.first <= until)
            runNext();
        m_clock.advance(std::chrono::duration_cast<std::chrono::milliseconds>(until - m_clock.now()));
    }

    void runNext()
    {
        const auto next = m_queue.extract(m_queue.begin());
        const auto wait = next.key().first - m_clock.now();
        if (wait > wait.zero())
            m_clock.advance(std::chrono::ceil<std::chrono::milliseconds>(wait));
        next.mapped()();
    }

private:
    ManualClock m_clock;
    std::uint64_t m_sequence = 0;
    std::map<std::pair<std::chrono::steady_clock::time_point, std::uint64_t>, std::function<void()>> m_queue;
};

} // namespace tessera::test
