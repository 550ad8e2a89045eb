#include <core/base/random.h>

#include <cassert>

#include <sodium.h>

namespace tessera {

std::uint64_t Random::below(std::uint64_t bound)
{
    assert(bound > 0);
    const std::uint64_t rejected = (0 - bound) % bound; // values below it would favour small results
    std::uint64_t value = next();
    while (value < rejected)
        value = next();
    return value % bound;
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

void Random::fill(std::span<std::uint8_t> out)
{
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (i % 8 == 0)
            bits = next();
        out[i] = static_cast<std::uint8_t>(bits >> (i % 8 * 8));
    }
}

std::uint64_t SystemRandom::next()
{
    std::uint64_t value = 0;
    randombytes_buf(&value, sizeof value);
    return value;
}

std::uint64_t SeededRandom::next()
{
    std::uint64_t z = m_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

} // namespace tessera
