#include "pixel_source.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tessera::cpu {

namespace {

Pixel stopColor(std::span<const strips::FrameStop> stops, float t, float opacity)
{
    std::size_t after = 0;
    while (after < stops.size() && stops[after].offset <= t)
        ++after;
    const strips::FrameStop& b = stops[std::min(after, stops.size() - 1)];
    const strips::FrameStop& a = after == 0 ? b : stops[after - 1];
    const float gap = b.offset - a.offset;
    const float k = gap > 0 ? std::clamp((t - a.offset) / gap, 0.0f, 1.0f) : 0.0f;
    const auto mix = [&](int i) { return a.color[i] + (b.color[i] - a.color[i]) * k; };
    const float alpha = mix(3) * opacity;
    return toPixel({mix(0) * alpha, mix(1) * alpha, mix(2) * alpha, alpha});
}

int wrapped(int i, int size, bool repeat)
{
    if (!repeat)
        return std::clamp(i, 0, size - 1);
    const int m = i % size;
    return m < 0 ? m + size : m;
}

Pixel texel(const scene::Image& image, int x, int y)
{
    Pixel p;
    std::memcpy(&p, image.row(y) + static_cast<std::size_t>(x) * 4, 4);
    return p;
}

/// Bilinear with 8-bit weights.
Pixel sample(const scene::Image& image, float gx, float gy, bool repeat)
{
    constexpr float farthest = 1e8f; // keeps the conversions to int defined; NaN goes to one end
    const float u = std::fmin(std::fmax(gx - 0.5f, -farthest), farthest);
    const float v = std::fmin(std::fmax(gy - 0.5f, -farthest), farthest);
    const float fu = std::floor(u), fv = std::floor(v);
    const int x = static_cast<int>(fu), y = static_cast<int>(fv);
    const auto wx = static_cast<std::uint32_t>((u - fu) * 256), wy = static_cast<std::uint32_t>((v - fv) * 256);
    const int x0 = wrapped(x, image.widthPx, repeat), x1 = wrapped(x + 1, image.widthPx, repeat);
    const int y0 = wrapped(y, image.heightPx, repeat), y1 = wrapped(y + 1, image.heightPx, repeat);
    const Pixel p[4] = {texel(image, x0, y0), texel(image, x1, y0), texel(image, x0, y1), texel(image, x1, y1)};
    const std::uint32_t w[4] = {(256 - wx) * (256 - wy), wx * (256 - wy), (256 - wx) * wy, wx * wy};
    Pixel out = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        std::uint32_t sum = 1u << 15;
        for (int i = 0; i < 4; ++i)
            sum += ((p[i] >> shift) & 255) * w[i];
        out |= (sum >> 16) << shift;
    }
    return out;
}

} // namespace

void PixelSource::fill(int x, int y, std::span<Pixel> out) const
{
    const auto& m = m_paint.fromDevice;
    const float px = static_cast<float>(x) + 0.5f, py = static_cast<float>(y) + 0.5f;
    const float gx = m[0] * px + m[2] * py + m[4], gy = m[1] * px + m[3] * py + m[5];
    if (m_paint.kind == strips::PaintKind::image)
        fillImage(gx, gy, out);
    else
        fillGradient(gx, gy, out);
}

void PixelSource::fillGradient(float gx, float gy, std::span<Pixel> out) const
{
    const std::span stops{m_frame.stops.data() + m_paint.firstStop, m_paint.stopCount};
    const bool linear = m_paint.kind == strips::PaintKind::linearGradient;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float x = gx + m_paint.fromDevice[0] * static_cast<float>(i);
        const float y = gy + m_paint.fromDevice[1] * static_cast<float>(i);
        const float t = linear ? x : 2 * std::sqrt((x - 0.5f) * (x - 0.5f) + (y - 0.5f) * (y - 0.5f));
        out[i] = stopColor(stops, t, m_paint.opacity);
    }
}

void PixelSource::fillImage(float gx, float gy, std::span<Pixel> out) const
{
    const scene::Image& image = *m_frame.images[m_paint.image];
    const auto opacity = static_cast<std::uint32_t>(m_paint.opacity * 255 + 0.5f);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float x = gx + m_paint.fromDevice[0] * static_cast<float>(i);
        const float y = gy + m_paint.fromDevice[1] * static_cast<float>(i);
        out[i] = scaled(sample(image, x, y, m_paint.repeat != 0), opacity);
    }
}

} // namespace tessera::cpu
