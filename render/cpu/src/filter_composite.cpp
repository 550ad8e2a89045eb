#include "filter_composite.h"

#include <algorithm>

#include "blend.h"
#include "blend_modes.h"

namespace tessera::cpu {
namespace {

using document::CompositeFilter;

std::uint32_t divided(std::uint32_t v) { return (v + 128 + ((v + 128) >> 8)) >> 8; } ///< by 255, rounded, up to 65535

/// a * fa + b * fb, factors of 255; at most 255 when premultiplied values meet Porter and Duff's factors, but for rounding.
Pixel weighted(Pixel a, std::uint32_t fa, Pixel b, std::uint32_t fb)
{
    const auto channel = [&](int i) { return std::min(255u, divided(std::min(65025u, channelOf(a, i) * fa + channelOf(b, i) * fb))); };
    return packed(channel(0), channel(1), channel(2), channel(3));
}

} // namespace

Pixel atop(Pixel top, Pixel below) { return weighted(top, below >> 24, below, 255 - (top >> 24)); }

namespace {

Pixel combined(Pixel a, Pixel b, CompositeFilter::Operator how)
{
    const std::uint32_t aa = a >> 24, ba = b >> 24;
    switch (how) {
    case CompositeFilter::Operator::over: return over(a, b);
    case CompositeFilter::Operator::in: return scaled(a, ba);
    case CompositeFilter::Operator::out: return scaled(a, 255 - ba);
    case CompositeFilter::Operator::atop: return atop(a, b);
    case CompositeFilter::Operator::exclusiveOr: return weighted(a, 255 - ba, b, 255 - aa);
    case CompositeFilter::Operator::lighter: return weighted(a, 255, b, 255);
    case CompositeFilter::Operator::arithmetic: break;
    }
    return b;
}

Pixel arithmetic(Pixel a, Pixel b, const std::array<float, 4>& k)
{
    const auto channel = [&](int i, float most) {
        const float x = static_cast<float>(channelOf(a, i)) / 255, y = static_cast<float>(channelOf(b, i)) / 255;
        const float value = k[0] * x * y + k[1] * x + k[2] * y + k[3];
        return value > 0 ? std::min(value, most) : 0.0f;
    };
    const float alpha = channel(3, 1);
    return packed(toByte(channel(0, alpha)), toByte(channel(1, alpha)), toByte(channel(2, alpha)), toByte(alpha));
}

} // namespace

void blendOnto(const Picture& top, Picture& below, document::BlendMode mode)
{
    const std::size_t count = below.pixels().size();
    if (mode != document::BlendMode::normal && mode != document::BlendMode::passThrough) {
        blendPixels(below.pixels().data(), count, top.pixels().data(), 255, mode);
        return;
    }
    for (std::size_t i = 0; i < count; ++i)
        below.pixels()[i] = over(top.pixels()[i], below.pixels()[i]);
}

void compositeOnto(const Picture& top, Picture& below, const CompositeFilter& how)
{
    const auto& a = top.pixels();
    auto& b = below.pixels();
    if (how.with != CompositeFilter::Operator::arithmetic) {
        for (std::size_t i = 0; i < b.size(); ++i)
            b[i] = combined(a[i], b[i], how.with);
        return;
    }
    std::array<float, 4> k{};
    std::transform(how.k.begin(), how.k.end(), k.begin(), [](double v) { return static_cast<float>(v); });
    for (std::size_t i = 0; i < b.size(); ++i)
        b[i] = arithmetic(a[i], b[i], k);
}

} // namespace tessera::cpu
