#include "effect_form.h"

#include <algorithm>

#include <core/document/filter.h>
#include <core/document/node.h>

#include "any_reader.h"
#include "filter_form.h"
#include "paint_form.h"

namespace tessera::document {
namespace {

using crdt::Any;

constexpr std::pair<std::string_view, EffectKind> kindNames[] = {{"dropShadow", EffectKind::dropShadow},
                                                                 {"innerShadow", EffectKind::innerShadow},
                                                                 {"layerBlur", EffectKind::layerBlur},
                                                                 {"backgroundBlur", EffectKind::backgroundBlur},
                                                                 {"filter", EffectKind::filter}};
constexpr std::string_view modelledKeys[] = {"id", "type", "visible", "blur", "color", "offset", "spread", "filter"};

bool isShadow(EffectKind kind) { return kind == EffectKind::dropShadow || kind == EffectKind::innerShadow; }

Effect readEffect(const Any& item)
{
    Effect effect;
    effect.kind = readEnum(item.find("type"), kindNames).value_or(EffectKind::unknown);
    if (effect.kind == EffectKind::filter && !(effect.filter = readFilter(item.find("filter"))))
        effect.kind = EffectKind::unknown;
    if (effect.kind == EffectKind::unknown) {
        effect.rest = item;
        return effect;
    }
    if (const std::string* id = readString(item.find("id")))
        effect.id = *id;
    effect.visible = readBool(item.find("visible")).value_or(true);
    effect.blur = readNumber(item.find("blur"), 0).value_or(0);
    effect.color = readColor(item.find("color")).value_or(effect.color);
    if (const auto offset = readNumbers(item.find("offset"), 2))
        effect.offset = {(*offset)[0], (*offset)[1]};
    effect.spread = readNumber(item.find("spread")).value_or(0);
    Any::Object rest;
    for (const auto& [key, value] : *item.object()) {
        if (std::find(std::begin(modelledKeys), std::end(modelledKeys), key) == std::end(modelledKeys))
            rest.emplace_back(key, value);
    }
    if (!rest.empty())
        effect.rest = Any(std::move(rest));
    return effect;
}

} // namespace

bool operator==(const Effect& a, const Effect& b)
{
    const bool sameFilter = a.filter == b.filter || (a.filter && b.filter && *a.filter == *b.filter);
    return sameFilter && a.id == b.id && a.kind == b.kind && a.visible == b.visible && a.blur == b.blur && a.color == b.color &&
           a.offset == b.offset && a.spread == b.spread && a.rest == b.rest;
}

std::vector<Effect> readEffects(const Any* value)
{
    std::vector<Effect> effects;
    const Any::Array* array = value == nullptr ? nullptr : value->array();
    if (array == nullptr)
        return effects;
    for (const Any& item : *array)
        effects.push_back(readEffect(item));
    return effects;
}

crdt::Any toAny(const Effect& effect)
{
    if (effect.kind == EffectKind::unknown)
        return effect.rest;
    Any::Object item{{"id", effect.id}};
    for (const auto& [name, kind] : kindNames) {
        if (kind == effect.kind)
            item.emplace_back("type", name);
    }
    if (effect.kind == EffectKind::filter)
        item.emplace_back("filter", toAny(*effect.filter));
    else
        item.emplace_back("blur", rounded(effect.blur));
    if (isShadow(effect.kind)) {
        item.emplace_back("color", toAny(effect.color));
        item.emplace_back("offset", Any::Array{rounded(effect.offset.x), rounded(effect.offset.y)});
        if (effect.spread != 0)
            item.emplace_back("spread", rounded(effect.spread));
    }
    if (!effect.visible)
        item.emplace_back("visible", false);
    if (effect.rest.object() != nullptr)
        item.insert(item.end(), effect.rest.object()->begin(), effect.rest.object()->end());
    return item;
}

crdt::Any toAny(const std::vector<Effect>& effects)
{
    Any::Array items;
    for (const Effect& effect : effects)
        items.push_back(toAny(effect));
    return items;
}

} // namespace tessera::document
