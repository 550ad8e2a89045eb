#include "svg_reader.h"

#include <algorithm>
#include <cmath>

namespace tessera::formats {
namespace {

using document::Paint;
using document::PaintKind;

/// Gradients inherit attributes and stops from the gradient they reference; the chain may loop in hostile files.
constexpr int maxGradientChain = 16;

std::string_view reference(pugi::xml_node element)
{
    const auto plain = element.attribute("href");
    return plain ? plain.value() : element.attribute("xlink:href").value();
}

/// Below one ten-thousandth of a pixel a box has no side to measure a gradient by.
bool isFlat(const Rect& r) { return r.width < 1e-4 || r.height < 1e-4; }

} // namespace

std::optional<Paint> SvgReader::paint(std::string_view value, double opacity, const Style& style, const Rect& boundsUser,
                                      const Context& context, pugi::xml_node element)
{
    value = trimmed(value);
    if (value.empty() || value == "none")
        return std::nullopt;
    Paint result;
    result.opacity = std::clamp(opacity, 0.0, 1.0);
    if (value.starts_with("url(")) {
        const std::size_t close = value.find(')');
        const pugi::xml_node target = byReference(value);
        const std::string_view fallback = close == std::string_view::npos ? std::string_view{} : trimmed(value.substr(close + 1));
        const std::string_view kind = target.name();
        if (kind == "linearGradient" || kind == "radialGradient")
            return gradient(target, result.opacity, boundsUser, context, element);
        notice(element, target ? "paint server <" + std::string(kind) + "> is not supported; the fallback colour is used"
                               : "paint refers to a missing element " + std::string(value));
        return fallback.empty() ? std::nullopt : paint(fallback, opacity, style, boundsUser, context, element);
    }
    if (lowerCase(value) == "currentcolor")
        result.color = style.currentColor();
    else if (value == "context-fill" || value == "context-stroke")
        return std::nullopt;
    else
        result.color = parseCssColor(value).value_or(Color{0, 0, 0, 1});
    return result;
}

std::optional<Paint> SvgReader::gradient(pugi::xml_node element, double opacity, const Rect& boundsUser, const Context& context,
                                         pugi::xml_node user)
{
    std::vector<pugi::xml_node> chain{element};
    while (chain.size() < maxGradientChain) {
        const pugi::xml_node next = byReference(reference(chain.back()));
        if (!next || std::find(chain.begin(), chain.end(), next) != chain.end())
            break;
        chain.push_back(next);
    }
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
    if (!spread.empty() && spread != "pad")
        notice(user, "gradient spread '" + std::string(spread) + "' is drawn as pad");

    const bool userSpace = attribute("gradientUnits") == "userSpaceOnUse";
    if (result.stops.size() == 1 || isFlat(boundsUser)) {
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
        matrix = Transform::translation(c.x, c.y) * Transform::scaling(2 * r, 2 * r) * Transform::translation(-0.5, -0.5);
        const std::string_view fx = attribute("fx"), fy = attribute("fy");
        if ((!fx.empty() && std::abs(coordinate("fx", "", baseX) - c.x) > 1e-6) || (!fy.empty() && std::abs(coordinate("fy", "", baseY) - c.y) > 1e-6))
            notice(user, "the focal point of a radial gradient is drawn at its centre");
    }
    matrix = parseTransformList(attribute("gradientTransform")) * matrix;
    if (userSpace)
        matrix = Transform::scaling(1 / boundsUser.width, 1 / boundsUser.height) * Transform::translation(-boundsUser.x, -boundsUser.y) * matrix;
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
    const bool isLine = node.type == document::NodeType::line;
    const std::string_view fillText = style.get("fill");
    if (!isLine) {
        if (auto fill = paint(fillText.empty() ? "black" : fillText, style.number("fill-opacity", 1), style, boundsUser, context, element)) {
            fill->id = "f";
            node.properties.emplace_back("fills", document::toAny(std::vector{*fill}));
        }
    }
    const double diagonal = std::hypot(context.viewBox.width, context.viewBox.height) / std::sqrt(2.0);
    const double width = style.length("stroke-width", 1, diagonal);
    auto stroke = paint(style.get("stroke"), style.number("stroke-opacity", 1), style, boundsUser, context, element);
    if (!stroke || !(width > 0))
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
    crdt::Any::Array dash;
    double sum = 0;
    for (const double v : parseNumbers(style.get("stroke-dasharray"))) {
        dash.emplace_back(document::rounded(std::max(0.0, v)));
        sum += std::max(0.0, v);
    }
    if (sum > 0) {
        if (dash.size() % 2) { // an odd list is repeated once, SVG 1.1 section 11.4
            const crdt::Any::Array once = dash;
            dash.insert(dash.end(), once.begin(), once.end());
        }
        node.properties.emplace_back("sDash", dash);
        if (style.number("stroke-dashoffset", 0) != 0)
            notice(element, "the dash offset is dropped");
    }
    for (const char* marker : {"marker-start", "marker-mid", "marker-end"})
        if (const std::string_view value = style.get(marker); !value.empty() && value != "none")
            notice(element, std::string(marker) + " is dropped");
}

} // namespace tessera::formats
