#include "layers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/json/serialize.hpp>

namespace tessera::appliance {
namespace {

namespace json = boost::json;

/// At most 4 decimals, whole numbers as integers: what the document stores.
json::value number(double value)
{
    const double rounded = std::round(value * 1e4) / 1e4;
    if (rounded == std::floor(rounded) && std::abs(rounded) < 1e9)
        return static_cast<std::int64_t>(rounded);
    return rounded;
}

json::array numbers(std::initializer_list<double> values)
{
    json::array array;
    for (const double value : values)
        array.push_back(number(value));
    return array;
}

json::object colorForm(const Color& color)
{
    return {{"space", "srgb"}, {"c", numbers({color.r, color.g, color.b})}, {"a", number(color.a)}};
}

json::array fillForm(const Fill& fill)
{
    json::object paint{{"id", "f"}};
    if (fill.kind == Fill::Kind::solid) {
        paint["type"] = "solid";
        paint["color"] = colorForm(fill.stops.front().color);
    } else {
        paint["type"] = "gradient";
        paint["gradient"] = fill.kind == Fill::Kind::linear ? "linear" : "radial";
        Transform matrix;
        if (fill.kind == Fill::Kind::linear) {
            const auto middle = Transform::translation(0.5, 0.5);
            matrix = middle * Transform::rotation(fill.angleDegrees * std::numbers::pi / 180) *
                     Transform::translation(-0.5, -0.5);
        }
        paint["matrix"] = numbers({matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f});
        json::array stops;
        for (const ColorStop& stop : fill.stops)
            stops.push_back(json::object{{"offset", number(stop.offset)}, {"color", colorForm(stop.color)}});
        paint["stops"] = std::move(stops);
    }
    if (fill.opacity < 1)
        paint["opacity"] = number(fill.opacity);
    return {std::move(paint)};
}

json::object layer(std::string_view type, std::string_view name, const Rect& box, json::object properties)
{
    properties["xf"] = numbers({1, 0, 0, 1, box.x, box.y});
    properties["size"] = numbers({box.width, box.height});
    return {{"t", type}, {"name", name}, {"props", std::move(properties)}, {"children", json::array()}};
}

struct Knot {
    Point at, in, out;
};

Rect boundsOf(const std::vector<Knot>& knots)
{
    Rect box{knots[0].at.x, knots[0].at.y, 0, 0};
    Point low = knots[0].at, high = low;
    for (std::size_t i = 0; i < knots.size(); ++i) {
        const Knot& a = knots[i];
        const Knot& b = knots[(i + 1) % knots.size()];
        // Sampled: close enough for the box of a background shape, which no one snaps to.
        for (int k = 0; k <= 16; ++k) {
            const double t = k / 16.0, u = 1 - t;
            const Point p = a.at * (u * u * u) + a.out * (3 * u * u * t) + b.in * (3 * u * t * t) + b.at * (t * t * t);
            low = {std::min(low.x, p.x), std::min(low.y, p.y)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y)};
        }
    }
    box = {low.x, low.y, std::max(high.x - low.x, 0.01), std::max(high.y - low.y, 0.01)};
    return box;
}

json::object vectorLayer(std::string_view name, const std::vector<Knot>& knots, const Fill& fill)
{
    const Rect box = boundsOf(knots);
    json::array points;
    for (const Knot& knot : knots) {
        for (const Point& p : {knot.at, knot.in, knot.out}) {
            points.push_back(number(p.x - box.x));
            points.push_back(number(p.y - box.y));
        }
    }
    json::array subs{json::object{{"closed", true}, {"points", std::move(points)}}};
    return layer("vector", name, box,
                 {{"fills", fillForm(fill)}, {"path", json::object{{"rule", "nonzero"}, {"subs", std::move(subs)}}}});
}

} // namespace

