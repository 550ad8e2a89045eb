#include "edits.h"

namespace tessera::crdt::test {
namespace {

template <class Keyed> Any attributesOf(const Keyed& keyed)
{
    Any::Object members;
    keyed.forEachAttribute(
        [&](std::string_view key, const Value& value) { members.emplace_back(key, dump(value)); });
    return members;
}

Any entriesOf(const Map& map)
{
    Any::Object members;
    map.forEach(
        [&](std::string_view key, const Value& value) { members.emplace_back(key, dump(value)); });
    return members;
}

template <class List> Any elementsOf(const List& list)
{
    Any::Array elements;
    list.forEach([&](std::size_t, const Value& value) { elements.push_back(dump(value)); });
    return elements;
}

Any dumpText(const Text& text, const char* name)
{
    return Any::Object{
        {name, dump(text.runs())}, {"length", text.size()}, {"attributes", attributesOf(text)}};
}

Any dumpType(const SharedType& type)
{
    switch (type.kind()) {
    case TypeKind::map:
        return Any::Object{{"$map", entriesOf(type.asMap())}};
    case TypeKind::array:
        return elementsOf(type.asArray());
    case TypeKind::text:
        return dumpText(type.asText(), "$text");
    case TypeKind::xmlText:
        return dumpText(type.asText(), "$xmltext");
    case TypeKind::xmlFragment:
        return Any::Object{{"$fragment", elementsOf(type.asXmlFragment())}};
    case TypeKind::xmlHook:
        return Any::Object{{"$hook", type.asXmlHook().hookName()},
                           {"entries", entriesOf(type.asMap())}};
    case TypeKind::xmlElement: {
        const XmlElement element = type.asXmlElement();
        return Any::Object{{"$xml", element.nodeName()},
                           {"attributes", attributesOf(element)},
                           {"children", elementsOf(element)}};
    }
    }
    return nullptr;
}

Any dumpAny(const Any& value)
{
    if (value.isUndefined())
        return Any::Object{{"$undefined", true}};
    return value.bytes() ? Any(Any::Object{{"$bytes", toHex(*value.bytes())}}) : value;
}

Any dumpSubdocument(const Subdocument& subdocument)
{
    const Any& meta = subdocument.options.meta;
    return Any::Object{{"$doc", subdocument.guid},
                       {"gc", subdocument.options.gc},
                       {"autoLoad", subdocument.options.autoLoad},
                       {"meta", meta.isUndefined() ? Any(nullptr) : meta},
                       {"shouldLoad", subdocument.shouldLoad}};
}

Any dumpOp(const DeltaOp& op, bool isText)
{
    Any::Object json;
    if (!op.attributes.empty())
        json.emplace_back("attributes", op.attributes);
    if (op.kind == DeltaOp::Kind::retain)
        json.emplace_back("retain", op.count);
    else if (op.kind == DeltaOp::Kind::remove)
        json.emplace_back("delete", op.count);
    else if (isText)
        json.emplace_back("insert", dumpNamed(op.values.front()));
    else {
        Any::Array values;
        for (const Value& value : op.values)
            values.push_back(dumpNamed(value));
        json.emplace_back("insert", values);
    }
    return json;
}

Any dumpKey(const KeyChange& change)
{
    if (change.action == KeyChange::Action::add)
        return Any::Object{{"action", "add"}};
    const bool isUpdate = change.action == KeyChange::Action::update;
    return Any::Object{{"action", isUpdate ? "update" : "delete"},
                       {"oldValue", dumpNamed(*change.oldValue)}};
}

Any dumpPath(const Path& path)
{
    Any::Array steps;
    for (const auto& step : path) {
        if (const auto* key = std::get_if<std::string>(&step))
            steps.push_back(*key);
        else
            steps.push_back(std::get<std::size_t>(step));
    }
    return steps;
}

Any guidsOf(const std::vector<Subdocument>& subdocuments)
{
    Any::Array guids;
    for (const Subdocument& subdocument : subdocuments)
        guids.push_back(subdocument.guid);
    return guids;
}

} // namespace

std::string_view kindName(TypeKind kind)
{
    switch (kind) {
    case TypeKind::array:
        return "array";
    case TypeKind::map:
        return "map";
    case TypeKind::text:
        return "text";
    case TypeKind::xmlElement:
        return "xmlElement";
    case TypeKind::xmlFragment:
        return "xmlFragment";
    case TypeKind::xmlHook:
        return "xmlHook";
    case TypeKind::xmlText:
        return "xmlText";
    }
    return "unknown";
}

Any dump(const Value& value)
{
    if (const auto* type = std::get_if<SharedType>(&value))
        return dumpType(*type);
    if (const auto* subdocument = std::get_if<Subdocument>(&value))
        return dumpSubdocument(*subdocument);
    return dumpAny(std::get<Any>(value));
}

Any dumpNamed(const Value& value)
{
    if (const auto* type = std::get_if<SharedType>(&value))
        return Any::Object{{"$type", kindName(type->kind())}};
    if (const auto* subdocument = std::get_if<Subdocument>(&value))
        return Any::Object{{"$doc", subdocument->guid}};
    return dumpAny(std::get<Any>(value));
}

Any dump(const std::vector<TextRun>& runs)
{
    Any::Array delta;
    for (const TextRun& run : runs) {
        Any insert;
        if (const auto* text = std::get_if<std::string>(&run.content))
            insert = *text;
        else if (const auto* embed = std::get_if<Any>(&run.content))
            insert = dumpAny(*embed);
        else
            insert = dumpType(std::get<SharedType>(run.content));
        delta.push_back(Any::Object{{"insert", insert}, {"attributes", run.attributes}});
    }
    return delta;
}

Any dump(Doc& doc, const Any::Array& names)
{
    Any::Object content;
    Any::Array markup;
    for (const Any& name : names) {
        const SharedType root = rootOf(doc, *name.string());
        content.emplace_back(*name.string(), dumpType(root));
        if (root.kind() == TypeKind::xmlFragment || root.kind() == TypeKind::xmlElement ||
            root.kind() == TypeKind::xmlText)
            markup.push_back(root.toAny());
    }
    content.emplace_back("markup", markup);
    content.emplace_back("pending", doc.hasPending());
    return content;
}

Any dump(const TypeEvent& event)
{
    const TypeKind kind = event.target.kind();
    Any::Array delta;
    for (const DeltaOp& op : event.delta)
        delta.push_back(dumpOp(op, kind == TypeKind::text || kind == TypeKind::xmlText));
    Any::Object keys;
    for (const auto& [key, change] : event.keys)
        keys.emplace_back(key, dumpKey(change));
    return Any::Object{{"target", kindName(kind)},
                       {"path", dumpPath(event.path)},
                       {"delta", delta},
                       {"keys", keys}};
}

Any dump(const SubdocumentsEvent& event)
{
    return Any::Object{{"added", guidsOf(event.added)},
                       {"removed", guidsOf(event.removed)},
                       {"loaded", guidsOf(event.loaded)}};
}

} // namespace tessera::crdt::test
