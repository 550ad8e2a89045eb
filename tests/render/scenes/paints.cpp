#include <cmath>

#include <render/scene/paints.h>
#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {

scene::DisplayList linearGradients()
{
    ListBuilder list;
    const std::vector<scene::GradientStop> sunset{{0, rgb(0x10183f)}, {0.55, rgb(0x3a2a7a)}, {1, rgb(0xe0527d)}};
    list.fill(rectPath({0, 0, 256, 80}), linear({0, 0}, {0, 80}, sunset));
    list.fill(rectPath({8, 88, 112, 72}), linear({8, 88}, {120, 160}, {{0, rgb(0xff0000)}, {1, rgb(0x0000ff)}}));
    // A hard edge by two stops at one place, and colour held beyond the ends.
    list.fill(rectPath({136, 88, 112, 72}), linear({160, 0}, {224, 0}, {{0, rgb(0xffb45c)}, {0.5, rgb(0xffb45c)}, {0.5, rgb(0x0f9d76)}, {1, rgb(0x10183f)}}));
    // To transparent: unpremultiplied interpolation keeps the hue of both ends.
    list.fill(ellipsePath({8, 168, 112, 80}), linear({8, 0}, {120, 0}, {{0, rgb(0xe0527d)}, {1, rgb(0x3a6ff7, 0)}}));
    scene::Paint half = linear({0, 168}, {0, 248}, sunset);
    half.opacity = 0.5;
    list.setTransform(Transform::translation(192, 208) * Transform::rotation(0.5) * Transform::translation(-192, -208));
    list.fill(roundedRectPath({142, 178, 100, 60}, 12, 12, 12, 12), half);
    list.stroke(roundedRectPath({142, 178, 100, 60}, 12, 12, 12, 12), pen(6), linear({142, 0}, {242, 0}, {{0, rgb(0xff0000)}, {1, rgb(0x00a0ff)}}));
    return list.take();
}

scene::DisplayList radialGradients()
{
    ListBuilder list;
    const std::vector<scene::GradientStop> sun{{0, rgb(0xffe9b0)}, {0.7, rgb(0xffb45c)}, {1, rgb(0xff8552)}};
    list.fill(rectPath({0, 0, 256, 256}), radial({128, 128}, 180, 180, {{0, rgb(0xffffff)}, {1, rgb(0xb9c4e8)}}));
    list.fill(ellipsePath({16, 16, 100, 100}), radial({66, 66}, 50, 50, sun));
    list.fill(ellipsePath({16, 140, 100, 100}), radial({50, 170}, 60, 60, {{0, rgb(0xffffff)}, {1, rgb(0x3a6ff7)}}));
    list.fill(rectPath({136, 16, 104, 60}), radial({188, 46}, 52, 30, sun));
    list.setTransform(Transform::translation(190, 170) * Transform::rotation(0.6));
    list.fill(rectPath({-50, -50, 100, 100}), radial({0, 0}, 60, 25, {{0, rgb(0xe0527d)}, {0.5, rgb(0xe0527d, 0.2)}, {1, rgb(0x10183f)}}));
    return list.take();
}

namespace {

/// Colour wheel squares with a transparent corner; 32 x 24.
scene::ImageRef testImage()
{
    auto image = std::make_shared<scene::Image>(scene::Image::blank(32, 24));
    for (int y = 0; y < 24; ++y) {
        for (int x = 0; x < 32; ++x) {
            const bool dark = (x / 4 + y / 4) % 2 == 0;
            const int alpha = x + y < 12 ? 128 : 255;
            const int channels[3] = {x * 8, y * 10, dark ? 220 : 60};
            for (int c = 0; c < 3; ++c)
                image->row(y)[4 * x + c] = static_cast<std::uint8_t>(channels[c] * alpha / 255);
            image->row(y)[4 * x + 3] = static_cast<std::uint8_t>(alpha);
        }
    }
    return image;
}

} // namespace

scene::DisplayList images()
{
    ListBuilder list;
    const scene::ImageRef image = testImage();
    const auto place = [&](Rect box, document::ImageFit fit, double opacity) {
        const Transform before = list.setTransform(Transform::translation(box.x, box.y));
        list.fill(roundedRectPath({0, 0, box.width, box.height}, 6, 6, 6, 6), {rgb(0xdddddd)});
        list.fill(roundedRectPath({0, 0, box.width, box.height}, 6, 6, 6, 6),
                  scene::imagePaint(image, fit, {box.width, box.height}, opacity));
        list.setTransform(before);
    };
    place({8, 8, 72, 72}, document::ImageFit::fill, 1);
    place({92, 8, 72, 72}, document::ImageFit::fit, 1);
    place({176, 8, 72, 72}, document::ImageFit::stretch, 0.5);
    place({8, 92, 112, 72}, document::ImageFit::tile, 1);
    place({132, 92, 16, 12}, document::ImageFit::stretch, 1); // half size
    place({156, 92, 5, 4}, document::ImageFit::stretch, 1);   // far below: from a reduced level
    list.setTransform(Transform::translation(150, 160) * Transform::rotation(0.4) * Transform::scaling(3, 3));
    list.fill(rectPath({-10, -12, 32, 24}), scene::imagePaint(image, document::ImageFit::fill, {32, 24}, 1)); // cut by its area
    list.setTransform({});
    scene::Paint paint = scene::imagePaint(image, document::ImageFit::tile, {256, 256}, 1);
    list.stroke(ellipsePath({20, 180, 64, 64}), pen(14), paint);
    return list.take();
}

} // namespace tessera::testing
