#include <render/scene/effects.h>

#include <algorithm>
#include <cmath>

namespace tessera::scene {
namespace {

using document::Effect;
using document::EffectKind;

/// Three standard deviations: what a Gaussian spreads beyond is below half a level.
constexpr double reachPerBlur = 1.5;

double reachOf(const Effect& effect)
{
    if (!effect.visible)
        return 0;
    switch (effect.kind) {
    case EffectKind::dropShadow:
    case EffectKind::innerShadow:
        return effect.blur * reachPerBlur + length(effect.offset) + std::abs(effect.spread);
    case EffectKind::layerBlur:
    case EffectKind::backgroundBlur:
        return effect.blur * reachPerBlur;
    case EffectKind::filter:
    case EffectKind::unknown:
        break;
    }
    return 0;
}

bool paintsOutside(EffectKind kind) { return kind == EffectKind::dropShadow || kind == EffectKind::layerBlur; }

} // namespace

double effectReach(const std::vector<Effect>& effects)
{
    double reach = 0; // each looks at what the one before it made
    for (const Effect& effect : effects)
        reach += reachOf(effect);
    return reach;
}

Rect effectBoundsPage(const std::vector<Effect>& effects, const Rect& contentPage, const Transform& toPage)
{
    if (contentPage.isEmpty())
        return contentPage;
    double reach = 0;
    for (const Effect& effect : effects)
        reach += paintsOutside(effect.kind) ? reachOf(effect) : 0;
    return contentPage.inflated(reach * std::max(std::hypot(toPage.a, toPage.b), std::hypot(toPage.c, toPage.d)));
}

} // namespace tessera::scene
