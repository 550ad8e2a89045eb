#include <core/document/node.h>

#include <cmath>

namespace tessera::document {
namespace {

using crdt::Any;

constexpr std::pair<std::string_view, NodeType> typeNames[] = {
    {"page", NodeType::page},       {"frame", NodeType::frame}, {"group", NodeType::group}, {"rect", NodeType::rect},
    {"ellipse", NodeType::ellipse}, {"line", NodeType::line},   {"vector", NodeType::vector}, {"text", NodeType::text},
    {"image", NodeType::image},     {"svgRaw", NodeType::svgRaw}};

constexpr std::pair<std::string_view, BlendMode> blendNames[] = {
    {"pass-through", BlendMode::passThrough}, {"normal", BlendMode::normal},         {"multiply", BlendMode::multiply},
    {"screen", BlendMode::screen},            {"overlay", BlendMode::overlay},       {"darken", BlendMode::darken},
    {"lighten", BlendMode::lighten},          {"color-dodge", BlendMode::colorDodge}, {"color-burn", BlendMode::colorBurn},
    {"hard-light", BlendMode::hardLight},     {"soft-light", BlendMode::softLight},  {"difference", BlendMode::difference},
    {"exclusion", BlendMode::exclusion},      {"hue", BlendMode::hue},               {"saturation", BlendMode::saturation},
    {"color", BlendMode::color},              {"luminosity", BlendMode::luminosity}};

double roundedTo(double value, double scale)
{
    if (!(std::abs(value) * scale < 9007199254740992.0)) // no fraction left to round, or NaN
        return value;
    return std::floor(value * scale + 0.5) / scale + 0.0; // + 0.0 turns -0 into 0
}

} // namespace

std::string_view typeName(NodeType type)
{
    for (const auto& [name, value] : typeNames) {
        if (value == type)
            return name;
    }
    return "unknown";
}

NodeType parseNodeType(std::string_view text)
{
    for (const auto& [name, value] : typeNames) {
        if (name == text)
            return value;
    }
    return NodeType::unknown;
}

std::string_view blendName(BlendMode mode) { return blendNames[static_cast<std::size_t>(mode)].first; }

std::optional<BlendMode> parseBlendMode(std::string_view text)
{
    for (const auto& [name, value] : blendNames) {
        if (name == text)
            return value;
    }
    return std::nullopt;
}

std::string Node::plainText() const
{
    std::string all;
    for (const StyledRun& run : text)
        all += run.text;
    return all;
}

double rounded(double length) { return roundedTo(length, 1e4); }

crdt::Any toAny(const Transform& t)
{
    // The linear part multiplies lengths: four decimals of it would move the far corner of a large node.
    const auto factor = [](double value) { return roundedTo(value, 1e9); };
    return Any::Array{factor(t.a), factor(t.b), factor(t.c), factor(t.d), rounded(t.e), rounded(t.f)};
}

crdt::Any toAny(Size size) { return Any::Array{rounded(size.width), rounded(size.height)}; }

crdt::Any toAny(const VectorPath& path)
{
    Any::Array subs;
    for (const SubPath& sub : path.subPaths) {
        Any::Array points;
        points.reserve(sub.points.size() * 6);
        for (const PathPoint& point : sub.points) {
            for (const Point& p : {point.at, point.in, point.out}) {
                points.emplace_back(rounded(p.x));
                points.emplace_back(rounded(p.y));
            }
        }
        subs.emplace_back(Any::Object{{"closed", sub.closed}, {"points", std::move(points)}});
    }
    return Any::Object{{"rule", path.rule == FillRule::evenodd ? "evenodd" : "nonzero"}, {"subs", std::move(subs)}};
}

} // namespace tessera::document
