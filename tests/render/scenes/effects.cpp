#include <core/document/filter.h>
#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {
namespace {

using namespace document;

Effect shadow(EffectKind kind, unsigned hex, double alpha, Point offset, double blur, double spread = 0)
{
    Effect effect;
    effect.kind = kind;
    effect.color = rgb(hex, alpha);
    effect.offset = offset;
    effect.blur = blur;
    effect.spread = spread;
    return effect;
}

Effect blur(double radius)
{
    Effect effect;
    effect.kind = EffectKind::layerBlur;
    effect.blur = radius;
    return effect;
}

FilterPrimitive step(FilterOperation operation, std::vector<FilterInput> inputs)
{
    FilterPrimitive primitive;
    primitive.operation = std::move(operation);
    primitive.inputs = std::move(inputs);
    return primitive;
}

Effect filter(const Rect& region, std::vector<FilterPrimitive> primitives)
{
    Effect effect;
    effect.kind = EffectKind::filter;
    effect.filter = std::make_shared<const Filter>(Filter{region, std::move(primitives)});
    return effect;
}

} // namespace

/// Cards with shadows, a blurred disc, lettering lit from the left above, and a picture shaken by noise.
scene::DisplayList effects()
{
    const FilterInput source, alpha{FilterInput::From::sourceAlpha, 0};
    const auto result = [](std::size_t index) { return FilterInput{FilterInput::From::primitive, index}; };
    ListBuilder list;
    list.fill(rectPath({0, 0, 256, 256}), {rgb(0xf4f1ea)});
    list.pushEffects(
        {shadow(EffectKind::dropShadow, 0x10183f, 0.4, {0, 6}, 16), shadow(EffectKind::dropShadow, 0x10183f, 0.3, {0, 1}, 2)},
        {16, 16, 96, 72});
    list.fill(roundedRectPath({16, 16, 96, 72}, 12, 12, 12, 12), {rgb(0xffffff)});
    list.popLayer();
    list.pushEffects({shadow(EffectKind::innerShadow, 0x000000, 0.5, {3, 4}, 8, 1),
                      shadow(EffectKind::dropShadow, 0xe0527d, 1, {8, 8}, 0, -2)},
                     {140, 16, 96, 72});
    list.fill(roundedRectPath({140, 16, 96, 72}, 30, 8, 30, 8), {rgb(0x3a6ff7)});
    list.popLayer();
    list.setTransform(Transform::translation(64, 150) * Transform::rotation(0.4) * Transform::scaling(1.5, 0.75));
    list.pushEffects({blur(9)}, {20, 100, 90, 100});
    list.fill(ellipsePath({-24, -24, 48, 48}), {rgb(0x0f9d76)});
    list.fill(rectPath({-6, -40, 12, 80}), {rgb(0x10183f)});
    list.popLayer();
    list.setTransform({});
    LightingFilter light{true, 4, 1.2, 18, {1, 1, 0.9f, 1}, PointLight{{130, 90}, 60}};
    list.pushEffects({filter({124, 100, 120, 70},
                             {step(BlurFilter{2, 2}, {alpha}), step(light, {result(0)}),
                              step(CompositeFilter{CompositeFilter::Operator::in, {}}, {result(1), source}),
                              step(CompositeFilter{CompositeFilter::Operator::arithmetic, {0, 1, 1, 0}}, {source, result(2)})})},
                     {132, 108, 104, 54});
    list.fill(star({184, 135}, 27, 13, 7), {rgb(0x8a2be2)});
    list.fill(roundedRectPath({132, 108, 20, 54}, 10, 10, 10, 10), {rgb(0x8a2be2)});
    list.popLayer();
    list.pushEffects({filter({20, 184, 220, 64}, {step(TurbulenceFilter{true, 0.06, 0.09, 3, 7, false}, {}),
                                                  step(DisplacementFilter{18, 0, 1}, {source, result(0)})})},
                     {40, 192, 176, 48});
    for (int i = 0; i < 11; ++i)
        list.fill(rectPath({40 + 16.0 * i, 192, 8, 48}), {rgb(i % 2 == 0 ? 0xe0527d : 0x10183f)});
    list.popLayer();
    return list.take();
}

} // namespace tessera::testing
