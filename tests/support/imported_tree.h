#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <core/formats/imported_node.h>

/// Looking into what an importer yields.
namespace tessera::testing {

/// JSON written with single quotes. Not as raw strings: moc 6.4 loses its way in those.
[[nodiscard]] inline std::string quoted(std::string json)
{
    std::replace(json.begin(), json.end(), '\'', '"');
    return json;
}

[[nodiscard]] inline const crdt::Any* stored(const formats::ImportedNode& node, std::string_view key)
{
    for (const auto& [name, value] : node.properties)
        if (name == key)
            return &value;
    return nullptr;
}

[[nodiscard]] inline double numberIn(const formats::ImportedNode& node, std::string_view key, std::size_t index)
{
    const crdt::Any* list = stored(node, key);
    return list && list->array() && index < list->array()->size() ? *list->array()->at(index).number() : 0;
}

/// The stored value as JSON; empty when it is absent.
[[nodiscard]] inline std::string json(const formats::ImportedNode& node, std::string_view key)
{
    const crdt::Any* value = stored(node, key);
    return value ? crdt::toJson(*value) : std::string();
}

/// All that was reported of an element, one line each.
[[nodiscard]] inline std::string noticesOf(const formats::Imported& imported, std::string_view element)
{
    std::string text;
    for (const auto& notice : imported.notices)
        if (notice.element.find(element) != std::string::npos)
            text += notice.what + '\n';
    return text;
}

[[nodiscard]] inline std::size_t countOf(const formats::ImportedNode& node, document::NodeType type)
{
    std::size_t count = node.type == type;
    for (const auto& child : node.children)
        count += countOf(child, type);
    return count;
}

} // namespace tessera::testing
