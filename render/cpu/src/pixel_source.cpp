#include "pixel_source.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <render/cpu/renderer.h>

#include "gradient.h"

namespace tessera::cpu {

namespace {

/// Paint space at a pixel's centre.
struct PaintPoint {
    float x, y;
};
PaintPoint fromDevice(const float (&m)[6], int x, int y)
{
    const float px = static_cast<float>(x) + 0.5f, py = static_cast<float>(y) + 0.5f;
    return {m[0] * px + m[2] * py + m[4], m[1] * px + m[3] * py + m[5]};
}

class GradientSource final : public PixelSource
{
public:
    GradientSource(const strips::Frame& frame, const strips::FramePaint& paint)
        : m_paint(paint), m_ramp({frame.stops.data() + paint.firstStop, paint.stopCount}, paint.opacity)
    {
    }

    void fill(int x, int y, Pixel* out, std::size_t count, std::size_t stride) override
    {
        const PaintPoint g = fromDevice(m_paint.fromDevice, x, y);
        const float dx = m_paint.fromDevice[0], dy = m_paint.fromDevice[1];
        if (m_paint.kind == strips::PaintKind::linearGradient && dx == 0) {
            const Pixel color = m_ramp.at(spread(g.x)); // along the whole row
            for (std::size_t i = 0; i < count; ++i)
                out[i * stride] = color;
            return;
        }
        const auto fillWith = [&](auto position) {
            const bool pads = m_paint.spread == static_cast<std::uint32_t>(scene::GradientSpread::pad);
            const auto at = [&](std::size_t i) { return position(g.x + dx * static_cast<float>(i), g.y + dy * static_cast<float>(i)); };
            for (std::size_t i = 0; pads && i < count; ++i)
                out[i * stride] = m_ramp.at(at(i));
            for (std::size_t i = 0; !pads && i < count; ++i)
                out[i * stride] = m_ramp.at(spread(at(i)));
        };
        switch (m_paint.kind) {
        case strips::PaintKind::linearGradient:
            fillWith([](float gx, float) { return gx; });
            break;
        case strips::PaintKind::angularGradient:
            fillWith([](float gx, float gy) {
                const float turn = std::atan2(gy - 0.5f, gx - 0.5f) * static_cast<float>(0.5 / M_PI);
                return turn < 0 ? turn + 1 : turn;
            });
            break;
        case strips::PaintKind::diamondGradient:
            fillWith([](float gx, float gy) { return 2 * (std::abs(gx - 0.5f) + std::abs(gy - 0.5f)); });
            break;
        default:
            if (m_paint.focus[0] == 0 && m_paint.focus[1] == 0 && m_paint.focusRadius == 0)
                fillWith([](float gx, float gy) {
                    const float u = gx - 0.5f, v = gy - 0.5f;
                    return 2 * std::sqrt(u * u + v * v);
                });
            else
                fillWith([this](float gx, float gy) { return focalPosition(2 * gx - 1, 2 * gy - 1); });
        }
    }

private:
    [[nodiscard]] float spread(float t) const
    {
        if (m_paint.spread == static_cast<std::uint32_t>(scene::GradientSpread::repeat))
            return t - std::floor(t);
        if (m_paint.spread == static_cast<std::uint32_t>(scene::GradientSpread::reflect))
            return std::abs(t - 2 * std::floor(t / 2 + 0.5f));
        return t;
    }

    /// The circle between the focal one (t = 0) and the unit circle (t = 1) that (x, y) lies on. One of the two is inside the
    /// other, so there is just one.
    [[nodiscard]] float focalPosition(float x, float y) const
    {
        const float fx = m_paint.focus[0], fy = m_paint.focus[1], r0 = m_paint.focusRadius, dr = 1 - r0;
        const float px = x - fx, py = y - fy;
        const float a = dr * dr - fx * fx - fy * fy; // > 0
        const float b = r0 * dr - px * fx - py * fy;
        const float c = px * px + py * py - r0 * r0;
        return (std::copysign(std::sqrt(std::max(0.0f, b * b + a * c)), dr) - b) / a;
    }

