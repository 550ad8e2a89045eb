#include "node_parse.h"

#include <algorithm>
#include <unordered_map>

#include "any_reader.h"
#include "effect_form.h"
#include "paint_form.h"
#include "text_form.h"

namespace tessera::document {
namespace {

using crdt::Any;
using crdt::Value;

constexpr std::pair<std::string_view, StrokeAlign> alignNames[] = {{"center", StrokeAlign::center},
                                                                   {"centre", StrokeAlign::center},
                                                                   {"inside", StrokeAlign::inside},
                                                                   {"outside", StrokeAlign::outside}};
constexpr std::pair<std::string_view, LineCap> capNames[] = {
    {"butt", LineCap::butt}, {"round", LineCap::round}, {"square", LineCap::square}};
constexpr std::pair<std::string_view, LineJoin> joinNames[] = {
    {"miter", LineJoin::miter}, {"round", LineJoin::round}, {"bevel", LineJoin::bevel}};
constexpr std::pair<std::string_view, FillRule> ruleNames[] = {{"nonzero", FillRule::nonzero},
                                                               {"evenodd", FillRule::evenodd}};
constexpr std::pair<std::string_view, MaskKind> maskNames[] = {{"none", MaskKind::none},
                                                               {"alpha", MaskKind::alpha},
                                                               {"vector", MaskKind::vector},
                                                               {"luminance", MaskKind::luminance}};

Size readSize(const Any* value)
{
    const auto n = readNumbers(value, 2);
    return n ? Size{std::max(0.0, (*n)[0]), std::max(0.0, (*n)[1])} : Size{};
}

std::array<double, 4> readRadii(const Any* value)
{
    if (const auto one = readNumber(value, 0))
        return {*one, *one, *one, *one};
    const auto n = readNumbers(value, 4);
    if (!n)
        return {};
    return {std::max(0.0, (*n)[0]), std::max(0.0, (*n)[1]), std::max(0.0, (*n)[2]), std::max(0.0, (*n)[3])};
}

std::vector<double> readDash(const Any* value)
{
    auto dash = readNumbers(value, 0, 0);
    const bool anyLength = dash && std::any_of(dash->begin(), dash->end(), [](double d) { return d > 0; });
    return anyLength ? std::move(*dash) : std::vector<double>{};
}

/// Six numbers a point; handles that are missing stand at the point ([x, y] alone, in nested form).
std::vector<PathPoint> readPoints(const Any* value)
{
    std::vector<PathPoint> points;
    const Any::Array* array = value == nullptr ? nullptr : value->array();
    if (array == nullptr || array->empty())
        return points;
    if (array->front().array() != nullptr) {
        for (const Any& element : *array) {
            const Any::Array* point = element.array();
            if (point == nullptr || (point->size() != 2 && point->size() < 6))
                return {};
            const auto n = readNumbers(&element, 0);
            if (!n)
                return {};
            const Point at{(*n)[0], (*n)[1]};
            points.push_back(n->size() == 2 ? PathPoint{at, at, at}
                                            : PathPoint{at, {(*n)[2], (*n)[3]}, {(*n)[4], (*n)[5]}});
        }
        return points;
    }
    const auto n = readNumbers(value, 0);
    if (!n || n->size() % 6 != 0)
        return points;
    points.reserve(n->size() / 6);
    for (std::size_t i = 0; i < n->size(); i += 6) {
        points.push_back({{(*n)[i], (*n)[i + 1]}, {(*n)[i + 2], (*n)[i + 3]}, {(*n)[i + 4], (*n)[i + 5]}});
    }
    return points;
}

VectorPath readPath(const Any* value)
{
    VectorPath path;
    if (value == nullptr)
        return path;
    path.rule = readEnum(value->find("rule"), ruleNames).value_or(FillRule::nonzero);
    const Any* subs = value->array() != nullptr ? value : value->find("subs");
    if (subs == nullptr || subs->array() == nullptr)
        return path;
    for (const Any& sub : *subs->array())
        path.subPaths.push_back({readBool(sub.find("closed")).value_or(false), readPoints(sub.find("points"))});
    return path;
}

std::vector<VectorPath> readPathList(const Any* value)
{
    std::vector<VectorPath> paths;
    if (value != nullptr && value->array() != nullptr) {
        for (const Any& element : *value->array())
            paths.push_back(readPath(&element));
    }
    return paths;
}

std::string readText(const Any* value)
{
    const std::string* text = readString(value);
    return text == nullptr ? std::string() : *text;
}

BlendMode readBlend(const Any* value)
{
    const std::string* name = readString(value);
    return name == nullptr ? BlendMode::passThrough : parseBlendMode(*name).value_or(BlendMode::passThrough);
}

using Handler = void (*)(Node&, const Any*);

const std::unordered_map<std::string_view, Handler>& handlers()
{
    static const std::unordered_map<std::string_view, Handler> table{
        {"t", [](Node& n, const Any* v) { n.typeText = readText(v), n.type = parseNodeType(n.typeText); }},
        {"name", [](Node& n, const Any* v) { n.name = readText(v); }},
        {"xf", [](Node& n, const Any* v) { n.transform = readTransform(v).value_or(Transform{}); }},
        {"size", [](Node& n, const Any* v) { n.size = readSize(v); }},
        {"vis", [](Node& n, const Any* v) { n.visible = readBool(v).value_or(true); }},
        {"lock", [](Node& n, const Any* v) { n.locked = readBool(v).value_or(false); }},
        {"op", [](Node& n, const Any* v) { n.opacity = std::clamp(readNumber(v).value_or(1), 0.0, 1.0); }},
        {"blend", [](Node& n, const Any* v) { n.blend = readBlend(v); }},
        {"mask", [](Node& n, const Any* v) { n.mask = readEnum(v, maskNames).value_or(MaskKind::none); }},
        {"effects", [](Node& n, const Any* v) { n.effects = readEffects(v); }},
        {"fills", [](Node& n, const Any* v) { n.fills = readPaints(v); }},
        {"strokes", [](Node& n, const Any* v) { n.strokes = readPaints(v); }},
        {"sw", [](Node& n, const Any* v) { n.strokeStyle.width = readNumber(v, 0).value_or(1); }},
        {"sAlign",
         [](Node& n, const Any* v) { n.strokeStyle.align = readEnum(v, alignNames).value_or(StrokeAlign::center); }},
        {"sCap", [](Node& n, const Any* v) { n.strokeStyle.cap = readEnum(v, capNames).value_or(LineCap::butt); }},
        {"sJoin", [](Node& n, const Any* v) { n.strokeStyle.join = readEnum(v, joinNames).value_or(LineJoin::miter); }},
        {"sMiter", [](Node& n, const Any* v) { n.strokeStyle.miterLimit = readNumber(v, 1).value_or(4); }},
        {"sDash", [](Node& n, const Any* v) { n.strokeStyle.dash = readDash(v); }},
        {"sDashOffset", [](Node& n, const Any* v) { n.strokeStyle.dashOffset = readNumber(v).value_or(0); }},
        {"radii", [](Node& n, const Any* v) { n.radii = readRadii(v); }},
        {"clip", [](Node& n, const Any* v) { n.clip = readBool(v).value_or(true); }},
        {"paths", [](Node& n, const Any* v) { n.textPaths = readPathList(v); }},
        {"path", [](Node& n, const Any* v) { n.path = readPath(v); }},
        {"para", [](Node& n, const Any* v) { n.paragraph = readParagraph(v); }},
        {"asset", [](Node& n, const Any* v) { n.asset = readHash(v); }},
        {"fit", [](Node& n, const Any* v) { n.imageFit = readImageFit(v).value_or(ImageFit::fill); }},
        {"svg", [](Node& n, const Any* v) { n.svg = readText(v); }},
        {"genId", [](Node& n, const Any* v) { n.generationId = readText(v); }},
    };
    return table;
}

} // namespace

crdt::Any plainValue(const Value& value)
{
    if (const Any* plain = std::get_if<Any>(&value))
        return *plain;
    const auto* type = std::get_if<crdt::SharedType>(&value);
    return type ? type->toAny() : crdt::Any();
}

NodeEntry::NodeEntry(const Value& stored)
{
    if (const Any* plain = std::get_if<Any>(&stored))
        m_plain = *plain;
    else if (const auto* type = std::get_if<crdt::SharedType>(&stored))
        m_map = type->asMap();
}

std::optional<Value> NodeEntry::get(std::string_view key) const
{
    if (!m_map.isNull())
        return m_map.get(key);
    const Any* found = m_plain.find(key);
    return found == nullptr ? std::nullopt : std::optional<Value>(*found);
}

void NodeEntry::forEach(const std::function<void(std::string_view key, const Value& value)>& visit) const
{
    if (!m_map.isNull()) {
        m_map.forEach(visit);
    } else if (m_plain.object() != nullptr) {
        for (const auto& [key, value] : *m_plain.object())
            visit(key, value);
    }
}

Place readPlace(const std::optional<Value>& value)
{
    Place place;
    if (!value)
        return place;
    const Any plain = plainValue(*value);
    const Any::Array* array = plain.array();
    if (array == nullptr)
        return place;
    if (!array->empty())
        place.parent = NodeId{readText(&array->at(0))};
    if (array->size() > 1)
        place.orderKey = readText(&array->at(1));
    return place;
}

void parseProperty(Node& node, std::string_view key, const std::optional<Value>& value)
{
    if (key == "pi") {
        Place place = readPlace(value);
        node.parent = std::move(place.parent);
        node.orderKey = std::move(place.orderKey);
        return;
    }
    if (key == "text") {
        node.text = value ? readText(*value) : std::vector<StyledRun>{};
        return;
    }
    const auto handler = handlers().find(key);
    if (handler == handlers().end())
        return;
    if (!value) {
        handler->second(node, nullptr);
    } else if (const Any* plain = std::get_if<Any>(&*value)) {
        handler->second(node, plain);
    } else {
        const Any data = plainValue(*value);
        handler->second(node, &data);
    }
}

Node parseNode(const NodeId& id, const NodeEntry& entry)
{
    Node node;
    node.id = id;
    entry.forEach([&](std::string_view key, const Value& value) { parseProperty(node, key, value); });
    return node;
}

} // namespace tessera::document
