#include "blend_modes.h"

#include <algorithm>
#include <cmath>

namespace tessera::cpu {
namespace {

using scene::BlendMode;

struct Rgb {
    float r, g, b;
};

float luminanceOf(Rgb c) { return 0.3f * c.r + 0.59f * c.g + 0.11f * c.b; }

/// CSS compositing level 1, section 10.2: keeps the luminance and moves the channels into 0..1.
Rgb clippedColor(Rgb c)
{
    const float l = luminanceOf(c), low = std::min({c.r, c.g, c.b}), high = std::max({c.r, c.g, c.b});
    const auto toward = [&](float k) { c = {l + (c.r - l) * k, l + (c.g - l) * k, l + (c.b - l) * k}; };
    if (low < 0)
        toward(l / (l - low));
    if (high > 1)
        toward((1 - l) / (high - l));
    return c;
}

Rgb withLuminance(Rgb c, float l)
{
    const float d = l - luminanceOf(c);
    return clippedColor({c.r + d, c.g + d, c.b + d});
}

float saturationOf(Rgb c) { return std::max({c.r, c.g, c.b}) - std::min({c.r, c.g, c.b}); }

Rgb withSaturation(Rgb c, float s)
{
    const float low = std::min({c.r, c.g, c.b}), range = saturationOf(c);
    if (!(range > 0))
        return {0, 0, 0};
    return {(c.r - low) * s / range, (c.g - low) * s / range, (c.b - low) * s / range};
}

float hardLight(float below, float source)
{
    return source <= 0.5f ? below * 2 * source : below + (2 * source - 1) - below * (2 * source - 1);
}

float softLight(float below, float source)
{
    if (source <= 0.5f)
        return below - (1 - 2 * source) * below * (1 - below);
    const float d = below <= 0.25f ? ((16 * below - 12) * below + 4) * below : std::sqrt(below);
    return below + (2 * source - 1) * (d - below);
}

float colorDodge(float below, float source) { return below <= 0 ? 0 : source >= 1 ? 1 : std::min(1.0f, below / (1 - source)); }
float colorBurn(float below, float source) { return below >= 1 ? 1 : source <= 0 ? 0 : 1 - std::min(1.0f, (1 - below) / source); }

/// B(below, source) of a separable mode.
float separable(BlendMode mode, float below, float source)
{
    switch (mode) {
    case BlendMode::multiply: return below * source;
    case BlendMode::screen: return below + source - below * source;
    case BlendMode::overlay: return hardLight(source, below);
    case BlendMode::darken: return std::min(below, source);
    case BlendMode::lighten: return std::max(below, source);
    case BlendMode::colorDodge: return colorDodge(below, source);
    case BlendMode::colorBurn: return colorBurn(below, source);
    case BlendMode::hardLight: return hardLight(below, source);
    case BlendMode::softLight: return softLight(below, source);
    case BlendMode::difference: return std::abs(below - source);
    case BlendMode::exclusion: return below + source - 2 * below * source;
    default: return source;
    }
}

Rgb mixed(BlendMode mode, Rgb below, Rgb source)
{
    switch (mode) {
    case BlendMode::hue: return withLuminance(withSaturation(source, saturationOf(below)), luminanceOf(below));
    case BlendMode::saturation: return withLuminance(withSaturation(below, saturationOf(source)), luminanceOf(below));
    case BlendMode::color: return withLuminance(source, luminanceOf(below));
    case BlendMode::luminosity: return withLuminance(below, luminanceOf(source));
    default: break;
    }
    return {separable(mode, below.r, source.r), separable(mode, below.g, source.g), separable(mode, below.b, source.b)};
}

Rgb unpremultiplied(Pixel p, float alpha)
{
    const float k = alpha > 0 ? 1 / (255 * alpha) : 0;
    return {static_cast<float>(p & 255) * k, static_cast<float>((p >> 8) & 255) * k, static_cast<float>((p >> 16) & 255) * k};
}

Pixel blended(BlendMode mode, Pixel below, Pixel source)
{
    if ((source >> 24) == 0)
        return below;
    if ((below >> 24) == 0)
        return source;
    const float as = static_cast<float>(source >> 24) / 255, ab = static_cast<float>(below >> 24) / 255;
    const Rgb cs = unpremultiplied(source, as), cb = unpremultiplied(below, ab), m = mixed(mode, cb, cs);
    const float a = as + ab - as * ab;
    const auto channel = [&](float s, float b, float blend) {
        const float v = s * as * (1 - ab) + b * ab * (1 - as) + as * ab * blend;
        return static_cast<Pixel>(std::clamp(v, 0.0f, a) * 255 + 0.5f);
    };
    return channel(cs.r, cb.r, m.r) | channel(cs.g, cb.g, m.g) << 8 | channel(cs.b, cb.b, m.b) << 16 |
           static_cast<Pixel>(a * 255 + 0.5f) << 24;
}

} // namespace

void blendPixels(Pixel* out, std::size_t count, const Pixel* source, std::uint32_t opacity, BlendMode mode, const std::uint32_t* alphas)
{
    constexpr std::size_t rows = strips::stripHeightPx;
    for (std::size_t i = 0; i < count; ++i) {
        const Pixel p = scaled(source[i], opacity);
        out[i] = blended(mode, out[i], alphas ? scaled(p, (alphas[i / rows] >> (8 * (i % rows))) & 255) : p);
    }
}

} // namespace tessera::cpu
