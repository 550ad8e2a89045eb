#include "turbulence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>

#include "filter_color.h"

namespace tessera::cpu {
namespace {

constexpr int cells = 256;
constexpr int latticeOffset = 4096;  ///< keeps coordinates positive in all but far away places
constexpr double farthest = 1e9;     ///< keeps conversions to int defined

/// Park and Miller's minimal generator, as the specification fixes it.
class Generator
{
public:
    explicit Generator(std::int64_t seed) : m_state(seed <= 0 ? -(seed % (modulus - 1)) + 1 : std::min(seed, modulus - 1)) {}
    std::int64_t next() { return m_state = m_state * 16807 % modulus; }

private:
    static constexpr std::int64_t modulus = 2147483647;
    std::int64_t m_state;
};

/// Where stitched noise starts again, in lattice cells; grows with the octave.
struct Wrap {
    int width{}, height{}, x{}, y{};
};

/// Gradients of the four channels at the corners of the lattice.
class Lattice
{
public:
    explicit Lattice(int seed)
    {
        Generator random(seed);
        for (std::size_t channel = 0; channel < 4; ++channel) {
            for (std::size_t i = 0; i < cells; ++i) {
                const auto component = [&] { return static_cast<double>(random.next() % (2 * cells) - cells) / cells; };
                const double x = component(), y = component(), length = std::sqrt(x * x + y * y);
                m_x[i][channel] = x / length;
                m_y[i][channel] = y / length;
            }
        }
        for (int i = 0; i < cells; ++i)
            m_shuffled[i] = i;
        for (int i = cells - 1; i > 0; --i)
            std::swap(m_shuffled[i], m_shuffled[random.next() % cells]);
        std::copy_n(m_shuffled, cells + 2, m_shuffled + cells);
    }

    using Four = std::array<double, 4>;
    /// `wrap`: null when not stitched.
    [[nodiscard]] Four noise(double x, double y, const Wrap* wrap) const
    {
        const double px = std::clamp(x + latticeOffset, -farthest, farthest), py = std::clamp(y + latticeOffset, -farthest, farthest);
        int x0 = static_cast<int>(px), y0 = static_cast<int>(py), x1 = x0 + 1, y1 = y0 + 1;
        const double rx = px - x0, ry = py - y0;
        if (wrap) {
            const auto wrapped = [](int at, int from, int size) { return at >= from ? at - size : at; };
            x0 = wrapped(x0, wrap->x, wrap->width), x1 = wrapped(x1, wrap->x, wrap->width);
            y0 = wrapped(y0, wrap->y, wrap->height), y1 = wrapped(y1, wrap->y, wrap->height);
        }
        x0 &= cells - 1, x1 &= cells - 1, y0 &= cells - 1, y1 &= cells - 1;
        const int left = m_shuffled[x0], right = m_shuffled[x1];
        const auto at = [&](int i) { return static_cast<std::size_t>(m_shuffled[i]); };
        const std::size_t c00 = at(left + y0), c10 = at(right + y0), c01 = at(left + y1), c11 = at(right + y1);
        const double sx = rx * rx * (3 - 2 * rx), sy = ry * ry * (3 - 2 * ry);
        Four result;
        for (std::size_t k = 0; k < 4; ++k) {
            const double a = rx * m_x[c00][k] + ry * m_y[c00][k], b = (rx - 1) * m_x[c10][k] + ry * m_y[c10][k];
            const double c = rx * m_x[c01][k] + (ry - 1) * m_y[c01][k], d = (rx - 1) * m_x[c11][k] + (ry - 1) * m_y[c11][k];
            const double upper = a + sx * (b - a), lower = c + sx * (d - c);
            result[k] = upper + sy * (lower - upper);
        }
        return result;
    }

private:
    double m_x[cells][4];
    double m_y[cells][4];
    int m_shuffled[2 * cells + 2];
};

/// The frequency nearest to `frequency` with whole periods in `size`.
double stitched(double frequency, double size)
{
    if (!(frequency > 0) || !(size > 0))
        return frequency;
    const double low = std::floor(size * frequency) / size, high = std::ceil(size * frequency) / size;
    return low > 0 && frequency / low < high / frequency ? low : high;
}

} // namespace

Picture turbulence(const document::TurbulenceFilter& noise, int width, int height, Point origin, Point step, const Rect& tile)
{
    const auto lattice = std::make_unique<const Lattice>(noise.seed);
    double fx = noise.frequencyX, fy = noise.frequencyY;
    Wrap whole;
    if (noise.stitch) {
        fx = stitched(fx, tile.width), fy = stitched(fy, tile.height);
        const auto cellsOf = [](double v) { return static_cast<int>(std::clamp(v, -1e6, 1e6)); };
        whole.width = cellsOf(tile.width * fx + 0.5), whole.height = cellsOf(tile.height * fy + 0.5);
        whole.x = cellsOf(tile.x * fx) + latticeOffset + whole.width, whole.y = cellsOf(tile.y * fy) + latticeOffset + whole.height;
    }
    Picture out(width, height);
    for (int j = 0; j < height; ++j) {
        for (int i = 0; i < width; ++i) {
            double x = (origin.x + i * step.x) * fx, y = (origin.y + j * step.y) * fy, share = 1;
            Lattice::Four sum{};
            Wrap wrap = whole;
            for (int octave = 0; octave < noise.octaves; ++octave) {
                const Lattice::Four n = lattice->noise(x, y, noise.stitch ? &wrap : nullptr);
                for (std::size_t k = 0; k < 4; ++k)
                    sum[k] += (noise.fractalNoise ? n[k] : std::abs(n[k])) * share;
                x *= 2, y *= 2, share /= 2;
                wrap = {wrap.width * 2, wrap.height * 2, wrap.x * 2 - latticeOffset, wrap.y * 2 - latticeOffset};
            }
            const auto channel = [&](std::size_t k) { return toByte(static_cast<float>(noise.fractalNoise ? (sum[k] + 1) / 2 : sum[k])); };
            out.row(j)[i] = premultiplied(packed(channel(0), channel(1), channel(2), channel(3)));
        }
    }
    return out;
}

} // namespace tessera::cpu
