#pragma once

#include <cstdint>
#include <span>

/// Randomness comes through Random so that tests can replay it.
namespace tessera {

class Random
{
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
    /// Uniform in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1).
    double unit();
    void fill(std::span<std::uint8_t> out);
};

/// The operating system's generator, fit for keys. Any thread.
class SystemRandom final : public Random
{
public:
    std::uint64_t next() override;
};

/// splitmix64: the same seed gives the same numbers everywhere. Not for keys.
class SeededRandom final : public Random
{
public:
    explicit SeededRandom(std::uint64_t seed) : m_state(seed) {}
    std::uint64_t next() override;

private:
    std::uint64_t m_state;
};

} // namespace tessera
