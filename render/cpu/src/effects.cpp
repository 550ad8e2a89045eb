#include "effects.h"

#include <algorithm>
#include <cmath>

#include <render/scene/effects.h>

#include "blur.h"
#include "filter_color.h"
#include "filter_composite.h"
#include "filter_graph.h"
#include "morphology.h"
#include "pixel_view.h"

namespace tessera::cpu {
namespace {

using document::Effect;
using document::EffectKind;

PixelView viewOf(LayerPixels layer)
{
    return {reinterpret_cast<Pixel*>(layer.pixels.pixels.data()), layer.bounds.width(), layer.bounds.height()};
}

/// One byte of coverage per pixel of a layer.
struct Mask {
    std::vector<std::uint8_t> bytes;
    int width;
    int height;
    [[nodiscard]] std::uint8_t* row(int y) { return bytes.data() + static_cast<std::ptrdiff_t>(y) * width; }
};

Mask alphaOf(PixelView layer)
{
    Mask mask{std::vector<std::uint8_t>(layer.count()), layer.width, layer.height};
    for (std::size_t i = 0; i < mask.bytes.size(); ++i)
        mask.bytes[i] = static_cast<std::uint8_t>(layer.pixels[i] >> 24);
    return mask;
}

/// Larger by so much along both axes, or smaller; rectangles stay rectangles.
void grow(Mask& mask, double byX, double byY)
{
    const auto window = [](double by) {
        const int px = static_cast<int>(std::clamp(std::abs(by) + 0.5, 0.0, 1.0 * strips::maxDevicePx));
        return Window{px, px};
    };
    extremesOfMask(mask.bytes.data(), mask.width, mask.height, byX < 0 ? Extreme::smallest : Extreme::largest, window(byX), window(byY));
}

/// Moved by any fraction of a pixel; transparent comes in from outside.
Mask moved(Mask& mask, Point by)
{
    const double farthest = strips::maxDevicePx;
    const double x = std::clamp(by.x, -farthest, farthest), y = std::clamp(by.y, -farthest, farthest);
    const int wholeX = static_cast<int>(std::floor(x)), wholeY = static_cast<int>(std::floor(y));
    const auto partX = static_cast<std::uint32_t>((x - wholeX) * 256), partY = static_cast<std::uint32_t>((y - wholeY) * 256);
    Mask out{std::vector<std::uint8_t>(mask.bytes.size()), mask.width, mask.height};
    const auto at = [&](int i, int j) -> std::uint32_t {
        return i >= 0 && i < mask.width && j >= 0 && j < mask.height ? mask.row(j)[i] : 0;
    };
    for (int j = 0; j < out.height; ++j) {
        for (int i = 0; i < out.width; ++i) {
            const int u = i - wholeX, v = j - wholeY;
            const std::uint32_t upper = at(u, v) * (256 - partX) + at(u - 1, v) * partX;
            const std::uint32_t lower = at(u, v - 1) * (256 - partX) + at(u - 1, v - 1) * partX;
            out.row(j)[i] = static_cast<std::uint8_t>((upper * (256 - partY) + lower * partY + 32768) >> 16);
        }
    }
    return out;
}

/// The shadow's shape: the layer's, grown, moved and blurred.
Mask shadowOf(PixelView layer, const Effect& effect, const Transform& toDevice, double spread)
{
    const Point scale = scene::axisScale(toDevice);
    Mask mask = alphaOf(layer);
    grow(mask, spread * scale.x, spread * scale.y);
    mask = moved(mask, toDevice.applyVector(effect.offset));
    blurMask(mask.bytes.data(), mask.width, mask.height, effect.blur / 2 * scale.x, effect.blur / 2 * scale.y);
    return mask;
}

void dropShadow(PixelView layer, const Effect& effect, const Transform& toDevice)
{
    const Mask shadow = shadowOf(layer, effect, toDevice, effect.spread);
    const Pixel color = toPixel(effect.color, ColorSpace::encoded);
    for (std::size_t i = 0; i < layer.count(); ++i)
        layer.pixels[i] = over(layer.pixels[i], scaled(color, shadow.bytes[i]));
}

/// What of the shape its own shadow leaves free, in the shadow's colour, on the shape only.
void innerShadow(PixelView layer, const Effect& effect, const Transform& toDevice)
{
    const Mask light = shadowOf(layer, effect, toDevice, -effect.spread);
    const Pixel color = toPixel(effect.color, ColorSpace::encoded);
    for (std::size_t i = 0; i < layer.count(); ++i) {
        const Pixel p = layer.pixels[i];
        layer.pixels[i] = atop(scaled(color, 255u - light.bytes[i]), p);
    }
}

/// Where the layer paints, what is below is blurred. Layers paint thinly as a rule, so little alpha counts as all.
void backgroundBlur(LayerPixels layer, const LayerPixels& below, const Effect& effect, const Transform& toDevice)
{
    const Point scale = scene::axisScale(toDevice);
    Picture backdrop(layer.bounds.width(), layer.bounds.height());
    const strips::PixelRect shared = intersected(layer.bounds, below.bounds);
    for (int y = shared.y0; y < shared.y1; ++y) {
        const auto* from = reinterpret_cast<const Pixel*>(below.pixels.row(y - below.bounds.y0)) + (shared.x0 - below.bounds.x0);
        std::copy_n(from, std::max(0, shared.width()), backdrop.row(y - layer.bounds.y0) + (shared.x0 - layer.bounds.x0));
    }
    blur(backdrop.view(), effect.blur / 2 * scale.x, effect.blur / 2 * scale.y);
    const PixelView pixels = viewOf(layer);
    for (std::size_t i = 0; i < pixels.count(); ++i) {
        const std::uint32_t covered = std::min(255u, (pixels.pixels[i] >> 24) * 32);
        pixels.pixels[i] = over(pixels.pixels[i], scaled(backdrop.pixels()[i], covered));
    }
}

} // namespace

void applyEffects(const strips::FrameEffects& effects, LayerPixels layer, const LayerPixels& below)
{
    const Point scale = scene::axisScale(effects.toDevice);
    for (std::size_t i = 0; i < effects.effects.size(); ++i) {
        const Effect& effect = effects.effects[i];
        switch (effect.kind) {
        case EffectKind::dropShadow:
            dropShadow(viewOf(layer), effect, effects.toDevice);
            break;
        case EffectKind::innerShadow:
            innerShadow(viewOf(layer), effect, effects.toDevice);
            break;
        case EffectKind::layerBlur:
            blur(viewOf(layer), effect.blur / 2 * scale.x, effect.blur / 2 * scale.y);
            break;
        case EffectKind::backgroundBlur:
            backgroundBlur(layer, below, effect, effects.toDevice);
            break;
        case EffectKind::filter:
            runFilter(effects, i, layer);
            break;
        case EffectKind::unknown:
            break;
        }
    }
}

} // namespace tessera::cpu
