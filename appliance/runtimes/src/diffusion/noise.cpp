#include <appliance/runtimes/noise.h>

#include <cmath>
#include <numbers>

namespace tessera::appliance {
namespace {

/// Box-Muller over 16 uniforms in place: the first 8 give radii, the last 8 angles.
void transformBlock(float* block)
{
    for (int j = 0; j < 8; ++j) {
        const float radius = std::sqrt(-2 * std::log(1 - block[j]));
        const float angle = 2 * std::numbers::pi_v<float> * block[j + 8];
        block[j] = radius * std::cos(angle);
        block[j + 8] = radius * std::sin(angle);
    }
}

} // namespace

double TorchNoise::uniform53()
{
    const std::uint64_t high = m_engine(), low = m_engine();
    return static_cast<double>(((high << 32) | low) & ((1ULL << 53) - 1)) / 9007199254740992.0;
}

std::vector<float> TorchNoise::normal(std::size_t count)
{
    std::vector<float> values(count);
    if (count >= 16) {
        for (float& value : values)
            value = uniform();
        for (std::size_t at = 0; at + 16 <= count; at += 16)
            transformBlock(values.data() + at);
        if (count % 16 != 0) {
            float* last = values.data() + count - 16;
            for (int i = 0; i < 16; ++i)
                last[i] = uniform();
            transformBlock(last);
        }
        return values;
    }
    for (float& value : values) {
        if (m_hasCached) {
            m_hasCached = false;
            value = static_cast<float>(m_cached);
            continue;
        }
        const double angle = 2 * std::numbers::pi * uniform53();
        const double radius = std::sqrt(-2 * std::log1p(-uniform53()));
        m_cached = radius * std::sin(angle);
        m_hasCached = true;
        value = static_cast<float>(radius * std::cos(angle));
    }
    return values;
}

} // namespace tessera::appliance
