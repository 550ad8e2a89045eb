#include "convolve.h"

#include <algorithm>
#include <array>

#include "filter_color.h"

namespace tessera::cpu {
namespace {

using Edge = document::ConvolveFilter::Edge;

/// Where sample i of a line of `size` is taken from; -1: nowhere.
int source(int i, int size, Edge edge)
{
    if (i >= 0 && i < size)
        return i;
    if (edge == Edge::none)
        return -1;
    return edge == Edge::duplicate ? std::clamp(i, 0, size - 1) : ((i % size) + size) % size;
}

/// For every place of the kernel along one axis and every pixel, the pixel it looks at.
std::vector<int> sources(int size, int kernelSize, int target, Edge edge)
{
    std::vector<int> from;
    for (int k = 0; k < kernelSize; ++k) {
        for (int i = 0; i < size; ++i)
            from.push_back(source(i - target + k, size, edge));
    }
    return from;
}

} // namespace

Picture convolved(const Picture& in, const document::ConvolveFilter& how)
{
    Picture straight(in.width(), in.height());
    std::transform(in.pixels().begin(), in.pixels().end(), straight.pixels().begin(),
                   [&](Pixel p) { return how.preserveAlpha ? unpremultiplied(p) : p; });
    const auto columns = sources(in.width(), how.columns, how.targetX, how.edge);
    const auto rows = sources(in.height(), how.rows, how.targetY, how.edge);
    const auto bias = static_cast<float>(how.bias), divisor = static_cast<float>(how.divisor);

    Picture out(in.width(), in.height());
    std::vector<std::array<float, 4>> sums(static_cast<std::size_t>(in.width()));
    for (int y = 0; y < in.height(); ++y) {
        std::fill(sums.begin(), sums.end(), std::array<float, 4>{});
        for (int ky = 0; ky < how.rows; ++ky) {
            const int fromY = rows[static_cast<std::size_t>(ky * in.height() + y)];
            for (int kx = 0; kx < how.columns && fromY >= 0; ++kx) {
                const std::size_t turned = how.kernel.size() - 1 - static_cast<std::size_t>(ky * how.columns + kx);
                const auto weight = static_cast<float>(how.kernel[turned] / 255);
                const int* fromX = columns.data() + static_cast<std::ptrdiff_t>(kx) * in.width();
                const Pixel* from = straight.row(fromY);
                for (std::size_t x = 0; x < sums.size() && weight != 0; ++x) {
                    const Pixel p = fromX[x] < 0 ? 0 : from[fromX[x]];
                    for (int c = 0; c < 4; ++c)
                        sums[x][static_cast<std::size_t>(c)] += weight * static_cast<float>(channelOf(p, c));
                }
            }
        }
        const Pixel* kept = in.row(y);
        for (std::size_t x = 0; x < sums.size(); ++x) {
            const float alpha = how.preserveAlpha ? static_cast<float>(kept[x] >> 24) / 255 : sums[x][3] / divisor + bias;
            const float most = std::clamp(alpha, 0.0f, 1.0f);
            const auto channel = [&](std::size_t c) {
                const float v = sums[x][c] / divisor + bias * alpha;
                return toByte(how.preserveAlpha ? std::clamp(v, 0.0f, 1.0f) * most : std::clamp(v, 0.0f, most));
            };
            out.row(y)[x] = packed(channel(0), channel(1), channel(2), toByte(most));
        }
    }
    return out;
}

} // namespace tessera::cpu
