#pragma once

#include <optional>
#include <string_view>

#include <core/crdt/types.h>
#include <core/document/node.h>

/// From a node's map to Node, whole or one property at a time.
namespace tessera::document {

/// The entry of a node: its Y.Map, or the plain object that some script stored instead.
class NodeEntry
{
public:
    explicit NodeEntry(const crdt::Value& stored);
    /// Neither a map nor an object: the entry is no node.
    [[nodiscard]] bool isNode() const { return !m_map.isNull() || m_plain.object() != nullptr; }
    /// Null handle for a plain object.
    [[nodiscard]] const crdt::Map& map() const { return m_map; }
    [[nodiscard]] const crdt::Any& plain() const { return m_plain; }
    [[nodiscard]] std::optional<crdt::Value> get(std::string_view key) const;
    void forEach(const std::function<void(std::string_view key, const crdt::Value& value)>& visit) const;

private:
    crdt::Map m_map;
    crdt::Any m_plain;
};

[[nodiscard]] Node parseNode(const NodeId& id, const NodeEntry& entry);
/// Sets what `key` stands for; an absent value gives the default. Unknown keys do nothing.
void parseProperty(Node& node, std::string_view key, const std::optional<crdt::Value>& value);

/// The two members of `pi`; empty where malformed.
struct Place {
    NodeId parent;
    std::string orderKey;
};
[[nodiscard]] Place readPlace(const std::optional<crdt::Value>& value);

/// A property as plain data; nested shared types (arrays of a script that used Y.Array) are read too.
[[nodiscard]] crdt::Any plainValue(const crdt::Value& value);

} // namespace tessera::document
