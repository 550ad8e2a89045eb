#include <cstdlib>

#include <core/base/bytes.h>
#include <core/document/filter.h>
#include <render/cpu/renderer.h>
#include <render/scene/effects.h>

#include "effect_form.h"

using namespace tessera;

namespace {

/// The effects on a small box, by the back end.
void draw(const std::vector<document::Effect>& effects)
{
    const Rect box{4, 4, 10, 8};
    const Rect bounds = scene::effectBoundsPage(effects, box, {});
    scene::PushLayer push;
    push.effects = std::make_shared<const std::vector<document::Effect>>(effects);
    scene::DisplayList list;
    list.items = {
        {push, {}, bounds, 0},
        {scene::FillPath{std::make_shared<const Path>(rectPath(box)), document::FillRule::nonzero, {Color{1, 0.5f, 0, 0.7f}}},
         {},
         box,
         0},
        {scene::PopLayer{}, {}, bounds, 0}};
    cpu::Renderer renderer;
    static_cast<void>(renderer.render(list, {Transform{1.5, 0.2, -0.1, 0.8, 0, 0}, 20, 16}, {1, 1, 1, 1}));
}

/// The picture stays small, so that one input is quick.
bool isSmall(const std::vector<document::Effect>& effects)
{
    for (const document::Effect& effect : effects) {
        const double far = std::max({std::abs(effect.offset.x), std::abs(effect.offset.y), effect.blur, std::abs(effect.spread)});
        if (far > 200 || (effect.filter && (effect.filter->region.width > 100 || effect.filter->region.height > 100 ||
                                            effect.filter->primitives.size() > 16)))
            return false;
    }
    return effects.size() <= 4;
}

} // namespace

/// Stored effects, as JSON: what is read is written as it was read, and can be drawn.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto stored = crdt::parseJson(asText({data, size}));
    if (!stored)
        return 0;
    const auto effects = document::readEffects(&*stored);
    const crdt::Any written = document::toAny(effects);
    const auto again = document::readEffects(&written);
    if (effects.size() != again.size())
        std::abort();
    for (std::size_t i = 0; i < effects.size(); ++i) { // lengths are rounded once; then they stay
        if (effects[i].kind != again[i].kind && effects[i].kind != document::EffectKind::filter)
            std::abort();
    }
    const crdt::Any settled = document::toAny(again);
    const auto third = document::readEffects(&settled);
    if (!(again == third))
        std::abort();
    if (isSmall(effects))
        draw(effects);
    return 0;
}
