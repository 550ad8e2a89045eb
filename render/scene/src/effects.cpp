#include <render/scene/effects.h>

#include <algorithm>
#include <cmath>

#include <core/document/filter.h>
#include <render/scene/display_list.h>

namespace tessera::scene {
namespace {

using namespace document;

constexpr int farthestPx = 1 << 20; ///< no picture is as large

int px(double length) { return static_cast<int>(std::clamp(std::ceil(length), 0.0, 1.0 * farthestPx)); }

/// All that a blur looks at, to the bit: five boxes of together less than 3.9 standard deviations, rounded.
int blurReachPx(double sigma) { return sigma > 0 ? px(4 * sigma) + 2 : 0; }
int blurReachPx(double sigmaX, double sigmaY, Point scale) { return blurReachPx(std::max(sigmaX * scale.x, sigmaY * scale.y)); }

/// How far one primitive looks in its inputs; absent: anywhere.
std::optional<int> reachOf(const FilterOperation& operation, Point scale)
{
    const auto larger = [&](double x, double y) { return px(std::max(std::abs(x) * scale.x, std::abs(y) * scale.y)) + 1; };
    if (const auto* f = std::get_if<BlurFilter>(&operation))
        return blurReachPx(f->sigmaX, f->sigmaY, scale);
    if (const auto* f = std::get_if<DropShadowFilter>(&operation))
        return blurReachPx(f->sigmaX, f->sigmaY, scale) + larger(f->by.x, f->by.y);
    if (const auto* f = std::get_if<OffsetFilter>(&operation))
        return larger(f->by.x, f->by.y);
    if (const auto* f = std::get_if<MorphologyFilter>(&operation))
        return larger(f->radiusX, f->radiusY);
    if (const auto* f = std::get_if<DisplacementFilter>(&operation))
        return larger(f->scale / 2, f->scale / 2);
    if (const auto* f = std::get_if<ConvolveFilter>(&operation))
        return f->edge == ConvolveFilter::Edge::wrap ? std::nullopt : std::optional{std::max(f->columns, f->rows)};
    if (std::holds_alternative<LightingFilter>(operation))
        return 1;
    if (std::holds_alternative<TileFilter>(operation))
        return std::nullopt;
    return 0;
}

std::optional<int> reachOf(const Filter& filter, Point scale)
{
    std::vector<std::optional<int>> reaches; // of each result, in the source
    for (const FilterPrimitive& primitive : filter.primitives) {
        std::optional<int> reach = reachOf(primitive.operation, scale);
        int farther = 0;
        for (const FilterInput& input : primitive.inputs) {
            if (input.from != FilterInput::From::primitive)
                continue;
            const std::optional<int> before = reaches[input.primitive];
            farther = std::max(farther, before.value_or(0));
            if (!before)
                reach.reset();
        }
        reaches.push_back(reach ? std::optional{std::min(*reach + farther, farthestPx)} : std::nullopt);
    }
    return reaches.empty() ? 0 : reaches.back();
}

std::optional<int> reachOf(const Effect& effect, const Transform& toDevice)
{
    const Point scale = axisScale(toDevice);
    switch (effect.kind) {
    case EffectKind::dropShadow:
    case EffectKind::innerShadow:
        return blurReachPx(effect.blur / 2, effect.blur / 2, scale) + px(length(toDevice.applyVector(effect.offset))) +
               px(std::abs(effect.spread) * std::max(scale.x, scale.y)) + 2;
    case EffectKind::layerBlur:
        return blurReachPx(effect.blur / 2, effect.blur / 2, scale);
    case EffectKind::filter:
        return reachOf(*effect.filter, scale);
    case EffectKind::backgroundBlur:
    case EffectKind::unknown:
        break;
    }
    return 0;
}

double largestScale(const Transform& t) { return std::max(std::hypot(t.a, t.c), std::hypot(t.b, t.d)); }

/// Page px that shadows and blurs paint beyond what they are made of.
double paintedReach(const Effect& effect, const Transform& toPage)
{
    constexpr double perBlur = 1.5; ///< three standard deviations: what spreads beyond is below half a level
    const double scale = largestScale(toPage);
    if (effect.kind == EffectKind::layerBlur)
        return effect.blur * perBlur * scale;
    if (effect.kind == EffectKind::dropShadow)
        return (effect.blur * perBlur + std::max(0.0, effect.spread)) * scale + length(toPage.applyVector(effect.offset));
    return 0;
}

} // namespace

Point axisScale(const Transform& toDevice) { return {std::hypot(toDevice.a, toDevice.c), std::hypot(toDevice.b, toDevice.d)}; }

std::optional<int> effectReachPx(const std::vector<Effect>& effects, const Transform& toDevice)
{
    int reach = 0; // each looks at what the one before it made
    for (const Effect& effect : effects) {
        const std::optional<int> one = effect.visible ? reachOf(effect, toDevice) : 0;
        if (!one)
            return std::nullopt;
        reach = std::min(reach + *one, farthestPx);
    }
    return reach;
}

int backdropReachPx(const std::vector<Effect>& effects, const Transform& toDevice)
{
    int reach = 0;
    for (const Effect& effect : effects) {
        if (effect.visible && effect.kind == EffectKind::backgroundBlur)
            reach = std::max(reach, blurReachPx(effect.blur / 2, effect.blur / 2, axisScale(toDevice)));
    }
    return reach;
}

int backdropReachPx(const DisplayList& list, const Transform& toDevice, int mostPx)
{
    int reach = 0;
    for (const Item& item : list.items) {
        const auto* layer = std::get_if<PushLayer>(&item.content);
        const auto* sub = std::get_if<SubList>(&item.content);
        if (layer && layer->effects)
            reach += backdropReachPx(*layer->effects, toDevice * item.toPage);
        else if (sub && (*sub)->blursBackdrop)
            reach += backdropReachPx(**sub, toDevice * item.toPage, mostPx);
        reach = std::min(reach, mostPx);
    }
    return reach;
}

Rect effectBoundsPage(const std::vector<Effect>& effects, const Rect& contentPage, const Transform& toPage)
{
    Rect made = contentPage, all;
    for (const Effect& effect : effects) {
        if (!effect.visible)
            continue;
        if (effect.kind == EffectKind::filter)
            made = toPage.mapBounds(effect.filter->region); // whatever the content: a flood paints without any
        else if (!made.isEmpty())
            made = made.inflated(paintedReach(effect, toPage));
        all = united(all, made);
    }
    return all.isEmpty() ? contentPage : all;
}

} // namespace tessera::scene
