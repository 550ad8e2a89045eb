#include <core/document/command.h>

#include <core/base/utf.h>
#include <core/document/document.h>

#include "command_plan.h"
#include "roots.h"
#include "stored_form.h"

namespace tessera::document {
namespace {

using crdt::Any;

NodeId subjectOf(const Command& command)
{
    return std::visit(
        [](const auto& concrete) -> NodeId {
            using T = std::decay_t<decltype(concrete)>;
            if constexpr (requires { concrete.node; })
                return concrete.node;
            else if constexpr (std::is_same_v<T, CreateNode>)
                return concrete.id;
            else if constexpr (std::is_same_v<T, AddGeneration>)
                return NodeId{concrete.id};
            else
                return NodeId{};
        },
        command);
}

Any placeForm(const Place& place) { return Any::Array{place.parent.text(), place.orderKey}; }

/// Writes checked commands inside one transaction.
class Writer
{
public:
    Writer(Document& document, const Plan& plan, crdt::Transaction& transaction)
        : m_plan(plan), m_transaction(transaction), m_nodes(document.crdt().map(root::nodes)),
          m_assets(document.crdt().map(root::assets)), m_generations(document.crdt().map(root::generations)),
          m_meta(document.crdt().map(root::meta))
    {
    }

    void writePlaces()
    {
        for (const auto& [id, place] : m_plan.places()) {
            if (!m_plan.isCreated(id))
                nodeMap(id).set(m_transaction, "pi", placeForm(place));
        }
    }

    void write(const CreateNode& command)
    {
        crdt::NewType map;
        map.entries.emplace_back("t", Any(typeName(command.type)));
        map.entries.emplace_back("pi", placeForm(m_plan.places().at(command.id)));
        for (const auto& [key, value] : command.properties) {
            if (!value.isUndefined())
                map.entries.emplace_back(toValidUtf8(key), storedForm(key, value));
        }
        if (command.type == NodeType::text) {
            crdt::NewType text;
            text.kind = crdt::TypeKind::text;
            text.text = toValidUtf8(command.text);
            map.entries.emplace_back("text", std::move(text));
        }
        m_nodes.set(m_transaction, command.id.text(), map);
    }
    void write(const SetProperties& command)
    {
        crdt::Map map = nodeMap(command.node);
        for (const auto& [key, value] : command.properties) {
            if (value.isUndefined())
                map.remove(m_transaction, key);
            else
                map.set(m_transaction, toValidUtf8(key), storedForm(key, value));
        }
    }
    void write(const SetTransform& command) { nodeMap(command.node).set(m_transaction, "xf", toAny(command.transform)); }
    void write(const SetFrame& command)
    {
        crdt::Map map = nodeMap(command.node);
        map.set(m_transaction, "xf", toAny(command.transform));
        map.set(m_transaction, "size", toAny(command.size));
    }
    void write(const MoveNode&) {}   // in writePlaces()
    void write(const DeleteNode&) {} // in writePlaces()
    void write(const EditText& command)
    {
        crdt::Text text = textOf(command.node);
        if (command.removeCount > 0)
            text.remove(m_transaction, command.at, command.removeCount);
        if (!command.insert.empty())
            text.insert(m_transaction, command.at, toValidUtf8(command.insert));
    }
    void write(const FormatText& command)
    {
        Any::Object attributes;
        for (const auto& [key, value] : command.attributes)
            attributes.emplace_back(toValidUtf8(key), value.isUndefined() ? Any(nullptr) : storedForm({}, value));
        textOf(command.node).format(m_transaction, command.at, command.count, attributes);
    }
    void write(const AddAsset& command)
    {
        if (m_assets.has(command.hash.hex))
            return;
        m_assets.set(m_transaction, command.hash.hex,
                     Any(Any::Object{{"mime", toValidUtf8(command.mime)},
                                     {"bytes", command.sizeBytes},
                                     {"width", static_cast<double>(command.widthPx)},
                                     {"height", static_cast<double>(command.heightPx)},
                                     {"name", toValidUtf8(command.name)}}));
    }
    void write(const AddGeneration& command)
    {
        m_generations.set(m_transaction, command.id, storedForm({}, Any(command.record)));
    }
    void write(const SetMeta& command)
    {
        if (command.value.isUndefined())
            m_meta.remove(m_transaction, command.key);
        else
            m_meta.set(m_transaction, command.key, storedForm({}, command.value));
    }

private:
    /// The node's map; a plain object that some script stored becomes one first.
    crdt::Map nodeMap(const NodeId& id)
    {
        const auto stored = m_nodes.get(id.text());
        if (!stored)
            return {};
        const NodeEntry entry(*stored);
        if (!entry.map().isNull())
            return entry.map();
        crdt::NewType map;
        entry.forEach([&](std::string_view key, const crdt::Value& value) {
            map.entries.emplace_back(std::string(key), std::get<Any>(value));
        });
        return m_nodes.set(m_transaction, id.text(), map).asMap();
    }

    /// The node's Y.Text; made, with the string that stands there if any, when a script left it out.
    crdt::Text textOf(const NodeId& id)
    {
        crdt::Map map = nodeMap(id);
        if (const crdt::Text text = map.getType("text").asText(); !text.isNull())
            return text;
        crdt::NewType text;
        text.kind = crdt::TypeKind::text;
        const Any plain = map.getAny("text");
        if (plain.string() != nullptr)
            text.text = *plain.string();
        return map.set(m_transaction, "text", text).asText();
    }

    const Plan& m_plan;
    crdt::Transaction& m_transaction;
    crdt::Map m_nodes, m_assets, m_generations, m_meta;
};

} // namespace

std::string describe(const CommandError& error)
{
    const std::string which = "edit " + std::to_string(error.index + 1) + " (node " + error.node.text() + "): ";
    switch (error.code) {
    case CommandErrc::unknownNode: return which + "there is no such node or parent";
    case CommandErrc::nodeExists: return which + "a node of this id exists already";
    case CommandErrc::wouldLoop: return which + "a node cannot go into itself or below itself";
    case CommandErrc::notText: return which + "this is not a text";
    case CommandErrc::outOfRange: return which + "a number, position, key or id is out of range";
    case CommandErrc::wrongParent: return which + "the parent cannot hold such a node";
    }
    return which + "unknown error";
}

Result<void, CommandError> apply(Document& document, const std::vector<Command>& commands, const std::string& origin)
{
    Plan plan(document);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (const auto wrong = plan.add(commands[i]))
            return fail(CommandError{*wrong, subjectOf(commands[i]), i});
    }
    document.crdt().transact(origin, [&](crdt::Transaction& transaction) {
        Writer writer(document, plan, transaction);
        for (const Command& command : commands)
            std::visit([&](const auto& concrete) { writer.write(concrete); }, command);
        writer.writePlaces();
    });
    return {};
}

Result<void, CommandError> apply(Document& document, const Command& command, const std::string& origin)
{
    return apply(document, std::vector<Command>{command}, origin);
}

} // namespace tessera::document
