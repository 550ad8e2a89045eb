#include "filter_image.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <render/cpu/renderer.h>

namespace tessera::cpu {
namespace {

/// Four texels and their weights along one axis.
struct Taps {
    std::array<int, 4> at{};
    std::array<float, 4> weight{};
};

/// Mitchell and Netravali's cubic with B = C = 1/3: smooth where a picture is enlarged.
float mitchell(float distance)
{
    const float x = std::abs(distance);
    if (x < 1)
        return ((7 * x - 12) * x * x + 16.0f / 3) / 6;
    return x < 2 ? (((-7.0f / 3 * x + 12) * x - 20) * x + 32.0f / 3) / 6 : 0;
}

/// For the pixels `first` to `end` - 1 of a line that starts at `origin` and has `scale` pixels per texel; edges go on.
std::vector<Taps> tapsOf(int first, int end, double origin, double scale, int texels)
{
    std::vector<Taps> taps;
    for (int i = first; i < end; ++i) {
        const double texel = (i + 0.5 - origin) / scale - 0.5, base = std::floor(texel);
        Taps& t = taps.emplace_back();
        for (int k = 0; k < 4; ++k) {
            t.at[static_cast<std::size_t>(k)] = std::clamp(static_cast<int>(base) + k - 1, 0, texels - 1);
            t.weight[static_cast<std::size_t>(k)] = mitchell(static_cast<float>(texel - base) - static_cast<float>(k - 1));
        }
    }
    return taps;
}

Pixel sampled(const scene::Image& image, const Taps& x, const Taps& y)
{
    std::array<float, 4> sum{};
    for (std::size_t j = 0; j < 4; ++j) {
        for (std::size_t i = 0; i < 4; ++i) {
            const std::uint8_t* texel = image.row(y.at[j]) + static_cast<std::ptrdiff_t>(x.at[i]) * 4;
            for (std::size_t c = 0; c < 4; ++c)
                sum[c] += x.weight[i] * y.weight[j] * static_cast<float>(texel[c]);
        }
    }
    const auto channel = [](float v, float most) { return static_cast<std::uint32_t>(std::clamp(v, 0.0f, most) + 0.5f); };
    const float alpha = std::clamp(sum[3], 0.0f, 255.0f);
    return packed(channel(sum[0], alpha), channel(sum[1], alpha), channel(sum[2], alpha), channel(alpha, 255));
}

} // namespace

void drawImage(Picture& out, const strips::FilterPicture& shown, document::ImageFit fit, const Rect& box)
{
    scene::ImageRef image = shown.image;
    if (shown.picture)
        image = std::make_shared<const scene::Image>(compose(*shown.picture));
    if (!image || image->widthPx < 1 || image->heightPx < 1 || box.isEmpty())
        return;
    const scene::Image& pixels = *image;
    double sx = 1, sy = 1, x0 = box.x, y0 = box.y;
    if (!shown.picture) {
        sx = box.width / pixels.widthPx, sy = box.height / pixels.heightPx;
        if (fit != document::ImageFit::stretch)
            sx = sy = fit == document::ImageFit::fill ? std::max(sx, sy) : std::min(sx, sy);
        x0 += (box.width - pixels.widthPx * sx) / 2, y0 += (box.height - pixels.heightPx * sy) / 2;
    }

    const auto pixel = [](double v, int most) { return static_cast<int>(std::clamp(std::floor(v + 0.5), 0.0, 1.0 * most)); };
    const int left = pixel(std::max(box.x, x0), out.width()), right = pixel(std::min(box.right(), x0 + pixels.widthPx * sx), out.width());
    const int top = pixel(std::max(box.y, y0), out.height()),
              bottom = pixel(std::min(box.bottom(), y0 + pixels.heightPx * sy), out.height());
    if (sx > 1 && sy > 1) {
        const auto columns = tapsOf(left, right, x0, sx, pixels.widthPx), rows = tapsOf(top, bottom, y0, sy, pixels.heightPx);
        for (int y = top; y < bottom; ++y) {
            for (int x = left; x < right; ++x)
                out.row(y)[x] = sampled(pixels, columns[static_cast<std::size_t>(x - left)], rows[static_cast<std::size_t>(y - top)]);
        }
        return;
    }
    strips::Frame frame;
    frame.images = {image};
    strips::FramePaint paint;
    paint.kind = strips::PaintKind::image;
    const double fromDevice[6] = {1 / sx, 0, 0, 1 / sy, -x0 / sx, -y0 / sy};
    std::copy(std::begin(fromDevice), std::end(fromDevice), paint.fromDevice);
    const auto source = makePixelSource(frame, paint);
    for (int y = top; y < bottom && left < right; ++y)
        source->fill(left, y, out.row(y) + left, static_cast<std::size_t>(right - left), 1);
}

} // namespace tessera::cpu
