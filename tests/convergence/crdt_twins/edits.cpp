#include "edits.h"

#include <algorithm>
#include <cassert>

namespace tessera::crdt::test {
namespace {

NewValue valueOf(const Any& json);

std::vector<NewValue> valuesOf(const Any* list)
{
    std::vector<NewValue> values;
    if (list && list->array()) {
        for (const Any& value : *list->array())
            values.push_back(valueOf(value));
    }
    return values;
}

std::vector<std::pair<std::string, NewValue>> entriesOf(const Any* list)
{
    std::vector<std::pair<std::string, NewValue>> entries;
    if (list && list->array()) {
        for (const Any& entry : *list->array())
            entries.emplace_back(*(*entry.array())[0].string(), valueOf((*entry.array())[1]));
    }
    return entries;
}

NewSubdocument subdocumentOf(const Any& json)
{
    NewSubdocument subdocument{.guid = textOf(json, "$doc"), .options = {}};
    const Any options = json.find("options") ? *json.find("options") : Any(Any::Object{});
    const auto flag = [&](std::string_view name, bool otherwise) {
        return options.find(name) ? *options.find(name)->boolean() : otherwise;
    };
    subdocument.options.gc = flag("gc", true);
    subdocument.options.autoLoad = flag("autoLoad", false);
    subdocument.shouldLoad = flag("shouldLoad", true);
    if (const Any* meta = options.find("meta"))
        subdocument.options.meta = *meta;
    return subdocument;
}

/// Plain JSON, or one of the forms for what JSON lacks.
NewValue valueOf(const Any& json)
{
    if (const Any* hex = json.find("$bytes"))
        return Any(fromHex(*hex->string()).value());
    if (const Any* entries = json.find("$map"))
        return NewType{.kind = TypeKind::map, .entries = entriesOf(entries)};
    if (const Any* elements = json.find("$array"))
        return NewType{.kind = TypeKind::array, .elements = valuesOf(elements)};
    if (json.find("$text"))
        return NewType{.kind = TypeKind::text, .text = textOf(json, "$text")};
    if (json.find("$xml")) {
        return NewType{.kind = TypeKind::xmlElement,
                       .nodeName = textOf(json, "$xml"),
                       .entries = entriesOf(json.find("attributes")),
                       .elements = valuesOf(json.find("children"))};
    }
    if (const Any* children = json.find("$fragment"))
        return NewType{.kind = TypeKind::xmlFragment, .elements = valuesOf(children)};
    if (json.find("$xmltext"))
        return NewType{.kind = TypeKind::xmlText, .text = textOf(json, "$xmltext")};
    if (json.find("$hook")) {
        return NewType{.kind = TypeKind::xmlHook,
                       .nodeName = textOf(json, "$hook"),
                       .entries = entriesOf(json.find("entries"))};
    }
    if (json.find("$doc"))
        return subdocumentOf(json);
    return json;
}

SharedType typeOf(const std::optional<Value>& value)
{
    const SharedType* type = value ? std::get_if<SharedType>(&*value) : nullptr;
    return type ? *type : SharedType();
}

/// The n-th type among the embeds of a text.
SharedType embeddedIn(const Text& text, std::size_t n)
{
    for (const TextRun& run : text.runs()) {
        if (const auto* type = std::get_if<SharedType>(&run.content); type && n-- == 0)
            return *type;
    }
    return {};
}

SharedType typeInside(const SharedType& type, const Any& step)
{
    if (const std::string* key = step.string())
        return typeOf(Map(&type.doc(), type.branch()).get(*key));
    const auto index = static_cast<std::size_t>(*step.number());
    if (const Text text = type.asText(); !text.isNull())
        return embeddedIn(text, index);
    return typeOf(Array(&type.doc(), type.branch()).get(index));
}

void editText(Transaction& t, Text text, const Any& edit, const std::string& action)
{
    const std::size_t at = numberOf(edit, "at");
    const Any* given = edit.find("attributes");
    const auto attributes = given ? std::optional(*given->object()) : std::nullopt;
    if (action == "text") {
        text.insert(t, at, textOf(edit, "text"), attributes);
    } else if (action == "embed") {
        const NewValue value = valueOf(*edit.find("value"));
        if (const auto* type = std::get_if<NewType>(&value))
            text.insertType(t, at, *type, attributes.value_or(Any::Object{}));
        else
            text.insertEmbed(t, at, std::get<Any>(value), attributes.value_or(Any::Object{}));
    } else if (action == "erase") {
        text.remove(t, at, numberOf(edit, "count"));
    } else if (action == "format") {
        text.format(t, at, numberOf(edit, "count"), *attributes);
    } else if (action == "set") {
        text.setAttribute(t, textOf(edit, "key"), valueOf(*edit.find("value")));
    } else if (action == "unset") {
        text.removeAttribute(t, textOf(edit, "key"));
    }
}

void editXml(Transaction& t, XmlFragment fragment, const Any& edit, const std::string& action)
{
    XmlElement element = fragment.asXmlElement();
    if (action == "insert") {
        fragment.insert(t, numberOf(edit, "at"), valuesOf(edit.find("values")));
    } else if (action == "push") {
        fragment.push(t, valuesOf(edit.find("values")));
    } else if (action == "after") {
        const SharedType reference =
            edit.find("at")->number() ? fragment.get(numberOf(edit, "at")) : SharedType();
        fragment.insertAfter(t, reference, valuesOf(edit.find("values")));
    } else if (action == "delete") {
        fragment.remove(t, numberOf(edit, "at"), numberOf(edit, "count"));
    } else if (action == "set") {
        element.setAttribute(t, textOf(edit, "key"), valueOf(*edit.find("value")));
    } else if (action == "unset") {
        element.removeAttribute(t, textOf(edit, "key"));
    }
}

void editArray(Transaction& t, Array array, const Any& edit, const std::string& action)
{
    if (action == "insert")
        array.insert(t, numberOf(edit, "at"), valuesOf(edit.find("values")));
    else if (action == "push")
        array.push(t, valuesOf(edit.find("values")));
    else if (action == "delete")
        array.remove(t, numberOf(edit, "at"), numberOf(edit, "count"));
}

} // namespace

std::size_t numberOf(const Any& object, std::string_view key)
{
    const Any* found = object.find(key);
    return found && found->number() ? static_cast<std::size_t>(*found->number()) : 0;
}

std::string textOf(const Any& object, std::string_view key)
{
    const Any* found = object.find(key);
    return found && found->string() ? *found->string() : std::string();
}

SharedType rootOf(Doc& doc, const std::string& name)
{
    switch (name.front()) {
    case 't':
        return doc.text(name);
    case 'm':
        return doc.map(name);
    case 'a':
        return doc.array(name);
    case 'x':
        return doc.xmlFragment(name);
    case 'e':
        return doc.xmlElement(name);
    default:
        return doc.xmlText(name);
    }
}

SharedType typeAt(Doc& doc, const Any::Array& path)
{
    SharedType type = rootOf(doc, *path.front().string());
    for (std::size_t i = 1; i < path.size() && !type.isNull(); ++i)
        type = typeInside(type, path[i]);
    return type;
}

void apply(Transaction& t, const Any& edit)
{
    const SharedType target = typeAt(t.doc(), *edit.find("on")->array());
    const std::string action = textOf(edit, "do");
    assert(!target.isNull());
    if (const Text text = target.asText(); !text.isNull())
        editText(t, text, edit, action);
    else if (const XmlFragment fragment = target.asXmlFragment(); !fragment.isNull())
        editXml(t, fragment, edit, action);
    else if (Map map = target.asMap(); !map.isNull() && action == "set")
        map.set(t, textOf(edit, "key"), valueOf(*edit.find("value")));
    else if (!map.isNull())
        map.remove(t, textOf(edit, "key"));
    else
        editArray(t, target.asArray(), edit, action);
}

} // namespace tessera::crdt::test
