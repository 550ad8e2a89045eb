#include "svg_reader.h"

#include <algorithm>
#include <cmath>

namespace tessera::formats {
namespace {

using document::Paint;
using document::PaintKind;

/// Below one ten-thousandth of a pixel a box has no side to measure a gradient by.
bool isFlat(const Rect& r) { return r.width < 1e-4 || r.height < 1e-4; }

/// The box that a node's gradients refer to: a side without length counts as one pixel.
Rect gradientBox(const Rect& r) { return {r.x, r.y, r.width > 0 ? r.width : 1, r.height > 0 ? r.height : 1}; }

} // namespace

std::optional<Paint> SvgReader::paint(std::string_view value, double opacity, const Style& style, const Rect& boundsUser,
                                      const Context& context, pugi::xml_node element)
{
    value = trimmed(value);
    if (value == "context-fill" || value == "context-stroke")
        value = style.get(std::string(value));
    if (value.empty() || value == "none")
        return std::nullopt;
    Paint result;
    result.opacity = std::clamp(opacity, 0.0, 1.0);
    if (value.starts_with("url(")) {
        const std::size_t close = value.find(')');
        const pugi::xml_node target = byReference(value);
        const std::string_view fallback = close == std::string_view::npos ? std::string_view{} : trimmed(value.substr(close + 1));
        const std::string_view kind = target.name();
        std::optional<Paint> served;
        if (kind == "linearGradient" || kind == "radialGradient")
            served = gradient(target, result.opacity, boundsUser, context);
        else if (kind == "pattern")
            served = pattern(target, result.opacity, boundsUser, context);
        else
            notice(element, target ? "paint server <" + std::string(kind) + "> is not supported; the fallback colour is used"
                                   : "paint refers to a missing element " + std::string(value));
        if (served || fallback.empty())
            return served;
        return paint(fallback, opacity, style, boundsUser, context, element);
    }
    if (lowerCase(value) == "currentcolor")
        result.color = style.currentColor();
    else
        result.color = parseCssColor(value).value_or(Color{0, 0, 0, 1});
    return result;
}

std::optional<Paint> SvgReader::gradient(pugi::xml_node element, double opacity, const Rect& boundsUser, const Context& context)
{
    const auto chain = referenceChain(element);
    const auto attribute = [&](const char* name) -> std::string_view {
        for (const pugi::xml_node& link : chain)
            if (const auto found = link.attribute(name))
                return found.value();
        return {};
    };

    Paint result;
    result.opacity = opacity;
    for (const pugi::xml_node& link : chain) {
        for (const pugi::xml_node& stop : link.children("stop")) {
            const Style style = Style::of(stop, Style::of(link, {}, m_sheet), m_sheet);
            const std::string_view colorText = style.get("stop-color");
            Color color = lowerCase(colorText) == "currentcolor" ? style.currentColor() : parseCssColor(colorText).value_or(Color{0, 0, 0, 1});
            color.a *= static_cast<float>(std::clamp(style.number("stop-opacity", 1), 0.0, 1.0));
            const double offset = std::clamp(parseLength(stop.attribute("offset").value(), 1).value_or(0), 0.0, 1.0);
            const double previous = result.stops.empty() ? 0 : result.stops.back().offset;
            result.stops.push_back({std::max(offset, previous), color});
        }
        if (!result.stops.empty())
            break;
    }
    if (result.stops.empty())
        return std::nullopt;
    const std::string_view spread = attribute("spreadMethod");
    result.spread = spread == "reflect" ? document::GradientSpread::reflect
                    : spread == "repeat" ? document::GradientSpread::repeat
                                         : document::GradientSpread::pad;

    const bool userSpace = attribute("gradientUnits") == "userSpaceOnUse";
    if (!userSpace && isFlat(boundsUser))
        return std::nullopt;
    if (result.stops.size() == 1) {
        result.color = result.stops.back().color;
        result.stops.clear();
        return result;
    }
    const double baseX = userSpace ? context.viewBox.width : 1, baseY = userSpace ? context.viewBox.height : 1;
    const double baseR = userSpace ? std::hypot(baseX, baseY) / std::sqrt(2.0) : 1;
    const auto coordinate = [&](const char* name, const char* fallback, double base) {
        const std::string_view text = attribute(name);
        return parseLength(text.empty() ? fallback : text, base).value_or(0);
    };
    Transform matrix;
    if (std::string_view(element.name()) == "linearGradient") {
        result.kind = PaintKind::linearGradient;
        const Point a{coordinate("x1", "0%", baseX), coordinate("y1", "0%", baseY)};
        const Point b{coordinate("x2", "100%", baseX), coordinate("y2", "0%", baseY)};
        const Point axis = b - a;
        matrix = {axis.x, axis.y, -axis.y, axis.x, a.x, a.y};
    } else {
        result.kind = PaintKind::radialGradient;
        const Point c{coordinate("cx", "50%", baseX), coordinate("cy", "50%", baseY)};
        const double r = coordinate("r", "50%", baseR);
        if (!(r > 0)) { // SVG 2: the colour of the last stop
            result.kind = PaintKind::solid;
            result.color = result.stops.back().color;
            result.stops.clear();
            return result;
        }
        matrix = Transform::translation(c.x, c.y) * Transform::scaling(2 * r, 2 * r) * Transform::translation(-0.5, -0.5);
        const Point focus{attribute("fx").empty() ? c.x : coordinate("fx", "", baseX), attribute("fy").empty() ? c.y : coordinate("fy", "", baseY)};
        if (length(focus - c) > 1e-9)
            result.focus = Point{0.5, 0.5} + (focus - c) * (0.5 / r);
        result.focusRadius = std::max(0.0, coordinate("fr", "0%", baseR)) / r / 2;
    }
    if (const Transform own = parseTransformList(attribute("gradientTransform")); own.inverted())
        matrix = own * matrix;
    if (userSpace) {
        const Rect box = gradientBox(boundsUser);
        matrix = Transform::scaling(1 / box.width, 1 / box.height) * Transform::translation(-box.x, -box.y) * matrix;
    }
    if (!matrix.inverted()) { // zero-length axis: SVG paints the last stop
        result.kind = PaintKind::solid;
        result.color = result.stops.back().color;
        result.stops.clear();
        return result;
    }
    result.gradientMatrix = matrix;
    return result;
}

void SvgReader::addAppearance(ImportedNode& node, const Style& style, const Rect& boundsUser, const Context& context, pugi::xml_node element)
{
    if (m_inClip) {
        node.properties.emplace_back("fills", document::toAny(std::vector{document::solidPaint({0, 0, 0, 1})}));
        return;
    }
    const std::string_view fillText = style.get("fill");
    if (auto fill = paint(fillText.empty() ? "black" : fillText, style.number("fill-opacity", 1), style, boundsUser, context, element)) {
        fill->id = "f";
        node.properties.emplace_back("fills", document::toAny(std::vector{*fill}));
    }
    const double diagonal = diagonalOf(context.viewBox);
    const double width = style.length("stroke-width", 1, diagonal);
    if (!(width > 0))
        return;
    auto stroke = paint(style.get("stroke"), style.number("stroke-opacity", 1), style, boundsUser, context, element);
    if (!stroke)
        return;
    stroke->id = "s";
    node.properties.emplace_back("strokes", document::toAny(std::vector{*stroke}));
    node.properties.emplace_back("sw", document::rounded(width));
    if (const std::string_view cap = style.get("stroke-linecap"); cap == "round" || cap == "square")
        node.properties.emplace_back("sCap", cap);
    if (const std::string_view join = style.get("stroke-linejoin"); join == "round" || join == "bevel")
        node.properties.emplace_back("sJoin", join);
    if (const double limit = style.number("stroke-miterlimit", 4); limit != 4 && limit >= 1)
        node.properties.emplace_back("sMiter", document::rounded(limit));
    addDashes(node, style, diagonal);
}

void addDashes(ImportedNode& node, const Style& style, double diagonal)
{
    crdt::Any::Array dash;
    double sum = 0;
    for (std::string_view rest = trimmed(style.get("stroke-dasharray")); !rest.empty();) {
        const std::size_t end = std::min(rest.find_first_of(" \t\r\n,"), rest.size());
        const auto value = parseLength(rest.substr(0, end), diagonal, style.fontSize());
        if (!value || *value < 0) // one bad length makes the line solid
            return;
        dash.emplace_back(document::rounded(*value));
        sum += *value;
        rest.remove_prefix(end);
        while (!rest.empty() && (rest.front() == ',' || trimmed(rest.substr(0, 1)).empty()))
            rest.remove_prefix(1);
    }
    if (!(sum > 0))
        return;
    if (dash.size() % 2) { // an odd list is repeated once, SVG 1.1 section 11.4
        const crdt::Any::Array once = dash;
        dash.insert(dash.end(), once.begin(), once.end());
    }
    node.properties.emplace_back("sDash", dash);
    if (const double offset = style.length("stroke-dashoffset", 0, diagonal); offset != 0)
        node.properties.emplace_back("sDashOffset", document::rounded(offset));
}

} // namespace tessera::formats
