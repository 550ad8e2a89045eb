#include "svg_filter_primitives.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "svg_values.h"

namespace tessera::formats {
namespace {

using namespace document;

double number(pugi::xml_node element, const char* name, double fallback)
{
    const auto numbers = strictNumbers(element.attribute(name).value());
    return numbers && numbers->size() == 1 ? numbers->front() : fallback;
}

/// One number for both axes, or two; anything else is the fallback.
Point pair(pugi::xml_node element, const char* name, double fallback)
{
    const auto attribute = element.attribute(name);
    const auto numbers = strictNumbers(attribute.value());
    if (!attribute)
        return {fallback, fallback};
    if (!numbers || numbers->empty() || numbers->size() > 2)
        return {};
    return {numbers->front(), numbers->back()};
}

/// What a primitive gives whose values make no sense.
FilterOperation nothing() { return FloodFilter{{0, 0, 0, 0}}; }

Point deviations(pugi::xml_node element, const PrimitiveContext& context, double fallback)
{
    const Point p = pair(element, "stdDeviation", fallback);
    if (p.x < 0 || p.y < 0)
        return {};
    return {p.x * context.unit.width, p.y * context.unit.height};
}

FilterOperation dropShadow(pugi::xml_node element, const PrimitiveContext& context)
{
    const Point sigma = deviations(element, context, 2);
    const Point by{number(element, "dx", 2) * context.unit.width, number(element, "dy", 2) * context.unit.height};
    return DropShadowFilter{by, sigma.x, sigma.y, filterColor(context.style, "flood-color", "flood-opacity", {0, 0, 0, 1})};
}

FilterOperation composite(pugi::xml_node element)
{
    using Operator = CompositeFilter::Operator;
    constexpr std::pair<std::string_view, Operator> names[] = {{"in", Operator::in},     {"out", Operator::out},
                                                               {"atop", Operator::atop}, {"xor", Operator::exclusiveOr},
                                                               {"lighter", Operator::lighter}, {"arithmetic", Operator::arithmetic}};
    CompositeFilter f;
    for (const auto& [name, value] : names) {
        if (name == element.attribute("operator").value())
            f.with = value;
    }
    f.k = {number(element, "k1", 0), number(element, "k2", 0), number(element, "k3", 0), number(element, "k4", 0)};
    return f;
}

FilterOperation colorMatrix(pugi::xml_node element)
{
    const std::string_view type = element.attribute("type").value();
    const auto values = strictNumbers(element.attribute("values").value()).value_or(std::vector<double>{});
    if (type == "saturate")
        return saturateMatrix(values.size() == 1 ? std::clamp(values[0], 0.0, 1.0) : 1);
    if (type == "hueRotate")
        return hueRotateMatrix(values.size() == 1 ? values[0] : 0);
    if (type == "luminanceToAlpha")
        return luminanceToAlphaMatrix();
    ColorMatrixFilter f;
    if (values.size() == f.rows.size())
        std::copy(values.begin(), values.end(), f.rows.begin());
    return f;
}

TransferFunction transfer(pugi::xml_node element)
{
    using Kind = TransferFunction::Kind;
    const std::string_view type = element.attribute("type").value();
    auto values = strictNumbers(element.attribute("tableValues").value()).value_or(std::vector<double>{});
    if (type == "linear")
        return {Kind::linear, {number(element, "slope", 1), number(element, "intercept", 0)}};
    if (type == "gamma")
        return {Kind::gamma, {number(element, "amplitude", 1), number(element, "exponent", 1), number(element, "offset", 0)}};
    if ((type == "table" || type == "discrete") && !values.empty() && values.size() <= maxTransferValues)
        return {type == "table" ? Kind::table : Kind::discrete, std::move(values)};
    return {};
}

FilterOperation componentTransfer(pugi::xml_node element)
{
    ComponentTransferFilter f;
    constexpr std::array<std::string_view, 4> names = {"feFuncR", "feFuncG", "feFuncB", "feFuncA"};
    for (const pugi::xml_node& child : element.children()) {
        const auto* found = std::find(names.begin(), names.end(), child.name());
        if (found != names.end()) // the last one counts
            f.channels[static_cast<std::size_t>(found - names.begin())] = transfer(child);
    }
    return f;
}

FilterOperation convolveMatrix(pugi::xml_node element)
{
    ConvolveFilter f;
    if (element.attribute("order")) {
        const Point order = pair(element, "order", 3);
        const auto whole = [](double v) { return v >= 1 && v <= static_cast<double>(maxConvolveKernel) && v == std::floor(v); };
        if (!whole(order.x) || !whole(order.y))
            return nothing();
        f.columns = static_cast<int>(order.x), f.rows = static_cast<int>(order.y);
    }
    const auto kernel = strictNumbers(element.attribute("kernelMatrix").value());
    const auto count = static_cast<std::size_t>(f.columns) * static_cast<std::size_t>(f.rows);
    if (!kernel || kernel->size() != count || count > maxConvolveKernel)
        return nothing();
    f.kernel = *kernel;
    double sum = 0;
    for (const double v : f.kernel)
        sum += v;
    f.divisor = number(element, "divisor", std::abs(sum) < 1e-6 ? 1 : sum);
    f.bias = number(element, "bias", 0);
    const double x = std::trunc(number(element, "targetX", f.columns / 2)),
                 y = std::trunc(number(element, "targetY", f.rows / 2)); // NOLINT: whole halves
    if (f.divisor == 0 || x < 0 || y < 0 || x >= f.columns || y >= f.rows)
        return nothing();
    f.targetX = static_cast<int>(x), f.targetY = static_cast<int>(y);
    const std::string_view edge = element.attribute("edgeMode").value();
    f.edge = edge == "wrap" ? ConvolveFilter::Edge::wrap : edge == "none" ? ConvolveFilter::Edge::none : ConvolveFilter::Edge::duplicate;
    f.preserveAlpha = std::string_view(element.attribute("preserveAlpha").value()) == "true";
    return f;
}

FilterOperation morphology(pugi::xml_node element, const PrimitiveContext& context)
{
    MorphologyFilter f;
    if (std::string_view(element.attribute("operator").value()) == "dilate")
        f.with = MorphologyFilter::Operator::dilate;
    // A radius that says nothing is 1 in resvg; the specification would leave the picture alone.
    const Point radius = pair(element, "radius", 0);
    f.radiusX = (radius.x > 0 ? radius.x : 1) * context.unit.width;
    f.radiusY = (radius.y > 0 ? radius.y : 1) * context.unit.height;
    return f;
}

FilterOperation turbulence(pugi::xml_node element)
{
    TurbulenceFilter f;
    const Point frequency = pair(element, "baseFrequency", 0);
    if (frequency.x >= 0 && frequency.y >= 0)
        f.frequencyX = frequency.x, f.frequencyY = frequency.y;
    f.fractalNoise = std::string_view(element.attribute("type").value()) == "fractalNoise";
    f.octaves = static_cast<int>(std::clamp(number(element, "numOctaves", 1), 0.0, 1.0 * maxFilterOctaves));
    f.seed = static_cast<int>(std::clamp(number(element, "seed", 0), -2e9, 2e9));
    f.stitch = std::string_view(element.attribute("stitchTiles").value()) == "stitch";
    return f;
}

/// The first light among the children.
std::optional<LightSource> light(pugi::xml_node element, const PrimitiveContext& context)
{
    const Rect& unit = context.unit;
    const double depth = std::hypot(unit.width, unit.height) / std::sqrt(2.0);
    for (const pugi::xml_node& child : element.children()) {
        const std::string_view name = child.name();
        const auto place = [&](const char* x, const char* y) {
            return Point{unit.x + number(child, x, 0) * unit.width, unit.y + number(child, y, 0) * unit.height};
        };
        if (name == "feDistantLight")
            return DistantLight{number(child, "azimuth", 0), number(child, "elevation", 0)};
        if (name == "fePointLight")
            return PointLight{place("x", "y"), number(child, "z", 0) * depth};
        if (name != "feSpotLight")
            continue;
        SpotLight spot{place("x", "y"),
                       number(child, "z", 0) * depth,
                       place("pointsAtX", "pointsAtY"),
                       number(child, "pointsAtZ", 0) * depth,
                       1,
                       {}};
        if (const double exponent = number(child, "specularExponent", 1); exponent > 0)
            spot.exponent = exponent;
        if (child.attribute("limitingConeAngle"))
            spot.coneAngle = number(child, "limitingConeAngle", 0);
        return spot;
    }
    return std::nullopt;
}

FilterOperation lighting(pugi::xml_node element, const PrimitiveContext& context)
{
    LightingFilter f;
    f.specular = std::string_view(element.name()) == "feSpecularLighting";
    f.surfaceScale = number(element, "surfaceScale", 1);
    f.constant = std::max(0.0, number(element, f.specular ? "specularConstant" : "diffuseConstant", 1));
    f.exponent = number(element, "specularExponent", 1);
    f.color = filterColor(context.style, "lighting-color", nullptr, {1, 1, 1, 1});
    const auto source = light(element, context);
    if (!source || (f.specular && !(f.exponent >= 1 && f.exponent <= 128)))
        return nothing();
    f.light = *source;
    return f;
}

FilterOperation displacementMap(pugi::xml_node element, const PrimitiveContext& context)
{
    const auto channel = [&](const char* name) {
        const std::size_t found = std::string_view("RGBA").find(*element.attribute(name).value());
        return found < 4 ? static_cast<int>(found) : 3;
    };
    const double unit = (context.unit.width + context.unit.height) / 2;
    return DisplacementFilter{number(element, "scale", 0) * unit, channel("xChannelSelector"), channel("yChannelSelector")};
}

} // namespace

Color filterColor(const Style& style, const char* property, const char* opacity, Color fallback)
{
    const std::string_view text = style.get(property);
    Color color = lowerCase(text) == "currentcolor" ? style.currentColor() : parseCssColor(text).value_or(fallback);
    if (opacity)
        color.a *= static_cast<float>(std::clamp(style.number(opacity, 1), 0.0, 1.0));
    return color;
}

std::optional<FilterOperation> readOperation(pugi::xml_node element, const PrimitiveContext& context)
{
    const std::string_view name = element.name();
    if (name == "feFlood")
        return FloodFilter{filterColor(context.style, "flood-color", "flood-opacity", {0, 0, 0, 1})};
    if (name == "feGaussianBlur") {
        const Point sigma = deviations(element, context, 0);
        return BlurFilter{sigma.x, sigma.y};
    }
    if (name == "feOffset")
        return OffsetFilter{{number(element, "dx", 0) * context.unit.width, number(element, "dy", 0) * context.unit.height}};
    if (name == "feBlend")
        return BlendFilter{parseBlendMode(element.attribute("mode").value()).value_or(BlendMode::normal)};
    if (name == "feComposite")
        return composite(element);
    if (name == "feColorMatrix")
        return colorMatrix(element);
    if (name == "feComponentTransfer")
        return componentTransfer(element);
    if (name == "feConvolveMatrix")
        return convolveMatrix(element);
    if (name == "feMorphology")
        return morphology(element, context);
    if (name == "feTurbulence")
        return turbulence(element);
    if (name == "feDiffuseLighting" || name == "feSpecularLighting")
        return lighting(element, context);
    if (name == "feDisplacementMap")
        return displacementMap(element, context);
    if (name == "feImage")
        return context.sources.image(element, context.area);
    if (name == "feMerge")
        return MergeFilter{};
    if (name == "feTile")
        return TileFilter{};
    if (name == "feDropShadow")
        return dropShadow(element, context);
    return std::nullopt;
}

} // namespace tessera::formats
