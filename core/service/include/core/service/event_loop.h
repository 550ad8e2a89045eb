#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

/// One thread's reactor. The thread that calls run() is the loop's thread; every callback below runs on it.
namespace tessera::service {

class EventLoop
{
public:
    EventLoop();
    ~EventLoop();
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Runs callbacks until stop(). May be called again afterwards.
    void run();
    /// Any thread. Callbacks that have not started are dropped.
    void stop();
    /// Any thread. Runs `work` later on the loop's thread, in the order posted.
    void post(std::function<void()> work);
    /// Calls `handler` for each arrival of one of the signals, which then no longer end the process.
    void onSignals(const std::vector<int>& numbers, std::function<void(int number)> handler);

    /// Private to core/service.
    struct Impl;
    [[nodiscard]] Impl& impl() { return *m_impl; }

private:
    std::unique_ptr<Impl> m_impl;
};

/// Calls back once or repeatedly on the loop's thread. Made, used and destroyed on that thread (or before run()).
/// Destroying or cancelling ends all calls.
class Timer
{
public:
    explicit Timer(EventLoop& loop);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Replaces what was started before.
    void once(std::chrono::milliseconds after, std::function<void()> callback);
    void every(std::chrono::milliseconds period, std::function<void()> callback);
    void cancel();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace tessera::service
