#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <collab/session/scheduler.h>

/// An event loop over Boost.Asio for programs without Qt. Whoever runs it is the thread of all that stands on it.
namespace tessera::collab {

class AsioLoop final : public Scheduler
{
public:
    AsioLoop();
    ~AsioLoop() override;
    AsioLoop(const AsioLoop&) = delete;
    AsioLoop& operator=(const AsioLoop&) = delete;

    [[nodiscard]] const tessera::Clock& clock() const override;
    [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> callback) override;

    /// Runs until stop().
    void run();
    /// Runs until the condition holds, checked after each step; false when the time was up or stop() came first.
    bool runUntil(const std::function<bool()>& condition, std::chrono::milliseconds timeout);
    /// Runs for so long, or until stop().
    void runFor(std::chrono::milliseconds duration);
    /// Any thread.
    void stop();
    void post(std::function<void()> callback);

    /// The io_context, private to collab/asio.
    struct Context;
    [[nodiscard]] Context& context() const { return *m_context; }

private:
    std::unique_ptr<Context> m_context;
};

} // namespace tessera::collab
