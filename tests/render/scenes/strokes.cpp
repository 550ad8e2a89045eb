#include <support/list_builder.h>

#include "scenes.h"

namespace tessera::testing {

using document::LineCap;
using document::LineJoin;
using document::StrokeAlign;

namespace {

constexpr LineCap caps[] = {LineCap::butt, LineCap::round, LineCap::square};
constexpr LineJoin joins[] = {LineJoin::miter, LineJoin::round, LineJoin::bevel};

} // namespace

scene::DisplayList capsAndJoins()
{
    ListBuilder list;
    for (int i = 0; i < 3; ++i) {
        document::StrokeStyle style = pen(14);
        style.cap = caps[i];
        style.join = joins[i];
        const double x = 20 + 80 * i;
        list.stroke(openLine({{x, 70}, {x + 28, 20}, {x + 56, 70}}), style, {rgb(0x3a6ff7)});
        list.stroke(openLine({{x, 70}, {x + 28, 20}, {x + 56, 70}}), pen(1), {rgb(0x000000)});
        list.stroke(polygon({{x, 140}, {x + 20, 90}, {x + 56, 120}}), style, {rgb(0xe0527d, 0.8)});
        // Zero length: a dot for round and square caps, nothing for butt ones.
        list.stroke(openLine({{x + 28, 160}, {x + 28, 160}}), style, {rgb(0x0f9d76)});
        style.width = 0.6;
        list.stroke(openLine({{x, 180}, {x + 60, 184}, {x, 188}}), style, {rgb(0x000000)});
        // Sharper than the limit of 4 allows: the miter falls back to a bevel.
        style.width = 8;
        list.stroke(openLine({{x, 205}, {x + 50, 212}, {x, 219}}), style, {rgb(0x51307e)});
        style.miterLimit = 20;
        list.stroke(openLine({{x, 235}, {x + 40, 241}, {x, 247}}), style, {rgb(0xff8552)});
    }
    return list.take();
}

scene::DisplayList curvedStrokes()
{
    ListBuilder list;
    Path loop;
    loop.moveTo({20, 110});
    loop.cubicTo({240, -60}, {-120, -60}, {110, 110});
    list.stroke(loop, pen(12), {rgb(0x3a6ff7, 0.6)});
    Path cusp;
    cusp.moveTo({140, 110});
    cusp.cubicTo({260, 10}, {120, 10}, {240, 110});
    list.stroke(cusp, pen(10), {rgb(0xe0527d)});
    document::StrokeStyle round = pen(9);
    round.cap = LineCap::round;
    Path wave;
    wave.moveTo({20, 150});
    for (int i = 0; i < 6; ++i)
        wave.cubicTo({30 + 36.0 * i, 120}, {46 + 36.0 * i, 180}, {56 + 36.0 * i, 150});
    list.stroke(wave, round, {rgb(0x0f9d76)});
    list.stroke(ellipsePath({20, 180, 60, 60}), pen(20), {rgb(0xff8552, 0.7)});
    list.stroke(ellipsePath({100, 195, 8, 30}), pen(14), {rgb(0x51307e)}); // wider than its bend: no hole, no spikes
    list.setTransform(Transform::translation(190, 210) * Transform{1.2, 0.2, -0.4, 0.5, 0, 0});
    list.stroke(ellipsePath({-40, -40, 80, 80}), pen(16), {rgb(0x10183f)}); // the pen is skewed with the node
    list.setTransform({});
    list.stroke(wave, pen(1), {rgb(0x000000)});
    return list.take();
}

scene::DisplayList dashes()
{
    ListBuilder list;
    const std::vector<std::vector<double>> patterns{{12, 6}, {1, 7}, {20, 4, 4, 4}, {9}, {0, 10}};
    double y = 16;
    for (const auto& pattern : patterns) {
        for (LineCap cap : caps) {
            document::StrokeStyle style = pen(4);
            style.cap = cap;
            style.dash = pattern;
            list.stroke(openLine({{12, y}, {244, y}}), style, {rgb(0x10183f)});
            y += 9;
        }
    }
    document::StrokeStyle style = pen(5);
    style.dash = {14, 8};
    list.stroke(polygon({{20, 165}, {90, 165}, {90, 240}, {20, 240}}), style, {rgb(0xe0527d)});
    style.cap = LineCap::round;
    list.stroke(ellipsePath({105, 160, 80, 80}), style, {rgb(0x3a6ff7)});
    Path curve;
    curve.moveTo({195, 240});
    curve.cubicTo({180, 160}, {260, 240}, {240, 160});
    list.stroke(curve, style, {rgb(0x0f9d76)});
    return list.take();
}

scene::DisplayList alignedStrokes()
{
    ListBuilder list;
    const StrokeAlign aligns[] = {StrokeAlign::center, StrokeAlign::inside, StrokeAlign::outside};
    for (int i = 0; i < 3; ++i) {
        document::StrokeStyle style = pen(10);
        style.align = aligns[i];
        const double x = 18 + 82 * i;
        const Path shapes[] = {roundedRectPath({x, 18, 56, 56}, 12, 12, 12, 12), ellipsePath({x, 100, 56, 56}),
                               star({x + 28, 215}, 32, 14, 5)};
        for (const Path& shape : shapes) {
            list.fill(shape, {rgb(0xffe9b0)});
            list.stroke(shape, style, {rgb(0x3a2a7a, 0.7)});
            list.stroke(shape, pen(0.75), {rgb(0xe0527d)});
        }
    }
    return list.take();
}

} // namespace tessera::testing
