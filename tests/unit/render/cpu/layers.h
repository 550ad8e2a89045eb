#pragma once

#include <QtTest>

#include <core/document/filter.h>
#include <render/cpu/renderer.h>
#include <render/scene/effects.h>
#include <render/strips/frame.h>

/// Layers with effects, drawn; short ways to write filters. Test code only.
namespace layers {

using namespace tessera;
using namespace tessera::document;
using scene::DisplayList;
using scene::Image;
using scene::Item;

using Rgba = std::vector<int>; ///< premultiplied

inline Rgba pixel(const Image& image, int x, int y)
{
    const std::uint8_t* p = image.row(y) + 4 * x;
    return {p[0], p[1], p[2], p[3]};
}

inline bool close(const Rgba& a, const Rgba& b, int by)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::abs(a[i] - b[i]) > by) {
            qWarning("(%d %d %d %d) is not (%d %d %d %d)", a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]);
            return false;
        }
    }
    return true;
}

inline Item box(const Rect& r, const Color& color, const Transform& toPage = {})
{
    return {scene::FillPath{std::make_shared<const Path>(rectPath(r)), FillRule::nonzero, {color}}, toPage, toPage.mapBounds(r), 0};
}

/// Content in a layer with effects.
inline DisplayList layer(std::vector<Item> content, std::vector<Effect> effects, const Transform& toPage = {},
                         std::vector<scene::EffectImage> images = {})
{
    Rect bounds;
    for (const Item& item : content)
        bounds = united(bounds, item.boundsPage);
    bounds = scene::effectBoundsPage(effects, bounds, toPage);
    scene::PushLayer push;
    push.effects = std::make_shared<const std::vector<Effect>>(std::move(effects));
    push.images = std::make_shared<const std::vector<scene::EffectImage>>(std::move(images));
    DisplayList list;
    list.items.push_back({push, toPage, bounds, 0});
    list.items.insert(list.items.end(), content.begin(), content.end());
    list.items.push_back({scene::PopLayer{}, toPage, bounds, 0});
    return list;
}

inline Image draw(const DisplayList& list, int size = 64)
{
    cpu::Renderer renderer;
    return renderer.render(list, {{}, size, size}, {0, 0, 0, 0});
}

inline const FilterInput source{};
inline const FilterInput alphaOfSource{FilterInput::From::sourceAlpha, 0};
inline FilterInput result(std::size_t index) { return {FilterInput::From::primitive, index}; }

/// Works on encoded values unless told otherwise.
inline FilterPrimitive step(FilterOperation operation, std::vector<FilterInput> inputs = {}, std::optional<Rect> area = {})
{
    FilterPrimitive p;
    p.operation = std::move(operation);
    p.inputs = std::move(inputs);
    p.area = area;
    p.linear = false;
    return p;
}

inline Effect filterEffect(std::vector<FilterPrimitive> primitives, const Rect& region = {0, 0, 64, 64})
{
    Effect effect;
    effect.kind = EffectKind::filter;
    effect.filter = std::make_shared<const Filter>(Filter{region, std::move(primitives)});
    return effect;
}

inline Image filtered(std::vector<Item> content, std::vector<FilterPrimitive> primitives, const Rect& region = {0, 0, 64, 64})
{
    return draw(layer(std::move(content), {filterEffect(std::move(primitives), region)}));
}

} // namespace layers
