#include <algorithm>
#include <cmath>

#include <core/document/effect.h>

#include "penpot_reader.h"
#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;
using document::Paint;
using document::PaintKind;

namespace {

Color colorOf(std::string_view text, double opacity)
{
    Color color = parseCssColor(text).value_or(Color{0, 0, 0, 1});
    color.a *= static_cast<float>(std::clamp(opacity, 0.0, 1.0));
    return color;
}

/// Fractions of the shape's box; a radial one's second axis is `width` times the first, as wide as the box is to its height.
Paint gradientOf(const Any& gradient, Size size)
{
    Paint paint;
    for (const Any& stop : listOf(gradient, "stops")) {
        const double offset = std::clamp(numberOr(stop, "offset", 0), 0.0, 1.0);
        paint.stops.push_back({offset, colorOf(textOf(stop, "color"), numberOr(stop, "opacity", 1))});
    }
    std::stable_sort(paint.stops.begin(), paint.stops.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    const Point start{numberOr(gradient, "startX", 0.5), numberOr(gradient, "startY", 0)};
    const Point end{numberOr(gradient, "endX", 0.5), numberOr(gradient, "endY", 1)};
    const Point axis = end - start;
    if (paint.stops.size() < 2 || length(axis) < 1e-9) {
        paint.color = paint.stops.empty() ? Color{} : paint.stops.back().color;
        paint.stops.clear();
        return paint;
    }
    paint.kind = PaintKind::linearGradient;
    paint.gradientMatrix = {axis.x, axis.y, -axis.y, axis.x, start.x, start.y};
    if (textOf(gradient, "type") == "radial") {
        paint.kind = PaintKind::radialGradient;
        paint.inNodeSpace = true;
        const Point axisPx{axis.x * size.width, axis.y * size.height};
        const double across = numberOr(gradient, "width", 1) * (size.height > 0 ? size.width / size.height : 1);
        const Transform unitCircle{axisPx.x, axisPx.y, -axisPx.y * across, axisPx.x * across, start.x * size.width, start.y * size.height};
        paint.gradientMatrix = unitCircle * Transform::scaling(2, 2) * Transform::translation(-0.5, -0.5);
    }
    if (!isUsable(paint.gradientMatrix)) {
        paint.kind = PaintKind::solid;
        paint.color = paint.stops.back().color;
        paint.stops.clear();
    }
    return paint;
}

/// Keys of a fill and of a stroke differ in their first word alone.
struct PaintKeys {
    const char *color, *opacity, *gradient, *image, *libraryColor;
};
constexpr PaintKeys fillKeys{"fillColor", "fillOpacity", "fillColorGradient", "fillImage", "fillColorRefId"};
constexpr PaintKeys strokeKeys{"strokeColor", "strokeOpacity", "strokeColorGradient", "strokeImage", "strokeColorRefId"};

void lose(Losses& losses, const std::string& what)
{
    if (std::find(losses.begin(), losses.end(), what) == losses.end())
        losses.push_back(what);
}

/// Nothing where there is no paint, or its picture is missing.
std::optional<Paint> paintOf(const Any& source, const PaintKeys& keys, Size size, PenpotImport& import, Losses& losses)
{
    if (!textOf(source, keys.libraryColor).empty())
        lose(losses, "its colour is no longer that of a library");
    Paint paint;
    const double opacity = std::clamp(numberOr(source, keys.opacity, 1), 0.0, 1.0);
    if (const Any& picture = memberOf(source, keys.image); picture.object()) {
        const auto asset = import.image(picture);
        if (!asset) {
            lose(losses, "its picture is not in the file, or neither PNG, JPEG nor WebP");
            return std::nullopt;
        }
        paint.kind = PaintKind::image;
        paint.asset = asset;
        paint.fit = isSet(picture, "keepAspectRatio") ? document::ImageFit::fill : document::ImageFit::stretch;
    } else if (const Any& gradient = memberOf(source, keys.gradient); gradient.object()) {
        paint = gradientOf(gradient, size);
    } else if (!textOf(source, keys.color).empty()) {
        paint.color = colorOf(textOf(source, keys.color), 1);
    } else {
        return std::nullopt;
    }
    paint.opacity = opacity;
    return paint;
}

std::vector<double> dashesOf(std::string_view style, double width)
{
    if (style == "dashed")
        return {width + 10, width + 10};
    if (style == "dotted")
        return {0, width + 5};
    if (style == "mixed")
        return {width + 5, width + 5, width + 1, width + 5};
    return {};
}

bool isMarker(std::string_view cap) { return cap.ends_with("-arrow") || cap.ends_with("-marker"); }

/// Outline of a marker that looks along +x, in stroke widths around the end of the line.
document::VectorPath markerOutline(std::string_view cap)
{
    constexpr double arrow = 8.5 / 6, square = 4.2426 / 2, dot = 2, diamond = 3;
    if (cap == "line-arrow") {
        return transformed(polygon({{-1.5, -2.5}, {1, 0}, {-1.5, 2.5}, {-2, 2}, {0, 0}, {-2, -2}}, true), Transform::scaling(arrow, arrow));
    }
    if (cap == "triangle-arrow")
        return transformed(polygon({{-2, -3}, {1, 0}, {-2, 3}}, true), Transform::scaling(arrow, arrow));
    if (cap == "square-marker")
        return polygon({{-square, -square}, {square, -square}, {square, square}, {-square, square}}, true);
    if (cap == "diamond-marker")
        return polygon({{0, -diamond}, {diamond, 0}, {0, diamond}, {-diamond, 0}}, true);
    return ellipseOutline({-dot, -dot, 2 * dot, 2 * dot});
}

} // namespace

std::vector<Paint> penpotFills(const Any& shape, Size size, PenpotImport& import, Losses& losses)
{
    std::vector<Paint> fills;
    const auto& sources = listOf(shape, "fills");
    for (auto source = sources.rbegin(); source != sources.rend(); ++source) { // its first is on top
        if (auto paint = paintOf(*source, fillKeys, size, import, losses)) {
            paint->id = "f" + std::to_string(fills.size());
            fills.push_back(std::move(*paint));
        }
    }
    return fills;
}

std::vector<PenpotStroke> penpotStrokes(const Any& shape, Size size, PenpotImport& import, Losses& losses)
{
    std::vector<PenpotStroke> strokes;
    const auto& sources = listOf(shape, "strokes");
    for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
        PenpotStroke stroke;
        stroke.style.width = numberOr(*source, "strokeWidth", 1);
        const std::string_view line = textOf(*source, "strokeStyle"), align = textOf(*source, "strokeAlignment");
        auto paint = paintOf(*source, strokeKeys, size, import, losses);
        if (!paint || !(stroke.style.width > 0) || line == "none" || paint->opacity <= 0)
            continue;
        stroke.paint = std::move(*paint);
        stroke.paint.id = "s";
        stroke.style.align = align == "inner" ? document::StrokeAlign::inside : align == "outer" ? document::StrokeAlign::outside : document::StrokeAlign::center;
        stroke.style.dash = dashesOf(line, stroke.style.width);
        const std::string_view start = textOf(*source, "strokeCapStart"), end = textOf(*source, "strokeCapEnd");
        if (line == "dotted" || start == "round" || end == "round")
            stroke.style.cap = document::LineCap::round;
        else if (start == "square" || end == "square")
            stroke.style.cap = document::LineCap::square;
        if (start != end && (start == "round" || end == "round" || start == "square" || end == "square"))
            lose(losses, "both ends of its line have the same cap");
        if (isMarker(start))
            stroke.capStart = start;
        if (isMarker(end))
            stroke.capEnd = end;
        strokes.push_back(std::move(stroke));
    }
    return strokes;
}

