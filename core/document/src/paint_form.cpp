#include "paint_form.h"

#include <algorithm>
#include <cmath>

#include "any_reader.h"

namespace tessera::document {
namespace {

using crdt::Any;

constexpr std::pair<std::string_view, ImageFit> fitNames[] = {
    {"fill", ImageFit::fill}, {"fit", ImageFit::fit}, {"tile", ImageFit::tile}, {"stretch", ImageFit::stretch}};

constexpr std::pair<std::string_view, PaintKind> gradientNames[] = {{"linear", PaintKind::linearGradient},
                                                                    {"radial", PaintKind::radialGradient},
                                                                    {"angular", PaintKind::angularGradient},
                                                                    {"diamond", PaintKind::diamondGradient}};
constexpr std::pair<std::string_view, GradientSpread> spreadNames[] = {
    {"pad", GradientSpread::pad}, {"reflect", GradientSpread::reflect}, {"repeat", GradientSpread::repeat}};

constexpr std::string_view modelledKeys[] = {"id",    "type", "visible", "opacity", "color",       "gradient", "matrix", "stops",
                                             "asset", "fit",  "spread",  "focus",   "focusRadius", "node",     "cell", "units"};

float unit(double value) { return static_cast<float>(std::clamp(value, 0.0, 1.0)); }

double linear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }
double encoded(double c) { return c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055; }

/// Display P3 shares sRGB's curve; the matrix is between their primaries (CSS Color 4). Out of gamut clips.
Color fromDisplayP3(double r, double g, double b, double a)
{
    r = linear(r), g = linear(g), b = linear(b);
    const auto component = [&](double kr, double kg, double kb) {
        return unit(encoded(std::clamp(kr * r + kg * g + kb * b, 0.0, 1.0)));
    };
    return {component(1.2249401762805598, -0.2249401762805598, 0),
            component(-0.0420569547096881, 1.0420569547096881, 0),
            component(-0.0196375545903344, -0.0786360455506319, 1.0982736001409663), unit(a)};
}

/// The shortest decimal that is this float again, so that files hold 0.1 and not 0.10000000149.
double shortest(float value)
{
    for (double scale = 1e4; scale < 1e10; scale *= 10) {
        const double candidate = std::round(static_cast<double>(value) * scale) / scale;
        if (static_cast<float>(candidate) == value)
            return candidate;
    }
    return value;
}

std::vector<GradientStop> readStops(const Any* value)
{
    std::vector<GradientStop> stops;
    const Any::Array* array = value == nullptr ? nullptr : value->array();
    if (array == nullptr)
        return stops;
    for (const Any& element : *array) {
        const double offset = std::clamp(readNumber(element.find("offset")).value_or(0), 0.0, 1.0);
        stops.push_back({offset, readColor(element.find("color")).value_or(Color{})});
    }
    std::stable_sort(stops.begin(), stops.end(),
                     [](const GradientStop& a, const GradientStop& b) { return a.offset < b.offset; });
    return stops;
}

Rect readCell(const Any* value)
{
    const auto n = readNumbers(value, 4);
    return n ? Rect{(*n)[0], (*n)[1], (*n)[2], (*n)[3]} : Rect{};
}

PaintKind kindOf(const Any& item)
{
    const std::string* type = readString(item.find("type"));
    if (type == nullptr)
        return PaintKind::unknown;
    if (*type == "solid")
        return PaintKind::solid;
    if (*type == "image")
        return PaintKind::image;
    if (*type == "gradient")
        return readEnum(item.find("gradient"), gradientNames).value_or(PaintKind::unknown);
    const bool hasCell = *type == "pattern" && readString(item.find("node")) != nullptr && !readCell(item.find("cell")).isEmpty();
    return hasCell ? PaintKind::pattern : PaintKind::unknown;
}

Paint readPaint(const Any& item)
{
    Paint paint;
    if (item.object() == nullptr) {
        paint.kind = PaintKind::unknown;
        paint.rest = item;
        return paint;
    }
    if (const std::string* id = readString(item.find("id")))
        paint.id = *id;
    paint.kind = kindOf(item);
    paint.visible = readBool(item.find("visible")).value_or(true);
    paint.opacity = std::clamp(readNumber(item.find("opacity")).value_or(1), 0.0, 1.0);
    paint.color = readColor(item.find("color")).value_or(Color{});
    paint.gradientMatrix = readTransform(item.find("matrix")).value_or(Transform{});
    const std::string* units = readString(item.find("units"));
    paint.inNodeSpace = units != nullptr && *units == "node";
    paint.stops = readStops(item.find("stops"));
    paint.spread = readEnum(item.find("spread"), spreadNames).value_or(GradientSpread::pad);
    if (const auto focus = readNumbers(item.find("focus"), 2))
        paint.focus = Point{(*focus)[0], (*focus)[1]};
    paint.focusRadius = readNumber(item.find("focusRadius"), 0).value_or(0);
    if (const std::string* node = readString(item.find("node")))
        paint.pattern = NodeId{*node};
    paint.cell = readCell(item.find("cell"));
    paint.asset = readHash(item.find("asset"));
    paint.fit = readImageFit(item.find("fit")).value_or(ImageFit::fill);
    Any::Object rest;
    for (const auto& [key, value] : *item.object()) {
        const bool modelled = std::find(std::begin(modelledKeys), std::end(modelledKeys), key) != std::end(modelledKeys);
        if (!modelled || paint.kind == PaintKind::unknown)
            rest.emplace_back(key, value);
    }
    if (!rest.empty())
        paint.rest = Any(std::move(rest));
    return paint;
}

template <class Enum, std::size_t Count>
std::string_view nameOf(Enum wanted, const std::pair<std::string_view, Enum> (&names)[Count])
{
    for (const auto& [name, value] : names) {
        if (value == wanted)
            return name;
    }
    return names[0].first;
}

/// Matrices map whole boxes: four decimals would be visible.
Any matrixForm(const Transform& m) { return Any::Array{m.a, m.b, m.c, m.d, m.e, m.f}; }

} // namespace

