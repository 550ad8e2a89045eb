#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <core/base/clock.h>

/// Timers as an interface, so that a session runs on an Asio loop, a Qt loop or a test's manual clock.
namespace tessera::collab {

/// One thread, the Doc's.
class Scheduler
{
public:
    virtual ~Scheduler() = default;
    [[nodiscard]] virtual const tessera::Clock& clock() const = 0;
    /// Destroying the token cancels; a callback may destroy or replace its own. A callback never runs inside after().
    using Timer = std::shared_ptr<void>;
    [[nodiscard]] virtual Timer after(std::chrono::milliseconds delay, std::function<void()> callback) = 0;
};

} // namespace tessera::collab
