#include "blur.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

namespace tessera::cpu {
namespace {

/// A value times 256, so that rounding after each pass stays invisible.
using Sample = std::uint16_t;

/// Lines are blurred side by side: 32 of a mask, 8 of pixels.
constexpr int lanes = 32;

constexpr double boxFrom = 2;         ///< px of standard deviation
constexpr double largestSigma = 17000; ///< keeps sums within 31 bits; wider than any layer

constexpr int boxCount = 5;

struct Kernel {
    std::vector<std::uint32_t> weights; ///< in 1/65536, odd count; empty: boxes
    std::array<int, boxCount> boxes{};  ///< odd widths
};

Kernel gaussian(double sigma)
{
    const int radius = static_cast<int>(std::ceil(3 * sigma));
    std::vector<double> exact;
    for (int i = -radius; i <= radius; ++i)
        exact.push_back(std::exp(-0.5 * (i / sigma) * (i / sigma)));
    double sum = 0;
    for (const double w : exact)
        sum += w;
    Kernel kernel;
    std::uint32_t total = 0;
    for (const double w : exact)
        total += kernel.weights.emplace_back(static_cast<std::uint32_t>(std::lround(w / sum * 65536)));
    kernel.weights[static_cast<std::size_t>(radius)] += 65536 - total;
    return kernel;
}

/// A box of n samples has the variance (n n - 1) / 12. Some boxes of one odd width and the others two wider together have
/// the one that is wanted, as nearly as can be.
Kernel boxes(double sigma)
{
    const double ideal = std::sqrt(12 * sigma * sigma / boxCount + 1);
    const int narrow = static_cast<int>((ideal - 1) / 2) * 2 + 1;
    const double wide = narrow + 2;
    const auto narrowCount = std::lround((boxCount * (wide * wide - 1) - 12 * sigma * sigma) / (wide * wide - 1.0 * narrow * narrow));
    Kernel kernel;
    for (int i = 0; i < boxCount; ++i)
        kernel.boxes[static_cast<std::size_t>(i)] = i < narrowCount ? narrow : narrow + 2;
    return kernel;
}

Kernel kernelOf(double sigma) { return sigma < boxFrom ? gaussian(sigma) : boxes(std::min(sigma, largestSigma)); }

void blurLines(const Sample* in, Sample* out, int count, int boxSize)
{
    std::int32_t sums[lanes]{};
    const float share = 1.0f / static_cast<float>(boxSize);
    const int after = boxSize / 2;
    const auto at = [&](int i) { return in + static_cast<std::ptrdiff_t>(i) * lanes; };
    for (int i = 0; i < std::min(after, count); ++i) {
        for (int l = 0; l < lanes; ++l)
            sums[l] += at(i)[l];
    }
    for (int i = 0; i < count; ++i) {
        if (i + after < count) {
            for (int l = 0; l < lanes; ++l)
                sums[l] += at(i + after)[l];
        }
        Sample* to = out + static_cast<std::ptrdiff_t>(i) * lanes;
        for (int l = 0; l < lanes; ++l)
            to[l] = static_cast<Sample>(static_cast<std::int32_t>(static_cast<float>(sums[l]) * share + 0.5f));
        if (i >= after) {
            for (int l = 0; l < lanes; ++l)
                sums[l] -= at(i - after)[l];
        }
    }
}

void blurLines(const Sample* in, Sample* out, int count, const std::vector<std::uint32_t>& weights)
{
    const int radius = static_cast<int>(weights.size() / 2);
    for (int i = 0; i < count; ++i) {
        std::uint32_t sums[lanes];
        std::fill_n(sums, lanes, 32768u);
        for (int k = std::max(-radius, -i); k <= std::min(radius, count - 1 - i); ++k) {
            const std::uint32_t weight = weights[static_cast<std::size_t>(k + radius)];
            const Sample* from = in + static_cast<std::ptrdiff_t>(i + k) * lanes;
            for (int l = 0; l < lanes; ++l)
                sums[l] += weight * from[l];
        }
        Sample* to = out + static_cast<std::ptrdiff_t>(i) * lanes;
        for (int l = 0; l < lanes; ++l)
            to[l] = static_cast<Sample>(sums[l] >> 16);
    }
}

/// `count` samples per line that lie `along` apart; lines of `channels` samples that lie `across` apart.
struct Lines {
    Sample* data;
    std::ptrdiff_t along, across;
    int count, lineCount, channels;
};

void blurLines(const Lines& lines, double sigma)
{
    if (!(sigma > 0))
        return;
    const Kernel kernel = kernelOf(sigma);
    std::vector<Sample> a(static_cast<std::size_t>(lines.count) * lanes), b(a.size());
    const int block = lanes / lines.channels;
    const auto bytes = static_cast<std::size_t>(lines.channels) * sizeof(Sample);
    for (int first = 0; first < lines.lineCount; first += block) {
        const int here = std::min(block, lines.lineCount - first);
        Sample* corner = lines.data + first * lines.across;
        for (int i = 0; i < lines.count; ++i) {
            for (int j = 0; j < here; ++j)
                std::memcpy(&a[static_cast<std::size_t>(i * lanes + j * lines.channels)],
                            corner + i * lines.along + j * lines.across, bytes);
        }
        if (std::all_of(a.begin(), a.end(), [](Sample v) { return v == 0; }))
            continue;
        if (kernel.weights.empty()) {
            for (const int box : kernel.boxes) {
                blurLines(a.data(), b.data(), lines.count, box);
                a.swap(b);
            }
            a.swap(b);
        } else {
            blurLines(a.data(), b.data(), lines.count, kernel.weights);
        }
        for (int i = 0; i < lines.count; ++i) {
            for (int j = 0; j < here; ++j)
                std::memcpy(corner + i * lines.along + j * lines.across,
                            &b[static_cast<std::size_t>(i * lanes + j * lines.channels)], bytes);
        }
    }
}

void blurBytes(std::uint8_t* bytes, int width, int height, int channels, double sigmaX, double sigmaY)
{
    if (width < 1 || height < 1 || !(sigmaX > 0 || sigmaY > 0))
        return;
    const std::ptrdiff_t stride = static_cast<std::ptrdiff_t>(width) * channels;
    std::vector<Sample> samples(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height));
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<Sample>(bytes[i] << 8);
    blurLines({samples.data(), channels, stride, width, height, channels}, sigmaX);
    blurLines({samples.data(), stride, channels, height, width, channels}, sigmaY);
    for (std::size_t i = 0; i < samples.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>((samples[i] + 128) >> 8);
}

} // namespace

void blur(PixelView picture, double sigmaX, double sigmaY)
{
    blurBytes(reinterpret_cast<std::uint8_t*>(picture.pixels), picture.width, picture.height, 4, sigmaX, sigmaY);
}

void blurMask(std::uint8_t* mask, int width, int height, double sigmaX, double sigmaY)
{
    blurBytes(mask, width, height, 1, sigmaX, sigmaY);
}

} // namespace tessera::cpu
