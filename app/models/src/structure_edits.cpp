#include <app/models/structure_edits.h>

#include <algorithm>
#include <map>
#include <set>

#include <core/base/utf.h>

namespace tessera::app {
namespace {

using crdt::Any;
using document::Document;
using document::Node;
using document::NodeType;
using document::Placement;

constexpr std::size_t maxLayerDepth = 64;

NodeId parentOf(const Document& document, const NodeId& id)
{
    const auto found = document.tree().shownParent.find(id);
    return found == document.tree().shownParent.end() ? NodeId{} : found->second;
}

/// What stands directly above the node among its siblings.
std::optional<NodeId> siblingAbove(const Document& document, const NodeId& id)
{
    const auto& siblings = document.tree().childrenOf(parentOf(document, id));
    const auto at = std::ranges::find(siblings, id);
    if (at == siblings.end() || at + 1 == siblings.end())
        return std::nullopt;
    return *(at + 1);
}

/// Stored properties as they are, unknown ones too; without place and text.
Any storedProperties(const Document& document, const NodeId& id)
{
    Any::Object properties;
    const crdt::Map map = document.crdt().map("nodes").getType(id.text()).asMap();
    if (map.isNull())
        return properties;
    map.forEach([&](std::string_view key, const crdt::Value& value) {
        const Any* any = std::get_if<Any>(&value);
        if (any && key != "t" && key != "pi")
            properties.emplace_back(key, *any);
    });
    std::ranges::sort(properties, {}, [](const auto& entry) { return entry.first; });
    return properties;
}

Any textRuns(const Document& document, const NodeId& id)
{
    Any::Array runs;
    const crdt::Text text = document.crdt().map("nodes").getType(id.text()).asMap().getType("text").asText();
    if (text.isNull())
        return runs;
    for (const crdt::TextRun& run : text.runs()) {
        if (const auto* string = std::get_if<std::string>(&run.content))
            runs.push_back(Any::Object{{"insert", *string}, {"attributes", run.attributes}});
    }
    return runs;
}

Any layerOf(const Document& document, const NodeId& id, const std::optional<Transform>& pageTransform)
{
    const Node* node = document.node(id);
    Any::Object layer{{"t", node->typeText}, {"name", node->name}};
    Any::Object properties = *storedProperties(document, id).object();
    if (pageTransform) {
        std::erase_if(properties, [](const auto& entry) { return entry.first == "xf"; });
        properties.emplace_back("xf", document::toAny(*pageTransform));
    }
    layer.emplace_back("props", std::move(properties));
    if (node->type == NodeType::text) {
        layer.emplace_back("text", node->plainText());
        layer.emplace_back("runs", textRuns(document, id));
    }
    Any::Array children;
    for (const NodeId& child : document.tree().childrenOf(id))
        children.push_back(layerOf(document, child, std::nullopt));
    layer.emplace_back("children", std::move(children));
    return layer;
}

Transform readTransform(const Any& value)
{
    const Any::Array* numbers = value.array();
    if (!numbers || numbers->size() != 6)
        return {};
    double v[6];
    for (std::size_t i = 0; i < 6; ++i) {
        const double* number = (*numbers)[i].number();
        if (!number || !std::isfinite(*number))
            return {};
        v[i] = *number;
    }
    return {v[0], v[1], v[2], v[3], v[4], v[5]};
}

std::string stringMember(const Any& object, std::string_view key)
{
    const Any* member = object.find(key);
    const std::string* text = member ? member->string() : nullptr;
    return text ? *text : std::string();
}

void insertLayer(StructureEdit& out, const Any& layer, const Placement& placement, const Transform* rootMap,
                 Random& random, std::size_t depth)
{
    const std::string type = stringMember(layer, "t");
    if (depth > maxLayerDepth || type.empty() || type == "page")
        return;
    document::CreateNode create;
    create.id = makeNodeId(random);
    create.type = document::parseNodeType(type);
    create.placement = placement;
    create.text = stringMember(layer, "text");
    const std::string name = stringMember(layer, "name");
    bool hasTransform = false;
    if (const Any* properties = layer.find("props"); properties && properties->object()) {
        for (const auto& [key, value] : *properties->object()) {
            if (key == "t" || key == "pi" || key == "name" || key == "text")
                continue;
            const bool isRootTransform = rootMap && key == "xf";
            hasTransform = hasTransform || key == "xf";
            create.properties.emplace_back(key, isRootTransform ? document::toAny(*rootMap * readTransform(value)) : value);
        }
    }
    if (rootMap && !hasTransform)
        create.properties.emplace_back("xf", document::toAny(*rootMap));
    create.properties.emplace_back("name", name.empty() ? defaultName(create.type) : name);
    const NodeId id = create.id;
    out.commands.push_back(std::move(create));
    if (rootMap)
        out.selection.push_back(id);

    std::uint32_t at = 0;
    if (const Any* runs = layer.find("runs"); runs && runs->array()) {
        for (const Any& run : *runs->array()) {
            const auto count = static_cast<std::uint32_t>(utf16Length(stringMember(run, "insert")));
            const Any* attributes = run.find("attributes");
            if (attributes && attributes->object() && !attributes->object()->empty() && count > 0)
                out.commands.push_back(document::FormatText{id, at, count, *attributes->object()});
            at += count;
        }
    }
    if (const Any* children = layer.find("children"); children && children->array()) {
        for (const Any& child : *children->array())
            insertLayer(out, child, {id, std::nullopt}, nullptr, random, depth + 1);
    }
}

} // namespace

NodeId makeNodeId(Random& random)
{
    return NodeId(makeIdText(random));
}

std::string defaultName(NodeType type)
{
    switch (type) {
    case NodeType::page: return "Page";
    case NodeType::frame: return "Frame";
    case NodeType::group: return "Group";
    case NodeType::rect: return "Rectangle";
    case NodeType::ellipse: return "Ellipse";
    case NodeType::line: return "Line";
    case NodeType::vector: return "Path";
    case NodeType::text: return "Text";
    case NodeType::image: return "Image";
    case NodeType::svgRaw: return "SVG";
    case NodeType::unknown: break;
    }
    return "Layer";
}

StructureEdit groupNodes(const Document& document, std::span<const NodeId> nodes, NodeType container, Random& random)
{
    const std::vector<NodeId> top = topmost(document, nodes);
    if (top.empty())
        return {};
    const NodeId parent = parentOf(document, top.back());
    document::CreateNode create;
    create.id = makeNodeId(random);
    create.type = container;
    create.placement = {parent, siblingAbove(document, top.back())};
    create.properties.emplace_back("name", defaultName(container));
    const Transform parentToPage = parentTransform(document, top.back());
    const auto pageToParent = parentToPage.inverted();
    if (!pageToParent)
        return {};
    // A group's origin is its content's corner, so that moving it by its numbers is meaningful.
    const Rect bounds = pageToParent->mapBounds(selectionBox(document, top).pageBounds());
    const Transform own = Transform::translation(bounds.x, bounds.y);
    create.properties.emplace_back("xf", document::toAny(own));
    if (container == NodeType::frame)
        create.properties.emplace_back("size", document::toAny(Size{bounds.width, bounds.height}));
    StructureEdit edit;
    edit.selection = {create.id};
    edit.commands.push_back(create);
    const auto pageToContainer = (parentToPage * own).inverted();
    for (const NodeId& id : top) {
        edit.commands.push_back(document::MoveNode{id, {create.id, std::nullopt}});
        edit.commands.push_back(document::SetTransform{id, *pageToContainer * document.pageTransform(id)});
    }
    return edit;
}

StructureEdit ungroupNodes(const Document& document, std::span<const NodeId> nodes)
{
    StructureEdit edit;
    for (const NodeId& id : topmost(document, nodes)) {
        const Node* node = document.node(id);
        if (node->type != NodeType::group && node->type != NodeType::frame)
            continue;
        const auto toParent = parentTransform(document, id).inverted();
        if (!toParent)
            continue;
        for (const NodeId& child : document.tree().childrenOf(id)) {
            edit.commands.push_back(document::MoveNode{child, {parentOf(document, id), id}});
            edit.commands.push_back(document::SetTransform{child, *toParent * document.pageTransform(child)});
            edit.selection.push_back(child);
        }
        edit.commands.push_back(document::DeleteNode{id});
    }
    return edit;
}

StructureEdit duplicateNodes(const Document& document, std::span<const NodeId> nodes, Point offset, Random& random)
{
    StructureEdit edit;
    for (const NodeId& id : topmost(document, nodes)) {
        const auto toParent = parentTransform(document, id).inverted();
        if (!toParent)
            continue;
        const Any layers = layersOf(document, std::span(&id, 1));
        const StructureEdit copy =
            insertLayers(layers, {parentOf(document, id), siblingAbove(document, id)},
                         *toParent * Transform::translation(offset.x, offset.y), random);
        edit.commands.insert(edit.commands.end(), copy.commands.begin(), copy.commands.end());
        edit.selection.insert(edit.selection.end(), copy.selection.begin(), copy.selection.end());
    }
    return edit;
}

Commands deleteNodes(const Document& document, std::span<const NodeId> nodes)
{
    Commands commands;
    for (const NodeId& id : topmost(document, nodes))
        commands.push_back(document::DeleteNode{id});
    return commands;
}

Commands reorderNodes(const Document& document, std::span<const NodeId> nodes, OrderStep step)
{
    std::map<NodeId, std::vector<NodeId>> byParent;
    for (const NodeId& id : topmost(document, nodes))
        byParent[parentOf(document, id)].push_back(id);
    Commands commands;
    for (const auto& [parent, moved] : byParent) {
        const std::set<NodeId> isMoved(moved.begin(), moved.end());
        std::vector<NodeId> order = document.tree().childrenOf(parent);
        const std::vector<NodeId> before = order;
        const auto moves = [&](const NodeId& id) { return isMoved.contains(id); };
        switch (step) {
        case OrderStep::toFront: std::ranges::stable_partition(order, [&](const NodeId& id) { return !moves(id); }); break;
        case OrderStep::toBack: std::ranges::stable_partition(order, moves); break;
        case OrderStep::forward:
            for (std::size_t i = order.size(); i-- > 1;) {
                if (moves(order[i - 1]) && !moves(order[i]))
                    std::swap(order[i - 1], order[i]);
            }
            break;
        case OrderStep::backward:
            for (std::size_t i = 1; i < order.size(); ++i) {
                if (moves(order[i]) && !moves(order[i - 1]))
                    std::swap(order[i - 1], order[i]);
            }
            break;
        }
        if (order == before)
            continue;
        // From the top down: what a node goes below has its final place already.
        for (std::size_t i = order.size(); i-- > 0;) {
            if (!moves(order[i]))
                continue;
            const auto above = i + 1 < order.size() ? std::optional(order[i + 1]) : std::nullopt;
            commands.push_back(document::MoveNode{order[i], {parent, above}});
        }
    }
    return commands;
}

Commands moveNodes(const Document& document, std::span<const NodeId> nodes, const Placement& placement)
{
    Commands commands;
    const Node* parent = document.node(placement.parent);
    const auto pageToParent = parent ? document.pageTransform(placement.parent).inverted() : std::nullopt;
    if (!pageToParent)
        return commands;
    for (const NodeId& id : topmost(document, nodes)) {
        if (id == placement.parent || document.tree().isAncestor(id, placement.parent) || placement.before == id)
            continue;
        commands.push_back(document::MoveNode{id, placement});
        if (parentOf(document, id) != placement.parent)
            commands.push_back(document::SetTransform{id, *pageToParent * document.pageTransform(id)});
    }
    return commands;
}

Commands toggleFlag(const Document& document, std::span<const NodeId> nodes, Flag flag)
{
    bool allOn = true;
    std::vector<NodeId> known;
    for (const NodeId& id : nodes) {
        const Node* node = document.node(id);
        if (!node)
            continue;
        known.push_back(id);
        allOn = allOn && (flag == Flag::visible ? node->visible : node->locked);
    }
    Commands commands;
    for (const NodeId& id : known)
        commands.push_back(document::SetProperties{id, {{flag == Flag::visible ? "vis" : "lock", Any(!allOn)}}});
    return commands;
}

crdt::Any layersOf(const Document& document, std::span<const NodeId> nodes)
{
    Any::Array layers;
    for (const NodeId& id : topmost(document, nodes))
        layers.push_back(layerOf(document, id, document.pageTransform(id)));
    return layers;
}

StructureEdit insertLayers(const crdt::Any& layers, const Placement& placement, const Transform& rootMap, Random& random)
{
    StructureEdit edit;
    if (const Any::Array* array = layers.array()) {
        for (const Any& layer : *array)
            insertLayer(edit, layer, placement, &rootMap, random, 0);
    }
    return edit;
}

} // namespace tessera::app