std::optional<Color> readColor(const Any* value)
{
    if (value == nullptr)
        return std::nullopt;
    if (const std::string* hex = value->string())
        return parseHexColor(*hex);
    const std::string* space = readString(value->find("space"));
    const auto c = readNumbers(value->find("c"), 0);
    if (!c || (value->find("space") != nullptr && space == nullptr))
        return std::nullopt;
    const double a = readNumber(value->find("a")).value_or(1);
    const auto at = [&](std::size_t i) { return std::clamp((*c)[i], 0.0, 1.0); };
    if ((space == nullptr || *space == "srgb") && c->size() == 3)
        return Color{unit(at(0)), unit(at(1)), unit(at(2)), unit(a)};
    if (space != nullptr && *space == "display-p3" && c->size() == 3)
        return fromDisplayP3(at(0), at(1), at(2), a);
    if (space != nullptr && *space == "cmyk" && c->size() == 4) {
        const double k = 1 - at(3);
        return Color{unit((1 - at(0)) * k), unit((1 - at(1)) * k), unit((1 - at(2)) * k), unit(a)};
    }
    return std::nullopt;
}

std::optional<Paint> readOnePaint(const Any* value)
{
    if (value == nullptr || value->object() == nullptr)
        return std::nullopt;
    return readPaint(*value);
}

std::vector<Paint> readPaints(const Any* value)
{
    std::vector<Paint> paints;
    const Any::Array* array = value == nullptr ? nullptr : value->array();
    if (array == nullptr)
        return paints;
    paints.reserve(array->size());
    for (const Any& item : *array)
        paints.push_back(readPaint(item));
    return paints;
}

std::optional<ImageFit> readImageFit(const Any* value) { return readEnum(value, fitNames); }

std::optional<ContentHash> readHash(const Any* value)
{
    const std::string* hex = readString(value);
    return hex == nullptr ? std::nullopt : parseContentHash(*hex);
}

crdt::Any toAny(const Color& color)
{
    return Any::Object{{"space", "srgb"},
                       {"c", Any::Array{shortest(color.r), shortest(color.g), shortest(color.b)}},
                       {"a", shortest(color.a)}};
}

crdt::Any toAny(const Paint& paint)
{
    if (paint.kind == PaintKind::unknown && !paint.rest.isUndefined())
        return paint.rest;
    Any::Object item{{"id", paint.id}};
    switch (paint.kind) {
    case PaintKind::solid:
        item.emplace_back("type", "solid");
        item.emplace_back("color", toAny(paint.color));
        break;
    case PaintKind::linearGradient:
    case PaintKind::radialGradient:
    case PaintKind::angularGradient:
    case PaintKind::diamondGradient: {
        Any::Array stops;
        for (const GradientStop& stop : paint.stops)
            stops.emplace_back(Any::Object{{"offset", rounded(stop.offset)}, {"color", toAny(stop.color)}});
        item.emplace_back("type", "gradient");
        item.emplace_back("gradient", nameOf(paint.kind, gradientNames));
        item.emplace_back("matrix", matrixForm(paint.gradientMatrix));
        item.emplace_back("stops", std::move(stops));
        if (paint.inNodeSpace)
            item.emplace_back("units", "node");
        if (paint.spread != GradientSpread::pad)
            item.emplace_back("spread", nameOf(paint.spread, spreadNames));
        if (paint.focus)
            item.emplace_back("focus", Any::Array{paint.focus->x, paint.focus->y});
        if (paint.focusRadius > 0)
            item.emplace_back("focusRadius", paint.focusRadius);
        break;
    }
    case PaintKind::image:
        item.emplace_back("type", "image");
        if (paint.asset)
            item.emplace_back("asset", paint.asset->hex);
        item.emplace_back("fit", nameOf(paint.fit, fitNames));
        break;
    case PaintKind::pattern:
        item.emplace_back("type", "pattern");
        item.emplace_back("node", paint.pattern.text());
        item.emplace_back("cell", Any::Array{paint.cell.x, paint.cell.y, paint.cell.width, paint.cell.height});
        item.emplace_back("matrix", matrixForm(paint.gradientMatrix));
        break;
    case PaintKind::unknown:
        item.emplace_back("type", "unknown");
        break;
    }
    if (!paint.visible)
        item.emplace_back("visible", false);
    if (paint.opacity != 1)
        item.emplace_back("opacity", rounded(paint.opacity));
    if (paint.rest.object() != nullptr)
        item.insert(item.end(), paint.rest.object()->begin(), paint.rest.object()->end());
    return item;
}

crdt::Any toAny(const std::vector<Paint>& paints)
{
    Any::Array items;
    for (const Paint& paint : paints)
        items.push_back(toAny(paint));
    return items;
}

Paint solidPaint(const Color& color, std::string id)
{
    Paint paint;
    paint.id = std::move(id);
    paint.color = color;
    return paint;
}

} // namespace tessera::document
