#include "xml_markup.h"

#include <algorithm>
#include <cmath>

#include <core/base/utf.h>

#include "store.h"
#include "text_runs.h"

namespace tessera::crdt {
namespace {

constexpr int maxDepth = 64;
constexpr const char* objectText = "[object Object]";

std::string markupAt(const SharedType& type, int depth);

std::string joined(const Any::Array& elements);

std::string numberText(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    return toJson(value);
}

std::string joinedBytes(const Bytes& bytes)
{
    std::string text;
    for (const std::uint8_t byte : bytes)
        text += (text.empty() ? "" : ",") + std::to_string(byte);
    return text;
}

/// What JavaScript's String() makes of a value.
std::string scriptText(const Any& value)
{
    if (const std::string* text = value.string())
        return *text;
    if (const double* number = value.number())
        return numberText(*number);
    if (const bool* flag = value.boolean())
        return *flag ? "true" : "false";
    if (const Any::BigInt* integer = value.bigInt())
        return std::to_string(integer->value);
    if (const Any::Array* elements = value.array())
        return joined(*elements);
    if (const Bytes* bytes = value.bytes())
        return joinedBytes(*bytes);
    return value.object() ? objectText : value.isNull() ? "null" : "undefined";
}

std::string joined(const Any::Array& elements)
{
    std::string text;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        text += i == 0 ? "" : ",";
        if (!elements[i].isNull() && !elements[i].isUndefined())
            text += scriptText(elements[i]);
    }
    return text;
}

std::string scriptText(const Value& value, int depth)
{
    if (const Any* any = std::get_if<Any>(&value))
        return scriptText(*any);
    if (const SharedType* type = std::get_if<SharedType>(&value))
        return markupAt(*type, depth + 1);
    return objectText;
}

/// JavaScript compares strings by UTF-16 units: characters past U+FFFF come before U+E000.
bool unitsLess(const std::string& a, const std::string& b)
{
    return toUtf16(a) < toUtf16(b);
}

/// Lower case of the scripts that markup names use: Latin with the common accents, Greek, Cyrillic.
char16_t lowerCase(char16_t unit)
{
    const auto within = [unit](char16_t first, char16_t last) {
        return unit >= first && unit <= last;
    };
    if (within(u'A', u'Z') || (within(0xc0, 0xde) && unit != 0xd7) ||
        (within(0x391, 0x3a9) && unit != 0x3a2) || within(0x410, 0x42f))
        return static_cast<char16_t>(unit + 32);
    if (within(0x400, 0x40f))
        return static_cast<char16_t>(unit + 80);
    const bool isPaired = within(0x100, 0x12f) || within(0x132, 0x137) || within(0x14a, 0x177);
    return isPaired && unit % 2 == 0 ? static_cast<char16_t>(unit + 1) : unit;
}

std::string lowerCase(const std::string& name)
{
    std::u16string units = toUtf16(name);
    std::transform(units.begin(), units.end(), units.begin(),
                   [](char16_t unit) { return lowerCase(unit); });
    return toUtf8(units);
}

using NamedText = std::pair<std::string, std::string>;

std::string attributeMarkup(std::vector<NamedText> attributes)
{
    std::sort(attributes.begin(), attributes.end(),
              [](const auto& a, const auto& b) { return unitsLess(a.first, b.first); });
    std::string markup;
    for (const auto& [name, value] : attributes)
        markup += " " + name + "=\"" + value + "\"";
    return markup;
}

/// What a for…in loop finds in a formatting value: members, or elements and characters by their
/// index.
std::vector<NamedText> membersOf(const Any& value)
{
    std::vector<NamedText> members;
    if (const Any::Object* object = value.object()) {
        for (const auto& [key, member] : *object)
            members.emplace_back(key, scriptText(member));
    } else if (const Any::Array* elements = value.array()) {
        for (std::size_t i = 0; i < elements->size(); ++i)
            members.emplace_back(std::to_string(i), scriptText((*elements)[i]));
    } else if (const std::string* text = value.string()) {
        const std::u16string units = toUtf16(*text);
        for (std::size_t i = 0; i < units.size(); ++i)
            members.emplace_back(std::to_string(i), toUtf8(units.substr(i, 1)));
    }
    return members;
}

std::string runMarkup(const TextRun& run, int depth)
{
    Any::Object tags = run.attributes;
    std::sort(tags.begin(), tags.end(),
              [](const auto& a, const auto& b) { return unitsLess(a.first, b.first); });
    std::string markup;
    for (const auto& [name, value] : tags)
        markup += "<" + name + attributeMarkup(membersOf(value)) + ">";
    if (const auto* text = std::get_if<std::string>(&run.content))
        markup += *text;
    else if (const auto* embed = std::get_if<Any>(&run.content))
        markup += scriptText(*embed);
    else
        markup += markupAt(std::get<SharedType>(run.content), depth + 1);
    for (auto tag = tags.rbegin(); tag != tags.rend(); ++tag)
        markup += "</" + tag->first + ">";
    return markup;
}

std::string childrenMarkup(const XmlFragment& fragment, int depth)
{
    std::string markup;
    fragment.forEach([&](std::size_t, const Value& child) { markup += scriptText(child, depth); });
    return markup;
}

std::string elementMarkup(const XmlElement& element, int depth)
{
    std::vector<NamedText> attributes;
    element.forEachAttribute([&](std::string_view name, const Value& value) {
        attributes.emplace_back(name, scriptText(value, depth));
    });
    const std::string name = lowerCase(element.nodeName());
    return "<" + name + attributeMarkup(std::move(attributes)) + ">" +
           childrenMarkup(element, depth) + "</" + name + ">";
}

std::string markupAt(const SharedType& type, int depth)
{
    if (depth > maxDepth)
        return {};
    switch (type.kind()) {
    case TypeKind::xmlFragment:
        return childrenMarkup(XmlFragment(&type.doc(), type.branch()), depth);
    case TypeKind::xmlElement:
        return elementMarkup(type.asXmlElement(), depth);
    case TypeKind::text:
        return Text(&type.doc(), type.branch()).toString();
    case TypeKind::xmlText: {
        std::string markup;
        for (const TextRun& run : readRuns(type.doc(), *type.branch(), JoinRuns::no))
            markup += runMarkup(run, depth);
        return markup;
    }
    default:
        return objectText;
    }
}

} // namespace

std::string nodeNameOf(const Store& store, const Branch& branch)
{
    if (branch.isRoot)
        return "UNDEFINED";
    return branch.name == 0 ? std::string() : std::string(store.keys.text(branch.name));
}

std::string markupOf(const SharedType& type)
{
    return markupAt(type, 0);
}

} // namespace tessera::crdt