std::vector<ImportedNode> penpotMarkers(const document::VectorPath& path, const PenpotStroke& stroke, const Transform& space)
{
    std::vector<ImportedNode> markers;
    const auto add = [&](const std::string& cap, const document::PathPoint& end, Point toward) {
        const Point direction = end.at - toward;
        const Transform place = Transform::translation(end.at.x, end.at.y) * Transform::rotation(std::atan2(direction.y, direction.x))
            * Transform::scaling(stroke.style.width, stroke.style.width);
        ImportedNode node = vectorNode(cap, transformed(markerOutline(cap), place), space);
        setFills(node, {stroke.paint});
        markers.push_back(std::move(node));
    };
    if (path.subPaths.empty())
        return markers;
    const auto& first = path.subPaths.front().points;
    const auto& last = path.subPaths.back().points;
    if (!stroke.capStart.empty() && first.size() > 1)
        add(stroke.capStart, first.front(), first.front().out == first.front().at ? first[1].at : first.front().out);
    if (!stroke.capEnd.empty() && last.size() > 1)
        add(stroke.capEnd, last.back(), last.back().in == last.back().at ? last[last.size() - 2].at : last.back().in);
    return markers;
}

void addPenpotEffects(ImportedNode& node, const Any& shape, Losses& losses)
{
    std::vector<document::Effect> effects;
    for (const Any& shadow : listOf(shape, "shadow")) {
        const Any& color = memberOf(shadow, "color");
        document::Effect effect;
        effect.id = "e" + std::to_string(effects.size());
        effect.kind = textOf(shadow, "style") == "inner-shadow" ? document::EffectKind::innerShadow : document::EffectKind::dropShadow;
        effect.visible = !isSet(shadow, "hidden");
        effect.blur = std::max(0.0, numberOr(shadow, "blur", 0));
        effect.spread = numberOr(shadow, "spread", 0);
        effect.offset = pointOf(shadow, "offsetX", "offsetY");
        effect.color = colorOf(textOf(color, "color"), numberOr(color, "opacity", 1));
        if (memberOf(color, "gradient").object())
            lose(losses, "its shadow has one colour instead of a gradient");
        effects.push_back(std::move(effect));
    }
    if (const Any& blur = memberOf(shape, "blur"); blur.object()) {
        document::Effect effect;
        effect.id = "e" + std::to_string(effects.size());
        effect.kind = textOf(blur, "type") == "background-blur" ? document::EffectKind::backgroundBlur : document::EffectKind::layerBlur;
        effect.visible = !isSet(blur, "hidden");
        effect.blur = 2 * std::max(0.0, numberOr(blur, "value", 0)); // Penpot gives the standard deviation
        effects.push_back(std::move(effect));
    }
    if (!effects.empty())
        node.properties.emplace_back("effects", document::toAny(effects));
}

} // namespace tessera::formats
