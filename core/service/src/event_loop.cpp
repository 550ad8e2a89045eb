#include <core/service/event_loop.h>

#include "loop_impl.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace tessera::service {
namespace asio = boost::asio;

EventLoop::EventLoop() : m_impl(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run()
{
    m_impl->context.run();
    m_impl->context.restart(); // afterwards, so that a stop() before run() still counts
}
void EventLoop::stop() { m_impl->context.stop(); }
void EventLoop::post(std::function<void()> work) { asio::post(m_impl->context, std::move(work)); }

namespace {

void waitForSignal(asio::signal_set& signals, std::shared_ptr<std::function<void(int)>> handler)
{
    signals.async_wait([&signals, handler](const boost::system::error_code& error, int signal) {
        if (error)
            return;
        (*handler)(signal);
        waitForSignal(signals, handler);
    });
}

} // namespace

void EventLoop::onSignals(const std::vector<int>& numbers, std::function<void(int)> handler)
{
    auto set = std::make_unique<asio::signal_set>(m_impl->context);
    for (const int number : numbers) {
        boost::system::error_code ignored; // only a number that is no signal fails
        set->add(number, ignored);
    }
    waitForSignal(*set, std::make_shared<std::function<void(int)>>(std::move(handler)));
    m_impl->signalSets.push_back(std::move(set));
}

/// Shared with the pending wait, so that a callback in flight finds out that its timer is gone.
struct Timer::State : std::enable_shared_from_this<Timer::State> {
    explicit State(EventLoop& loop) : timer(loop.impl().context) {}

    void wait(std::chrono::milliseconds period)
    {
        timer.async_wait([self = shared_from_this(), period, now = generation](const boost::system::error_code& error) {
            if (error || now != self->generation)
                return;
            const auto call = self->callback; // the callback may restart the timer
            if (period.count() > 0) {
                self->timer.expires_after(period);
                self->wait(period);
            }
            call();
        });
    }

    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, LoopExecutor> timer;
    std::function<void()> callback;
    unsigned generation = 0;
};

Timer::Timer(EventLoop& loop) : m_state(std::make_shared<State>(loop)) {}
Timer::~Timer() { cancel(); }

void Timer::once(std::chrono::milliseconds after, std::function<void()> callback)
{
    cancel();
    m_state->callback = std::move(callback);
    m_state->timer.expires_after(after);
    m_state->wait(std::chrono::milliseconds{0});
}

void Timer::every(std::chrono::milliseconds period, std::function<void()> callback)
{
    cancel();
    m_state->callback = std::move(callback);
    m_state->timer.expires_after(period);
    m_state->wait(period);
}

void Timer::cancel()
{
    ++m_state->generation;
    m_state->timer.cancel();
}

} // namespace tessera::service