    const strips::FramePaint& m_paint;
    GradientRamp m_ramp;
};

int wrapped(int i, int size, bool repeat)
{
    if (!repeat)
        return std::clamp(i, 0, size - 1);
    const int m = i % size;
    return m < 0 ? m + size : m;
}

Pixel texel(const std::uint8_t* row, int x)
{
    Pixel p;
    std::memcpy(&p, row + static_cast<std::size_t>(x) * 4, 4);
    return p;
}

/// Channel-wise a + (b - a) * w / 256, rounded; w is 0..255.
Pixel mixed(Pixel a, Pixel b, std::uint32_t w)
{
    const std::uint32_t even = ((a & 0x00ff00ff) * (256 - w) + (b & 0x00ff00ff) * w + 0x00800080) >> 8;
    const std::uint32_t odd = ((a >> 8) & 0x00ff00ff) * (256 - w) + ((b >> 8) & 0x00ff00ff) * w + 0x00800080;
    return (even & 0x00ff00ff) | (odd & 0xff00ff00);
}

class ImageSource final : public PixelSource
{
public:
    ImageSource(scene::ImageRef image, const strips::FramePaint& paint)
        : m_paint(paint), m_held(std::move(image)), m_image(*m_held), m_opacity(static_cast<std::uint32_t>(paint.opacity * 255 + 0.5f))
    {
    }

    void fill(int x, int y, Pixel* out, std::size_t count, std::size_t stride) override
    {
        const PaintPoint g = fromDevice(m_paint.fromDevice, x, y);
        for (std::size_t i = 0; i < count; ++i) {
            const Pixel p = sample(g.x + m_paint.fromDevice[0] * static_cast<float>(i),
                                   g.y + m_paint.fromDevice[1] * static_cast<float>(i));
            out[i * stride] = m_opacity == 255 ? p : scaled(p, m_opacity);
        }
    }

private:
    [[nodiscard]] Pixel sample(float gx, float gy) const
    {
        constexpr float farthest = 1e8f; // keeps the conversions to int defined; NaN goes to one end
        const float u = std::fmin(std::fmax(gx - 0.5f, -farthest), farthest);
        const float v = std::fmin(std::fmax(gy - 0.5f, -farthest), farthest);
        const float fu = std::floor(u), fv = std::floor(v);
        const int x = static_cast<int>(fu), y = static_cast<int>(fv);
        const auto wx = static_cast<std::uint32_t>((u - fu) * 256), wy = static_cast<std::uint32_t>((v - fv) * 256);
        const bool repeat = m_paint.repeat != 0;
        const int x0 = wrapped(x, m_image.widthPx, repeat), x1 = wrapped(x + 1, m_image.widthPx, repeat);
        const std::uint8_t* upper = m_image.row(wrapped(y, m_image.heightPx, repeat));
        const std::uint8_t* lower = m_image.row(wrapped(y + 1, m_image.heightPx, repeat));
        return mixed(mixed(texel(upper, x0), texel(upper, x1), wx & 255), mixed(texel(lower, x0), texel(lower, x1), wx & 255),
                     wy & 255);
    }

    const strips::FramePaint& m_paint;
    scene::ImageRef m_held;
    const scene::Image& m_image;
    std::uint32_t m_opacity;
};

} // namespace

std::unique_ptr<PixelSource> makePixelSource(const strips::Frame& frame, const strips::FramePaint& paint)
{
    if (paint.kind == strips::PaintKind::image)
        return std::make_unique<ImageSource>(frame.images[paint.image], paint);
    if (paint.kind == strips::PaintKind::picture)
        return std::make_unique<ImageSource>(std::make_shared<const scene::Image>(compose(*frame.pictures[paint.image])), paint);
    return std::make_unique<GradientSource>(frame, paint);
}

} // namespace tessera::cpu
