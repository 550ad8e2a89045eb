#include <core/formats/imported_node.h>

#include <algorithm>
#include <map>

#include <core/base/utf.h>

#include "pattern_keys.h"

namespace tessera::formats {
namespace {

constexpr std::size_t maxLayerNodes = 10'000;
constexpr std::size_t maxLayerDepth = 64;

using IdsByKey = std::map<std::string, NodeId, std::less<>>;

void mintKeyed(const ImportedNode& node, Random& random, IdsByKey& ids)
{
    if (!node.key.empty())
        ids.emplace(node.key, NodeId{makeIdText(random)});
    for (const ImportedNode& child : node.children)
        mintKeyed(child, random, ids);
}

void appendCommands(const ImportedNode& node, const document::Placement& placement, const IdsByKey& ids, Random& random,
                    std::vector<document::Command>& out)
{
    document::CreateNode create;
    create.id = node.key.empty() ? NodeId{makeIdText(random)} : ids.find(node.key)->second;
    create.type = node.type;
    create.placement = placement;
    if (!node.name.empty())
        create.properties.emplace_back("name", node.name);
    create.properties.insert(create.properties.end(), node.properties.begin(), node.properties.end());
    const auto nameOf = [&](const std::string& key) {
        const auto id = ids.find(key);
        return id == ids.end() ? key : id->second.text();
    };
    if (!ids.empty()) // most imports have no keys, and properties are copied to be renamed
        renamePatterns(create.properties, nameOf);
    create.text = node.text;
    const NodeId id = create.id;
    out.push_back(std::move(create));
    for (const ImportedFormat& format : node.formats) {
        document::FormatText command{id, format.at, format.count, format.attributes};
        if (!ids.empty())
            renamePatterns(command.attributes, nameOf);
        out.push_back(std::move(command));
    }
    for (const ImportedNode& child : node.children)
        appendCommands(child, {id, std::nullopt}, ids, random, out);
}

Result<std::vector<ImportedNode>, ImportError> parseLevel(const crdt::Any& layers, const std::string& path, std::size_t depth, std::size_t& count)
{
    const auto malformed = [](const std::string& where, const std::string& what) {
        return fail(ImportError{ImportErrc::malformed, 0, where + ": " + what});
    };
    const auto* items = layers.array();
    if (!items)
        return malformed(path, "not a list of layers");
    if (depth > maxLayerDepth)
        return fail(ImportError{ImportErrc::tooComplex, 0, path + ": nested too deep"});
    std::vector<ImportedNode> nodes;
    for (std::size_t i = 0; i < items->size(); ++i) {
        const crdt::Any& item = (*items)[i];
        const std::string where = path + "[" + std::to_string(i) + "]";
        if (++count > maxLayerNodes)
            return fail(ImportError{ImportErrc::tooComplex, 0, where + ": more than " + std::to_string(maxLayerNodes) + " layers"});
        const crdt::Any* type = item.find("t");
        if (!type || !type->string())
            return malformed(where, "has no type t");
        ImportedNode node;
        node.type = document::parseNodeType(*type->string());
        if (node.type == document::NodeType::unknown || node.type == document::NodeType::page)
            return malformed(where, "type '" + type->string()->substr(0, 40) + "' cannot be a layer");
        if (const crdt::Any* name = item.find("name"); name && name->string())
            node.name = *name->string();
        if (const crdt::Any* text = item.find("text"); text && text->string())
            node.text = *text->string();
        if (const crdt::Any* properties = item.find("props"); properties && properties->object()) {
            for (const auto& [key, value] : *properties->object()) {
                if (key == "t" || key == "pi" || key == "name" || key == "text")
                    continue;
                node.properties.emplace_back(key, value);
            }
        }
        if (const crdt::Any* runs = item.find("runs"); runs && runs->array()) {
            std::uint32_t at = 0;
            for (const crdt::Any& run : *runs->array()) {
                const crdt::Any* insert = run.find("insert");
                const crdt::Any* attributes = run.find("attributes");
                if (!insert || !insert->string())
                    return malformed(where + ".runs", "a run without its text");
                const auto count = static_cast<std::uint32_t>(utf16Length(*insert->string()));
                if (attributes && attributes->object() && count > 0)
                    node.formats.push_back({at, count, *attributes->object()});
                at += count;
            }
            if (at != utf16Length(node.text))
                return malformed(where + ".runs", "the runs do not add up to the text");
        }
        if (const crdt::Any* children = item.find("children"); children && !children->isNull()) {
            TESSERA_TRY(below, parseLevel(*children, where + ".children", depth + 1, count));
            node.children = std::move(below);
        }
        nodes.push_back(std::move(node));
    }
    return nodes;
}

using Rename = std::function<std::string(const std::string& name)>;

/// The object with its member `node` renamed.
crdt::Any renamed(const crdt::Any& item, const Rename& rename)
{
    crdt::Any::Object members = *item.object();
    for (auto& [name, member] : members) {
        if (name == "node" && member.string())
            member = rename(*member.string());
    }
    return members;
}

/// The same effect, nodes that its filter's primitives show renamed.
crdt::Any renamedEffect(const crdt::Any& effect, const Rename& rename)
{
    const crdt::Any* filter = effect.find("filter");
    const crdt::Any* primitives = filter ? filter->find("primitives") : nullptr;
    if (!primitives || !primitives->array())
        return effect;
    crdt::Any::Array list = *primitives->array();
    for (crdt::Any& primitive : list) {
        if (primitive.find("node"))
            primitive = renamed(primitive, rename);
    }
    crdt::Any::Object newFilter = *filter->object(), result = *effect.object();
    for (auto& [name, member] : newFilter) {
        if (name == "primitives")
            member = list;
    }
    for (auto& [name, member] : result) {
        if (name == "filter")
            member = newFilter;
    }
    return result;
}

/// Paints stand alone, in lists, or in the strokes and decorations of text.
crdt::Any withRenamedPatterns(const crdt::Any& value, const Rename& rename)
{
    if (const auto* array = value.array()) {
        crdt::Any::Array elements;
        for (const crdt::Any& element : *array)
            elements.push_back(withRenamedPatterns(element, rename));
        return elements;
    }
    if (!value.object())
        return value;
    const crdt::Any* type = value.find("type");
    if (type && type->string() && *type->string() == "pattern")
        return renamed(value, rename);
    crdt::Any::Object members;
    for (const auto& [name, member] : *value.object())
        members.emplace_back(name, withRenamedPatterns(member, rename));
    return members;
}

} // namespace

void renamePatterns(document::Properties& properties, const std::function<std::string(const std::string& name)>& rename)
{
    constexpr std::string_view painted[] = {"fills", "strokes", "fill", "stroke", "decoration"};
    for (auto& [key, value] : properties) {
        if (key == "effects" && value.array()) {
            crdt::Any::Array effects = *value.array();
            for (crdt::Any& effect : effects)
                effect = renamedEffect(effect, rename);
            value = std::move(effects);
        } else if (std::find(std::begin(painted), std::end(painted), key) != std::end(painted)) {
            value = withRenamedPatterns(value, rename);
        }
    }
}

std::string describe(const ImportError& error)
{
    std::string text;
    switch (error.code) {
    case ImportErrc::tooLarge: text = "the file is too large"; break;
    case ImportErrc::notThisFormat: text = "the file is of another kind"; break;
    case ImportErrc::malformed: text = "the file is not well-formed"; break;
    case ImportErrc::tooComplex: text = "the drawing is too complex"; break;
    }
    if (error.offset > 0)
        text += " at byte " + std::to_string(error.offset);
    return error.detail.empty() ? text : text + ": " + error.detail;
}

std::string describe(const ImportNotice& notice)
{
    const std::string at = notice.offset > 0 ? std::to_string(notice.offset) + ": " : std::string();
    return at + "<" + notice.element + ">: " + notice.what;
}

std::vector<document::Command> toCommands(const Imported& imported, const document::Placement& placement, Random& random)
{
    std::vector<document::Command> commands;
    IdsByKey ids;
    mintKeyed(imported.root, random, ids);
    appendCommands(imported.root, placement, ids, random, commands);
    for (const ImportedAsset& asset : imported.assets)
        commands.push_back(document::AddAsset{asset.hash, asset.mime, asset.bytes.size(), asset.widthPx, asset.heightPx, asset.name});
    return commands;
}

Result<std::vector<ImportedNode>, ImportError> parseLayers(const crdt::Any& layers)
{
    std::size_t count = 0;
    return parseLevel(layers, "layers", 0, count);
}

} // namespace tessera::formats