void LayerList::rect(std::string_view name, const Rect& box, const Fill& fill, double radius, double rotationDegrees)
{
    json::object properties{{"fills", fillForm(fill)}};
    if (radius > 0)
        properties["radii"] = numbers({radius, radius, radius, radius});
    json::object made = layer("rect", name, box, std::move(properties));
    if (rotationDegrees != 0) {
        const Point center = box.center();
        const Transform xf = Transform::translation(center.x, center.y) *
                             Transform::rotation(rotationDegrees * std::numbers::pi / 180) *
                             Transform::translation(-box.width / 2, -box.height / 2);
        made["props"].as_object()["xf"] = numbers({xf.a, xf.b, xf.c, xf.d, xf.e, xf.f});
    }
    m_layers.push_back(std::move(made));
}

void LayerList::ellipse(std::string_view name, const Rect& box, const Fill& fill)
{
    m_layers.push_back(layer("ellipse", name, box, {{"fills", fillForm(fill)}}));
}

void LayerList::ring(std::string_view name, const Rect& box, const Color& color, double strokePx, double opacity)
{
    m_layers.push_back(layer("ellipse", name, box,
                             {{"strokes", fillForm(Fill::solid(color, opacity))}, {"sw", number(strokePx)}}));
}

void LayerList::outline(std::string_view name, const std::vector<OutlinePoint>& points, const Fill& fill)
{
    std::vector<Knot> knots;
    const std::size_t count = points.size();
    for (std::size_t i = 0; i < count; ++i) {
        const OutlinePoint& point = points[i];
        Knot knot{point.at, point.at, point.at};
        const OutlinePoint& before = points[(i + count - 1) % count];
        const OutlinePoint& after = points[(i + 1) % count];
        if (point.smooth) {
            const Point along = (after.at - before.at) * (1 / 6.0);
            knot.in = point.at - along;
            knot.out = point.at + along;
        }
        knots.push_back(knot);
    }
    m_layers.push_back(vectorLayer(name, knots, fill));
}

void LayerList::quarterDisc(std::string_view name, const Rect& box, int corner, const Fill& fill)
{
    const Point corners[4] = {{box.x, box.y}, {box.right(), box.y}, {box.right(), box.bottom()}, {box.x, box.bottom()}};
    const Point center = corners[corner], a = corners[(corner + 1) % 4], b = corners[(corner + 3) % 4];
    const Point far = corners[(corner + 2) % 4];
    constexpr double kappa = 0.5522847498; // handle length of a quarter circle by one cubic
    const Knot start{a, a, a + (far - a) * kappa}, end{b, b + (far - b) * kappa, b};
    m_layers.push_back(vectorLayer(name, {{center, center, center}, start, end}, fill));
}

void LayerList::text(std::string_view name, const Rect& box, const std::string& content, const TextLook& look)
{
    json::object paragraph{{"align", look.align}, {"verticalAlign", look.verticalAlign}, {"autoSize", "none"}};
    json::object made = layer("text", name, box, {{"para", std::move(paragraph)}});
    json::object attributes{{"family", "Inter"},
                            {"size", number(look.sizePx)},
                            {"weight", look.weight},
                            {"fill", colorForm(look.color)},
                            {"lineHeight", number(look.lineHeight)}};
    if (look.letterSpacingPx != 0)
        attributes["letterSpacing"] = number(look.letterSpacingPx);
    made["text"] = content;
    made["runs"] = json::array{json::object{{"insert", content}, {"attributes", std::move(attributes)}}};
    m_layers.push_back(std::move(made));
}

void LayerList::group(std::string_view name, LayerList children)
{
    json::object made{{"t", "group"}, {"name", name}, {"props", json::object{{"xf", numbers({1, 0, 0, 1, 0, 0})}}}};
    made["children"] = std::move(children.m_layers);
    m_layers.push_back(std::move(made));
}

std::string LayerList::toFrameJson(std::string_view name, Size size, const Fill& background) &&
{
    json::object frame = layer("frame", name, {0, 0, size.width, size.height},
                               {{"fills", fillForm(background)}, {"clip", true}});
    frame["children"] = std::move(m_layers);
    return json::serialize(json::array{std::move(frame)});
}

} // namespace tessera::appliance
