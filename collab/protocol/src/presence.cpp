#include <collab/protocol/presence.h>

#include <array>
#include <cmath>

#include <core/base/utf.h>

namespace tessera::collab {

namespace {

using crdt::Any;

std::string cutName(const std::string& name)
{
    return name.substr(0, findUtf16Unit(name, maxPresenceNameUnits).byteOffset);
}

Any idList(const std::vector<NodeId>& ids)
{
    Any::Array list;
    for (const NodeId& id : ids) {
        if (list.size() == maxPresenceNodes)
            break;
        list.emplace_back(id.text());
    }
    return list;
}

std::optional<NodeId> nodeIdFrom(const Any* value)
{
    if (!value || !value->string() || value->string()->empty() || value->string()->size() > maxIdBytes)
        return std::nullopt;
    return NodeId{*value->string()};
}

std::vector<NodeId> idListFrom(const Any* value)
{
    std::vector<NodeId> ids;
    if (!value || !value->array())
        return ids;
    for (const Any& item : *value->array()) {
        if (ids.size() == maxPresenceNodes)
            break;
        if (auto id = nodeIdFrom(&item))
            ids.push_back(std::move(*id));
    }
    return ids;
}

std::optional<double> finiteFrom(const Any* value)
{
    if (!value || !value->number() || !std::isfinite(*value->number()))
        return std::nullopt;
    return *value->number();
}

std::optional<Point> pointFrom(const Any& object, std::string_view xKey, std::string_view yKey)
{
    const auto x = finiteFrom(object.find(xKey));
    const auto y = finiteFrom(object.find(yKey));
    if (!x || !y)
        return std::nullopt;
    return Point{*x, *y};
}

/// JSON has no way to write NaN or infinity.
double finiteOrZero(double value) { return std::isfinite(value) ? value : 0; }

} // namespace

std::string toJson(const Presence& presence)
{
    Color opaque = presence.color;
    opaque.a = 1;
    Any cursor{nullptr};
    if (presence.cursor) {
        cursor = Any::Object{{"page", presence.cursor->page.text()},
                             {"x", finiteOrZero(presence.cursor->position.x)},
                             {"y", finiteOrZero(presence.cursor->position.y)}};
    }
    Any drag{nullptr};
    if (presence.drag) {
        drag = Any::Object{{"nodes", idList(presence.drag->nodes)},
                           {"dx", finiteOrZero(presence.drag->offset.x)},
                           {"dy", finiteOrZero(presence.drag->offset.y)}};
    }
    const Any user = Any::Object{{"name", cutName(presence.name)}, {"color", toHexColor(opaque)}};
    return crdt::toJson(Any::Object{
        {"user", user}, {"cursor", cursor}, {"selection", idList(presence.selection)}, {"drag", drag}});
}

Presence presenceFrom(const Any& state)
{
    Presence presence;
    if (const Any* user = state.find("user")) {
        if (const Any* name = user->find("name"); name && name->string())
            presence.name = cutName(*name->string());
        if (const Any* color = user->find("color"); color && color->string()) {
            if (auto parsed = parseHexColor(*color->string()))
                presence.color = *parsed;
        }
    }
    if (const Any* cursor = state.find("cursor")) {
        auto page = nodeIdFrom(cursor->find("page"));
        const auto position = pointFrom(*cursor, "x", "y");
        if (page && position)
            presence.cursor = PresenceCursor{std::move(*page), *position};
    }
    presence.selection = idListFrom(state.find("selection"));
    if (const Any* drag = state.find("drag")) {
        if (const auto offset = pointFrom(*drag, "dx", "dy"))
            presence.drag = PresenceDrag{idListFrom(drag->find("nodes")), *offset};
    }
    return presence;
}

Result<Presence, DecodeError> parsePresence(std::string_view json)
{
    TESSERA_TRY(state, crdt::parseJson(json));
    return presenceFrom(state);
}

Color presenceColor(std::uint64_t clientNumber)
{
    // Paul Tol's "muted" and "bright" sets without grey: told apart with every common colour vision.
    static constexpr std::array<std::uint32_t, 12> hues{0x332288, 0x117733, 0xCC6677, 0x0077BB, 0xAA4499, 0x999933,
                                                        0x882255, 0x44AA99, 0xEE7733, 0x6699CC, 0xAA3377, 0x228833};
    std::uint64_t mixed = clientNumber * 0x9e3779b97f4a7c15; // neighbouring client ids get unlike colours
    mixed ^= mixed >> 32;
    const std::uint32_t hue = hues[mixed % hues.size()];
    const auto channel = [hue](int shift) { return static_cast<float>(hue >> shift & 0xff) / 255.0F; };
    return {channel(16), channel(8), channel(0), 1};
}

} // namespace tessera::collab
