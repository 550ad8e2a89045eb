#include <collab/asio/loop.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "loop_context.h"

namespace tessera::collab {

namespace {

struct PendingTimer {
    PendingTimer(boost::asio::io_context& io, std::function<void()> run) : timer(io), callback(std::move(run)) {}
    boost::asio::steady_timer timer;
    std::function<void()> callback;
};

} // namespace

AsioLoop::AsioLoop() : m_context(std::make_unique<Context>()) {}
AsioLoop::~AsioLoop() = default;

const tessera::Clock& AsioLoop::clock() const { return m_context->clock; }

Scheduler::Timer AsioLoop::after(std::chrono::milliseconds delay, std::function<void()> callback)
{
    auto pending = std::make_shared<PendingTimer>(m_context->io, std::move(callback));
    pending->timer.expires_after(delay);
    pending->timer.async_wait([weak = std::weak_ptr{pending}](const boost::system::error_code& error) {
        const auto alive = weak.lock();
        if (error || !alive)
            return;
        const auto run = std::move(alive->callback); // the callback may drop its own token
        run();
    });
    return pending;
}

void AsioLoop::run()
{
    m_context->io.restart();
    m_context->io.run();
}

bool AsioLoop::runUntil(const std::function<bool()>& condition, std::chrono::milliseconds timeout)
{
    const auto deadline = m_context->clock.now() + timeout;
    m_context->io.restart();
    while (!condition()) {
        const auto left = deadline - m_context->clock.now();
        if (left <= left.zero() || m_context->io.stopped())
            return false;
        m_context->io.run_one_for(left);
    }
    return true;
}

void AsioLoop::runFor(std::chrono::milliseconds duration)
{
    m_context->io.restart();
    m_context->io.run_for(duration);
}

void AsioLoop::stop() { m_context->io.stop(); }
void AsioLoop::post(std::function<void()> callback) { boost::asio::post(m_context->io, std::move(callback)); }

} // namespace tessera::collab
