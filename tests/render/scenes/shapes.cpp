#include <cmath>
#include <numbers>

#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {

using scene::FillRule;

scene::DisplayList roundedRects()
{
    ListBuilder list;
    list.fill(rectPath({0, 0, 256, 256}), {rgb(0xf4f1ea)});
    list.fill(rectPath({16, 16, 64, 64}), {rgb(0xe0527d)});
    list.fill(roundedRectPath({96, 16, 64, 64}, 16, 16, 16, 16), {rgb(0x3a6ff7)});
    list.fill(roundedRectPath({176, 16, 64, 64}, 32, 32, 32, 32), {rgb(0x0f9d76)});
    list.fill(roundedRectPath({16.3, 96.6, 64, 64}, 0, 24, 0, 24), {rgb(0xff8552)});
    list.fill(roundedRectPath({96, 96, 144, 40}, 400, 400, 400, 400), {rgb(0x51307e)}); // too large radii: a pill
    list.fill(roundedRectPath({96, 148, 144, 12}, 2, 2, 2, 2), {rgb(0x120c2c, 0.5)});
    list.setTransform(Transform::translation(128, 205) * Transform::rotation(0.3));
    list.fill(roundedRectPath({-90, -25, 180, 50}, 4, 12, 20, 25), {rgb(0x10183f)});
    list.setTransform(Transform{1, 0.2, -0.6, 0.8, 40, 180});
    list.fill(roundedRectPath({0, 0, 40, 60}, 8, 8, 8, 8), {rgb(0xffb45c, 0.7)});
    return list.take();
}

scene::DisplayList ellipses()
{
    ListBuilder list;
    for (int i = 0; i < 6; ++i) {
        const double r = 4 + 20 * i;
        list.fill(ellipsePath({128 - r, 128 - r, 2 * r, 2 * r}), {rgb(0x3a6ff7, 0.25)});
    }
    list.fill(ellipsePath({8, 8, 90, 40}), {rgb(0xe0527d)});
    list.fill(ellipsePath({210, 20, 12, 200}), {rgb(0x0f9d76)});
    list.fill(ellipsePath({20, 225, 220, 3}), {rgb(0x120c2c)});
    for (int i = 0; i < 12; ++i)
        list.fill(ellipsePath({10 + 12.3 * i, 240, 0.5 + 0.5 * i, 0.5 + 0.5 * i}), {rgb(0x120c2c)});
    list.setTransform(Transform::translation(60, 150) * Transform::rotation(-0.7) * Transform::scaling(1, 0.4));
    list.fill(ellipsePath({-40, -40, 80, 80}), {rgb(0xffb45c)});
    return list.take();
}

scene::DisplayList stars()
{
    ListBuilder list;
    // Pentagrams of one crossing line: the rules differ in the middle.
    std::vector<Point> corners;
    for (int i = 0; i < 5; ++i) {
        const double angle = 4 * std::numbers::pi * i / 5 - std::numbers::pi / 2;
        corners.push_back({64 + 56 * std::cos(angle), 64 + 56 * std::sin(angle)});
    }
    list.fill(polygon(corners), {rgb(0xe0527d)}, FillRule::evenodd);
    list.setTransform(Transform::translation(128, 0));
    list.fill(polygon(corners), {rgb(0x3a6ff7)}, FillRule::nonzero);
    list.setTransform({});
    list.fill(star({64, 192}, 58, 20, 9, 0.1), {rgb(0x0f9d76)});
    // A ring by direction (nonzero) and nested rings by evenodd.
    Path rings;
    for (double r : {58.0, 46.0, 34.0, 22.0, 10.0})
        rings.append(ellipsePath({192 - r, 192 - r, 2 * r, 2 * r}), {});
    list.fill(rings, {rgb(0x10183f)}, FillRule::evenodd);
    return list.take();
}

scene::DisplayList subpixelGrid()
{
    ListBuilder list;
    list.fill(rectPath({0, 0, 256, 256}), {rgb(0xffffff)});
    // Unit squares and hairlines at every sixteenth of a pixel.
    for (int row = 0; row < 16; ++row) {
        for (int column = 0; column < 16; ++column)
            list.fill(rectPath({8 + 8 * column + column / 16.0, 8 + 8 * row + row / 16.0, 1, 1}), {rgb(0x000000)});
    }
    for (int i = 0; i < 16; ++i) {
        list.fill(rectPath({150 + 6 * i + i / 16.0, 8, 0.25 + i / 16.0, 120}), {rgb(0x10183f)});
        list.fill(rectPath({8, 150 + 6 * i + i / 16.0, 120, 0.25 + i / 16.0}), {rgb(0x10183f)});
    }
    // Abutting triangles share an edge: together they must show no seam worth seeing.
    list.fill(polygon({{150, 150}, {250, 150}, {150, 250}}), {rgb(0xe0527d)});
    list.fill(polygon({{250, 150}, {250, 250}, {150, 250}}), {rgb(0xe0527d)});
    return list.take();
}

} // namespace tessera::testing
