#include <app/shell/command_json.h>

#include <cmath>

#include <app/models/structure_edits.h>

namespace tessera::app {
namespace {

using crdt::Any;
using namespace document;

/// Reads members of one command; the first problem is kept and every later read gives a default.
class CommandReader
{
public:
    CommandReader(const Any& command, std::size_t index) : m_command(command), m_index(index) {}

    [[nodiscard]] const std::string& problem() const { return m_problem; }

    std::string text(std::string_view key)
    {
        const Any* member = m_command.find(key);
        const std::string* value = member ? member->string() : nullptr;
        if (!value)
            complain(key, "a string");
        return value ? *value : std::string();
    }
    std::string textOr(std::string_view key, std::string other)
    {
        return m_command.find(key) ? text(key) : std::move(other);
    }
    NodeId node(std::string_view key) { return NodeId(text(key)); }
    std::uint32_t count(std::string_view key)
    {
        const Any* member = m_command.find(key);
        const double* value = member ? member->number() : nullptr;
        if (!value || *value < 0 || *value > 4294967295.0 || *value != std::floor(*value)) {
            complain(key, "a whole number");
            return 0;
        }
        return static_cast<std::uint32_t>(*value);
    }
    std::vector<double> numbers(std::string_view key, std::size_t expected)
    {
        std::vector<double> values;
        const Any* member = m_command.find(key);
        if (member && member->array()) {
            for (const Any& item : *member->array()) {
                if (item.number())
                    values.push_back(*item.number());
            }
        }
        if (values.size() != expected) {
            complain(key, "a list of " + std::to_string(expected) + " numbers");
            values.assign(expected, 0);
        }
        return values;
    }
    Transform transform(std::string_view key)
    {
        const auto v = numbers(key, 6);
        return {v[0], v[1], v[2], v[3], v[4], v[5]};
    }
    Size size(std::string_view key)
    {
        const auto v = numbers(key, 2);
        return {v[0], v[1]};
    }
    Properties properties(std::string_view key)
    {
        const Any* member = m_command.find(key);
        if (!member || !member->object()) {
            complain(key, "an object");
            return {};
        }
        return *member->object();
    }
    Placement placement(const NodeId& page)
    {
        Placement result;
        result.parent = m_command.find("parent") ? node("parent") : page;
        if (const Any* before = m_command.find("before"); before && !before->isNull())
            result.before = node("before");
        return result;
    }
    [[nodiscard]] const Any* find(std::string_view key) const { return m_command.find(key); }
    void complain(std::string_view key, const std::string& expected)
    {
        if (m_problem.empty())
            m_problem = "commands[" + std::to_string(m_index) + "]." + std::string(key) + ": expected " + expected;
    }

private:
    const Any& m_command;
    std::size_t m_index;
    std::string m_problem;
};

std::optional<Command> readCommand(CommandReader& in, const NodeId& page, Random& random)
{
    const std::string kind = in.text("kind");
    if (kind == "createNode") {
        CreateNode create;
        create.id = in.find("id") ? in.node("id") : makeNodeId(random);
        create.type = parseNodeType(in.text("type"));
        create.placement = create.type == NodeType::page ? Placement{} : in.placement(page);
        create.properties = in.find("properties") ? in.properties("properties") : Properties{};
        create.text = in.textOr("text", {});
        return create;
    }
    if (kind == "setProperties")
        return SetProperties{in.node("node"), in.properties("properties")};
    if (kind == "setTransform")
        return SetTransform{in.node("node"), in.transform("transform")};
    if (kind == "setFrame")
        return SetFrame{in.node("node"), in.transform("transform"), in.size("size")};
    if (kind == "moveNode")
        return MoveNode{in.node("node"), in.placement(page)};
    if (kind == "deleteNode")
        return DeleteNode{in.node("node")};
    if (kind == "editText")
        return EditText{in.node("node"), in.count("at"), in.count("removeCount"), in.textOr("insert", {})};
    if (kind == "formatText")
        return FormatText{in.node("node"), in.count("at"), in.count("count"), in.properties("attributes")};
    if (kind == "setMeta")
        return SetMeta{in.text("key"), in.find("value") ? *in.find("value") : Any()};
    in.complain("kind", "one of the commands of app/shell/README.md, not \"" + kind + "\"");
    return std::nullopt;
}

} // namespace

Result<ParsedCommands, std::string> parseCommands(const Any& list, const NodeId& page, Random& random)
{
    const Any::Array* items = list.array();
    if (!items)
        return fail(std::string("commands: expected a list"));
    ParsedCommands parsed;
    for (std::size_t i = 0; i < items->size(); ++i) {
        CommandReader reader((*items)[i], i);
        auto command = readCommand(reader, page, random);
        if (!command || !reader.problem().empty())
            return fail(reader.problem());
        if (const auto* create = std::get_if<CreateNode>(&*command))
            parsed.created.push_back(create->id);
        parsed.commands.push_back(std::move(*command));
    }
    return parsed;
}

} // namespace tessera::app
