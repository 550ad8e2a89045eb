#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {

scene::DisplayList opacityGroups()
{
    ListBuilder list;
    for (int i = 0; i < 8; ++i)
        list.fill(rectPath({0, 32.0 * i, 256, 16}), {rgb(0xe8e4da)});
    const auto discs = [&](Point at) {
        list.fill(ellipsePath({at.x, at.y, 56, 56}), {rgb(0xff0000)});
        list.fill(ellipsePath({at.x + 36, at.y, 56, 56}), {rgb(0x00ff00)});
        list.fill(ellipsePath({at.x + 18, at.y + 32, 56, 56}), {rgb(0x0000ff)});
    };
    discs({16, 16});
    list.pushLayer(0.5, {140, 10, 110, 110}); // as a group: no overlap shows
    discs({144, 16});
    list.popLayer();
    list.pushLayer(0.8, {10, 138, 110, 110});
    list.fill(rectPath({16, 144, 92, 92}), {rgb(0x10183f)});
    list.pushLayer(0.4, {16, 144, 92, 92}); // nested
    discs({16, 146});
    list.popLayer();
    list.popLayer();
    for (int i = 0; i < 3; ++i) {
        list.pushLayer(0.25 + 0.25 * i, {140, 140, 110, 110}); // one item each: folded into its paint
        list.fill(roundedRectPath({146 + 16.0 * i, 146 + 16.0 * i, 60, 60}, 10, 10, 10, 10), {rgb(0x51307e)});
        list.popLayer();
    }
    return list.take();
}

scene::DisplayList nestedClips()
{
    ListBuilder list;
    const auto stripes = [&](Color a, Color b) {
        for (int i = -20; i < 20; ++i)
            list.fill(rectPath({-200, 14.0 * i, 400, 7}), {i % 2 == 0 ? a : b});
    };
    list.setTransform(Transform::translation(128, 128));
    list.pushClip(rectPath({-120, -120, 240, 240})); // on pixel borders
    list.fill(rectPath({-200, -200, 400, 400}), {rgb(0xf4f1ea)});
    list.setTransform(Transform::translation(128, 128) * Transform::rotation(0.35));
    list.pushClip(roundedRectPath({-90, -90, 180, 180}, 30, 30, 30, 30));
    stripes(rgb(0x3a6ff7), rgb(0xb9c4e8));
    list.setTransform(Transform::translation(128, 128) * Transform::rotation(-0.5));
    list.pushClip(star({0, 0}, 95, 45, 6), scene::FillRule::evenodd);
    stripes(rgb(0xe0527d), rgb(0xffe9b0));
    list.pushLayer(0.5, {0, 0, 256, 256});
    list.fill(ellipsePath({-30, -30, 60, 60}), {rgb(0x000000)});
    list.fill(ellipsePath({-10, -30, 60, 60}), {rgb(0x000000)});
    list.popLayer();
    list.popClip();
    list.popClip();
    list.setTransform(Transform::translation(128, 128));
    list.stroke(rectPath({-130, -130, 260, 260}), pen(24), {rgb(0x10183f)}); // only its inner half, cut by the first clip
    list.popClip();
    list.fill(rectPath({-128, 122, 256, 4}), {rgb(0x0f9d76)}); // no clip any more
    return list.take();
}

} // namespace tessera::testing
