#pragma once

#include <chrono>
#include <cstdint>

/// Time comes through Clock so that tests can advance it.
namespace tessera {

class Clock
{
public:
    virtual ~Clock() = default;
    /// Monotonic; only differences mean anything.
    [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const = 0;
    /// Milliseconds since 1970-01-01 UTC.
    [[nodiscard]] virtual std::int64_t wallMs() const = 0;
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock
{
public:
    [[nodiscard]] std::chrono::steady_clock::time_point now() const override;
    [[nodiscard]] std::int64_t wallMs() const override;
};

/// Stands still until advanced. One thread.
class ManualClock final : public Clock
{
public:
    [[nodiscard]] std::chrono::steady_clock::time_point now() const override { return m_now; }
    [[nodiscard]] std::int64_t wallMs() const override { return m_wallMs; }
    void advance(std::chrono::milliseconds by)
    {
        m_now += by;
        m_wallMs += by.count();
    }

private:
    std::chrono::steady_clock::time_point m_now{};
    std::int64_t m_wallMs = 1'700'000'000'000;
};

} // namespace tessera
