#include "canonical.h"

#include <algorithm>

#include <core/crdt/doc.h>

#include "roots.h"

namespace tessera::document {
namespace {

using crdt::Any;

Any canonical(const Any& value);
Any canonical(const crdt::Value& value);

Any sortedObject(Any::Object members)
{
    std::erase_if(members, [](const auto& member) { return member.second.isUndefined(); });
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return members;
}

Any canonical(const Any& value)
{
    if (const Any::Object* object = value.object()) {
        Any::Object members;
        for (const auto& [key, member] : *object)
            members.emplace_back(key, canonical(member));
        return sortedObject(std::move(members));
    }
    if (const Any::Array* array = value.array()) {
        Any::Array elements;
        for (const Any& element : *array)
            elements.push_back(element.isUndefined() ? Any(nullptr) : canonical(element));
        return elements;
    }
    return value;
}

Any canonicalText(const crdt::Text& text)
{
    struct Run {
        Any content;
        Any attributes;
        bool joins = false;
    };
    std::vector<Run> runs;
    for (const crdt::TextRun& run : text.runs()) {
        const Any attributes = sortedObject([&] {
            Any::Object sorted;
            for (const auto& [key, value] : run.attributes)
                sorted.emplace_back(key, canonical(value));
            return sorted;
        }());
        if (const std::string* content = std::get_if<std::string>(&run.content)) {
            if (!runs.empty() && runs.back().joins && runs.back().attributes == attributes)
                runs.back().content = Any(*runs.back().content.string() + *content);
            else
                runs.push_back({Any(*content), attributes, true});
        } else if (const Any* embed = std::get_if<Any>(&run.content)) {
            runs.push_back({canonical(*embed), attributes});
        } else {
            runs.push_back({canonical(crdt::Value(std::get<crdt::SharedType>(run.content))), attributes});
        }
    }
    Any::Array list;
    for (const Run& run : runs) {
        Any::Object item;
        if (!run.attributes.object()->empty())
            item.emplace_back("attributes", run.attributes);
        item.emplace_back("insert", run.content);
        list.emplace_back(std::move(item));
    }
    return Any::Object{{"text", std::move(list)}};
}

Any canonical(const crdt::Value& value)
{
    if (const Any* plain = std::get_if<Any>(&value))
        return canonical(*plain);
    const auto* shared = std::get_if<crdt::SharedType>(&value);
    if (!shared)
        return Any();
    const crdt::SharedType& type = *shared;
    if (const crdt::Map map = type.asMap(); !map.isNull()) {
        Any::Object members;
        map.forEach([&](std::string_view key, const crdt::Value& member) {
            members.emplace_back(std::string(key), canonical(member));
        });
        return sortedObject(std::move(members));
    }
    if (const crdt::Array array = type.asArray(); !array.isNull()) {
        Any::Array elements;
        array.forEach([&](std::size_t, const crdt::Value& element) {
            Any plain = canonical(element);
            elements.push_back(plain.isUndefined() ? Any(nullptr) : std::move(plain));
        });
        return elements;
    }
    if (const crdt::Text text = type.asText(); !text.isNull())
        return canonicalText(text);
    return canonical(type.toAny());
}

} // namespace

std::string canonicalJsonOf(crdt::Doc& doc)
{
    Any::Object roots;
    for (const std::string_view name : root::all) {
        const crdt::Map map = doc.map(name);
        roots.emplace_back(std::string(name), map.isNull() ? Any(nullptr) : canonical(crdt::Value(map)));
    }
    return crdt::toJson(Any(std::move(roots)));
}

} // namespace tessera::document
