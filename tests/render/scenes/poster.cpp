#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {

namespace {

void sky(ListBuilder& list)
{
    list.fill(rectPath({0, 0, 1080, 1350}),
              linear({0, 0}, {0, 1350}, {{0, rgb(0x10183f)}, {0.55, rgb(0x3a2a7a)}, {1, rgb(0xe0527d)}}));
    const double lights[][4] = {{120, 96, 3, 0.8},  {286, 180, 2, 0.6}, {468, 72, 3, 0.7},    {640, 150, 2, 0.5},
                                {820, 84, 3, 0.8},  {968, 210, 2.5, 0.6}, {900, 360, 2, 0.4}, {180, 400, 2, 0.4}};
    for (const auto& [x, y, r, alpha] : lights)
        list.fill(ellipsePath({x - r, y - r, 2 * r, 2 * r}), {rgb(0xffffff, alpha)});
    list.fill(ellipsePath({530, 550, 420, 420}),
              radial({740, 760}, 210, 210, {{0, rgb(0xffe9b0)}, {0.7, rgb(0xffb45c)}, {1, rgb(0xff8552)}}));
    document::StrokeStyle dots = pen(2);
    dots.dash = {2, 10};
    dots.cap = document::LineCap::round;
    list.stroke(ellipsePath({490, 510, 500, 500}), pen(2), {rgb(0xffd8a0, 0.45)});
    list.stroke(ellipsePath({440, 460, 600, 600}), dots, {rgb(0xffd8a0, 0.28)});
    list.stroke(ellipsePath({380, 400, 720, 720}), pen(2), {rgb(0xffd8a0, 0.16)});
}

void hills(ListBuilder& list)
{
    Path path;
    path.moveTo({0, 1010});
    path.cubicTo({140, 980}, {260, 1030}, {420, 990});
    path.cubicTo({600, 945}, {760, 1020}, {900, 985});
    path.cubicTo({980, 965}, {1040, 980}, {1080, 970});
    path.lineTo({1080, 1350});
    path.lineTo({0, 1350});
    path.close();
    list.fill(path, linear({0, 960}, {0, 1350}, {{0, rgb(0x2b1c55)}, {1, rgb(0x120c2c)}}));
}

text::Style type(double size, int weight, double letterSpacing = 0)
{
    text::Style style;
    style.size = size;
    style.weight = weight;
    style.letterSpacing = letterSpacing;
    return style;
}

} // namespace

scene::DisplayList poster()
{
    ListBuilder list;
    list.pushClip(rectPath({0, 0, 1080, 1350}));
    sky(list);
    hills(list);
    list.text({{"Draw it\ntogether", type(132, 700, -4)}}, {{rgb(0xffffff)}}, {92, 158});
    list.text({{"An evening of live design, open to everyone", type(34, 400)}}, {{rgb(0xffd8c0)}}, {96, 478});
    const Path plate = roundedRectPath({96, 560, 250, 64}, 32, 32, 32, 32);
    list.fill(plate, {rgb(0xffffff, 0.14)});
    list.stroke(plate, pen(1), {rgb(0xffffff, 0.4)});
    list.text({{"Friday, 7 pm", type(26, 500)}}, {{rgb(0xffffff)}}, {96, 576}, {.align = text::Align::center, .box = {250, 0}});
    document::StrokeStyle rule = pen(6);
    rule.cap = document::LineCap::round;
    list.stroke(openLine({{96, 1126}, {312, 1126}}), rule, {rgb(0xff8552)});
    list.text({{"Harbour Hall 3", type(30, 600)}}, {{rgb(0xffffff)}}, {96, 1150});
    list.fill(roundedRectPath({912, 1150, 72, 72}, 16, 16, 16, 16), {rgb(0xff8552)});
    list.popClip();
    return list.take();
}

} // namespace tessera::testing
