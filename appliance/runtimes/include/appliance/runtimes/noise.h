#pragma once

#include <cstdint>
#include <random>
#include <vector>

/// Normal noise as PyTorch's CPU generator draws it: mt19937 with the low 32 bits of the seed. Below 16 values in double
/// precision, bit-equal; from 16 on in float, within 2e-6 of PyTorch's vectorised form. One thread.
namespace tessera::appliance {

class TorchNoise
{
public:
    explicit TorchNoise(std::uint64_t seed) : m_engine(static_cast<std::uint32_t>(seed)) {}
    /// The next `count` values, as torch.randn(count) of one generator.
    [[nodiscard]] std::vector<float> normal(std::size_t count);

private:
    float uniform() { return static_cast<float>(m_engine() & 0xFFFFFFu) / 16777216.0F; }
    double uniform53();

    std::mt19937 m_engine;
    double m_cached = 0;
    bool m_hasCached = false;
};

} // namespace tessera::appliance
