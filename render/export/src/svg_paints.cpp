#include "svg_parts.h"

#include <algorithm>
#include <cmath>

#include <render/scene/paints.h>

namespace tessera::exports {
namespace {

using document::GradientSpread;
using document::Paint;
using document::PaintKind;
using scene::GradientKind;

/// Fractions of a box need more decimals than px.
int decimalsOf(const SvgGradient& gradient) { return gradient.inBox ? 7 : 4; }

/// Position along a linear gradient is a linear function of the place, so two points say all of any matrix.
void setLine(SvgElement& element, const SvgGradient& gradient, const Transform& inverse)
{
    const Point from = gradient.matrix.apply({0, 0});
    const Point slope{inverse.a, inverse.c};
    const Point to = from + slope * (1 / (slope.x * slope.x + slope.y * slope.y));
    const auto set = [&](std::string_view name, double value, std::string_view otherwise) {
        if (const std::string text = numberText(value, decimalsOf(gradient)); text != otherwise)
            element.set(name, text);
    };
    set("x1", from.x, "0");
    set("y1", from.y, "0");
    set("x2", to.x, gradient.inBox ? "1" : ""); // the default is all of the box, or of the viewport
    set("y2", to.y, "0");
}

bool keepsCircles(const Transform& m)
{
    const double scale = std::max({std::abs(m.a), std::abs(m.b), std::abs(m.c), std::abs(m.d)}), near = 1e-9 * scale;
    return (std::abs(m.a - m.d) <= near && std::abs(m.b + m.c) <= near) || (std::abs(m.a + m.d) <= near && std::abs(m.b - m.c) <= near);
}

void setCircle(SvgElement& element, const SvgGradient& gradient)
{
    Transform matrix = gradient.matrix;
    Point center{0.5, 0.5}, focus = gradient.focus.value_or(center);
    double radius = 0.5, focusRadius = gradient.focusRadius;
    if (keepsCircles(matrix)) {
        const double scale = matrix.scale();
        center = matrix.apply(center), focus = matrix.apply(focus);
        radius *= scale, focusRadius *= scale;
        matrix = {};
    }
    const auto set = [&](std::string_view name, double value, bool isDefault) {
        if (!isDefault)
            element.set(name, numberText(value, decimalsOf(gradient)));
    };
    const auto isHalf = [&](double v) { return gradient.inBox && numberText(v, 7) == ".5"; };
    set("cx", center.x, isHalf(center.x));
    set("cy", center.y, isHalf(center.y));
    set("r", radius, isHalf(radius));
    const auto same = [&](double a, double b) { return numberText(a, decimalsOf(gradient)) == numberText(b, decimalsOf(gradient)); };
    set("fx", focus.x, same(focus.x, center.x));
    set("fy", focus.y, same(focus.y, center.y));
    set("fr", focusRadius, !(focusRadius > 0));
    element.set("gradientTransform", transformText(matrix));
}

void addStops(SvgElement& element, const std::vector<document::GradientStop>& stops)
{
    for (const document::GradientStop& stop : stops) {
        SvgElement made{"stop", {}, {}, {}, {}};
        if (const std::string offset = numberText(stop.offset, 5); offset != "0")
            made.set("offset", offset);
        if (const std::string color = colorText(stop.color); color != "#000")
            made.set("stop-color", color);
        if (stop.color.a < 1)
            made.set("stop-opacity", numberText(stop.color.a));
        element.children.push_back(std::move(made));
    }
}

std::optional<SvgPaint> pattern(SvgExport& file, const Paint& paint, const SvgArea& area)
{
    const document::Node* node = file.document.node(paint.pattern);
    const Rect& cell = paint.cell;
    if (!node || cell.isEmpty() || !isWritable(cell) || !isWritable(paint.gradientMatrix)) {
        file.notice(area.node, "refers to a pattern that is not there");
        return std::nullopt;
    }
    if (std::find(file.openPatterns.begin(), file.openPatterns.end(), node->id) != file.openPatterns.end()) {
        file.notice(area.node, "a pattern inside itself is left out");
        return std::nullopt;
    }
    SvgElement element{"pattern", {}, {}, {}, {}};
    file.openPatterns.push_back(node->id);
    std::vector<SvgElement> content;
    addChildren(file, node->id, content, static_cast<int>(file.openPatterns.size()));
    file.openPatterns.pop_back();
    if (content.empty())
        return std::nullopt;
    // Readers differ in where the content of a cell away from the origin stands; at the origin they agree.
    SvgElement moved{"g", {}, Transform::translation(-cell.x, -cell.y), {}, std::move(content)};
    addSimplified(std::move(moved), element.children);
    element.set("width", numberText(cell.width)).set("height", numberText(cell.height)).set("patternUnits", "userSpaceOnUse");
    element.set("patternTransform",
                transformText(Transform::translation(area.shift.x, area.shift.y) * paint.gradientMatrix * Transform::translation(cell.x, cell.y)));
    return SvgPaint{file.defs.reference(std::move(element)), paint.opacity};
}

} // namespace

SvgPaint solidSvgPaint(const Color& color, double opacity) { return {colorText(color), static_cast<double>(color.a) * opacity}; }

SvgPaint gradientPaint(SvgExport& file, SvgGradient gradient, double opacity)
{
    const scene::Gradient sorted = scene::toGradient(gradient.kind, std::move(gradient.stops), gradient.matrix);
    const auto inverse = gradient.matrix.inverted();
    if (!inverse || !isWritable(gradient.matrix) || sorted.stops.size() == 1)
        return solidSvgPaint(sorted.stops.back().color, opacity);
    const bool isLinear = gradient.kind == GradientKind::linear;
    SvgElement element{isLinear ? "linearGradient" : "radialGradient", {}, {}, {}, {}};
    if (isLinear)
        setLine(element, gradient, *inverse);
    else
        setCircle(element, gradient);
    if (!gradient.inBox)
        element.set("gradientUnits", "userSpaceOnUse");
    if (gradient.spread != GradientSpread::pad)
        element.set("spreadMethod", gradient.spread == GradientSpread::reflect ? "reflect" : "repeat");
    addStops(element, sorted.stops);
    return {file.defs.reference(std::move(element)), opacity};
}

std::optional<SvgPaint> svgPaint(SvgExport& file, const Paint& paint, const SvgArea& area)
{
    if (!paint.visible || !(paint.opacity > 0))
        return std::nullopt;
    switch (paint.kind) {
    case PaintKind::solid:
        return solidSvgPaint(paint.color, paint.opacity);
    case PaintKind::linearGradient:
    case PaintKind::radialGradient: {
        if (paint.stops.empty())
            return std::nullopt;
        SvgGradient gradient{*scene::gradientKind(paint.kind), paint.stops, paint.spread, paint.gradientMatrix, area.isBounds && !paint.inNodeSpace, paint.focus,
                             paint.focusRadius};
        if (!gradient.inBox) {
            const Rect& box = area.box;
            const Transform unitBox = paint.inNodeSpace ? Transform{} : Transform{box.width > 0 ? box.width : 1, 0, 0, box.height > 0 ? box.height : 1, box.x, box.y};
            gradient.matrix = Transform::translation(area.shift.x, area.shift.y) * unitBox * paint.gradientMatrix;
        }
        return gradientPaint(file, std::move(gradient), paint.opacity);
    }
    case PaintKind::angularGradient:
    case PaintKind::diamondGradient:
        return rasterPaint(file, paint, area);
    case PaintKind::pattern:
        return pattern(file, paint, area);
    case PaintKind::image:
        return imagePaint(file, paint, area);
    case PaintKind::unknown:
        break;
    }
    file.notice(area.node, "a paint of an unknown kind is left out");
    return std::nullopt;
}

void setPaint(SvgElement& element, std::string_view name, const SvgPaint& paint)
{
    const bool isDefault = name == "fill" && paint.value == "#000";
    element.set(name, isDefault ? std::string() : paint.value);
    const std::string opacity = numberText(std::min(1.0, paint.opacity));
    element.set(std::string(name) + "-opacity", opacity == "1" ? std::string() : opacity);
}

} // namespace tessera::exports
