#pragma once

#include <algorithm>

#include <core/base/random.h>
#include <core/crdt/doc.h>

/// Random edits anywhere in a document, and what a document shows as one text, for tests that
/// compare documents.
namespace tessera::crdt::test {

/// Maps by ascending key, texts with their formatting by ascending attribute, deleted types as
/// "gone".
class Portrait
{
public:
    static std::string of(Doc& doc)
    {
        return of(doc.map("m")) + "\n" + of(doc.array("a")) + "\n" + of(doc.text("t")) + "\n" +
               of(doc.xmlFragment("x"));
    }
    static std::string of(const SharedType& type)
    {
        if (type.isDeleted())
            return "gone";
        switch (type.kind()) {
        case TypeKind::map:
            return ofMap(type.asMap());
        case TypeKind::xmlHook:
            return "hook " + type.asXmlHook().hookName() + ofMap(type.asMap());
        case TypeKind::array:
            return ofArray(type.asArray());
        case TypeKind::text:
        case TypeKind::xmlText:
            return of(type.asText().runs()) + ofAttributes(type.asText());
        case TypeKind::xmlElement:
            return type.asXmlElement().nodeName() + ofAttributes(type.asXmlElement()) +
                   ofChildren(type.asXmlFragment());
        case TypeKind::xmlFragment:
            return ofChildren(type.asXmlFragment());
        }
        return "?";
    }
    static std::string of(const Any& value)
    {
        if (value.isUndefined())
            return "undefined";
        if (const auto* big = value.bigInt())
            return std::to_string(big->value) + "n";
        if (const Bytes* bytes = value.bytes())
            return "#" + toHex(*bytes);
        return toJson(value);
    }
    static std::string of(const Value& value)
    {
        if (const auto* any = std::get_if<Any>(&value))
            return of(*any);
        if (const auto* type = std::get_if<SharedType>(&value))
            return of(*type);
        return "document " + std::get<Subdocument>(value).guid;
    }
    static std::string of(const std::vector<TextRun>& runs)
    {
        std::string out = "'";
        for (const TextRun& run : runs) {
            out += std::visit([](const auto& content) { return ofContent(content); }, run.content);
            out += ofObject(run.attributes) + "|";
        }
        return out + "'";
    }
    static std::string ofObject(Any::Object members)
    {
        std::sort(members.begin(), members.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        std::string out = "{";
        for (const auto& [key, value] : members)
            out += key + ":" + of(value) + ",";
        return out + "}";
    }

private:
    using Entries = std::vector<std::pair<std::string, std::string>>;

    static std::string ofContent(const std::string& text) { return text; }
    static std::string ofContent(const Any& embed) { return "<" + of(embed) + ">"; }
    static std::string ofContent(const SharedType& type) { return "<" + of(type) + ">"; }
    static std::string joined(Entries entries)
    {
        std::sort(entries.begin(), entries.end());
        std::string out = "{";
        for (const auto& [key, value] : entries)
            out += key + ":" + value + ",";
        return out + "}";
    }
    static std::string ofMap(const Map& map)
    {
        Entries entries;
        map.forEach([&](std::string_view key, const Value& value) {
            entries.emplace_back(key, of(value));
        });
        return joined(std::move(entries));
    }
    template <class WithAttributes> static std::string ofAttributes(const WithAttributes& type)
    {
        Entries entries;
        type.forEachAttribute([&](std::string_view key, const Value& value) {
            entries.emplace_back(key, of(value));
        });
        return joined(std::move(entries));
    }
    static std::string ofArray(const Array& array)
    {
        std::string out = "[";
        array.forEach([&](std::size_t, const Value& value) { out += of(value) + ","; });
        return out + "]";
    }
    static std::string ofChildren(const XmlFragment& fragment)
    {
        std::string out = "(";
        fragment.forEach([&](std::size_t, const Value& child) { out += of(child) + ","; });
        return out + ")";
    }
};

/// Somebody who edits whatever there is below the roots "m", "a", "t" and "x".
class TreeEditor
{
public:
    TreeEditor(Doc& doc, Random& random) : m_doc(doc), m_random(random) {}

    bool pairs = true;   ///< text with characters of two units, which a later edit may cut
    bool formats = true; ///< text with formatting attributes and embeds
    bool runs = true;    ///< text and values whose items join and are cut; else all stand alone
    std::uint64_t removePercent = 30;

    void edit(Transaction& t)
    {
        const SharedType type = anyType();
        if (const Map map = type.asMap(); !map.isNull())
            editMap(t, map);
        else if (const Array array = type.asArray(); !array.isNull())
            editArray(t, array);
        else if (const Text text = type.asText(); !text.isNull())
            editText(t, text);
        else
            editXml(t, type.asXmlFragment());
    }

    [[nodiscard]] SharedType anyType()
    {
        SharedType type;
        switch (m_random.below(4)) {
        case 0:
            type = m_doc.map("m");
            break;
        case 1:
            type = m_doc.array("a");
            break;
        case 2:
            return m_doc.text("t");
        default:
            type = m_doc.xmlFragment("x");
        }
        while (m_random.below(100) < 60) {
            const std::vector<SharedType> below = childrenOf(type);
            if (below.empty())
                break;
            type = below[m_random.below(below.size())];
        }
        return type;
    }

    [[nodiscard]] Any anyValue()
    {
        if (!runs)
            return Any(Bytes{static_cast<std::uint8_t>(m_random.below(256))});
        switch (m_random.below(10)) {
        case 0:
            return Any(static_cast<int>(m_random.below(1000)));
        case 1:
            return Any(m_random.unit());
        case 2:
            return Any(word());
        case 3:
            return Any(m_random.below(2) == 0);
        case 4:
            return Any(nullptr);
        case 5:
            return Any();
        case 6:
            return Any(Any::BigInt{static_cast<std::int64_t>(m_random.next())});
        case 7:
            return Any(Bytes(m_random.below(4), std::uint8_t{7}));
        case 8:
            return Any(Any::Array{Any(word()), Any(-0.0)});
        default:
            return Any(Any::Object{{word(), Any(1)}, {"", Any::Array{}}});
        }
    }

private:
    static std::vector<SharedType> childrenOf(const SharedType& type)
    {
        std::vector<SharedType> below;
        const auto take = [&](const auto&, const Value& value) {
            if (const auto* child = std::get_if<SharedType>(&value))
                below.push_back(*child);
        };
        if (const Map map = type.asMap(); !map.isNull())
            map.forEach(take);
        if (const Array array = type.asArray(); !array.isNull())
            array.forEach(take);
        if (const XmlFragment fragment = type.asXmlFragment(); !fragment.isNull())
            fragment.forEach(take);
        return below;
    }

    [[nodiscard]] std::string word()
    {
        static const char* const words[] = {"a", "bc", "def", "\u00fc", "\u20ac", " longer words ",
                                            "\n"};
        static const char* const wide[] = {"\U0001f600", "x\U00010348y"};
        if (pairs && m_random.below(6) == 0)
            return wide[m_random.below(std::size(wide))];
        return words[m_random.below(std::size(words))];
    }
    [[nodiscard]] std::string key()
    {
        return std::string(1, static_cast<char>('k' + m_random.below(4)));
    }
    [[nodiscard]] bool removes() { return m_random.below(100) < removePercent; }

    [[nodiscard]] NewValue anyNew(int depth)
    {
        const std::uint64_t roll = m_random.below(depth > 2 ? 5 : 10);
        if (roll < 5)
            return anyValue();
        NewType made;
        if (roll == 5)
            made = {.kind = TypeKind::text, .text = runs ? word() : std::string()};
        else if (roll < 8)
            made = {.kind = TypeKind::array};
        for (std::uint64_t i = roll == 5 ? 0 : m_random.below(3); i > 0; --i) {
            if (roll < 8)
                made.elements.push_back(anyNew(depth + 1));
            else
                made.entries.emplace_back(key(), anyNew(depth + 1));
        }
        return made;
    }
    [[nodiscard]] NewType anyNode(int depth)
    {
        if (m_random.below(3) == 0)
            return {.kind = TypeKind::xmlText, .text = runs ? word() : std::string()};
        if (m_random.below(6) == 0)
            return {
                .kind = TypeKind::xmlHook, .nodeName = "hook", .entries = {{key(), anyValue()}}};
        NewType made{
            .kind = TypeKind::xmlElement, .nodeName = "p", .entries = {{key(), Any(word())}}};
        for (std::uint64_t i = depth > 2 ? 0 : m_random.below(3); i > 0; --i)
            made.elements.emplace_back(anyNode(depth + 1));
        return made;
    }
    [[nodiscard]] std::vector<NewValue> someNew()
    {
        std::vector<NewValue> values;
        for (std::uint64_t i = 1 + m_random.below(3); i > 0; --i)
            values.push_back(anyNew(0));
        return values;
    }

    void editMap(Transaction& t, Map map)
    {
        if (removes())
            map.remove(t, key());
        else
            map.set(t, key(), anyNew(0));
    }
    void editArray(Transaction& t, Array array)
    {
        if (array.size() > 0 && removes())
            array.remove(t, m_random.below(array.size()), 1 + m_random.below(3));
        else
            array.insert(t, m_random.below(array.size() + 1), someNew());
    }
    void editXml(Transaction& t, XmlFragment fragment)
    {
        if (XmlElement element = fragment.asXmlElement();
            !element.isNull() && m_random.below(3) == 0) {
            if (removes())
                element.removeAttribute(t, key());
            else
                element.setAttribute(t, key(), anyValue());
            return;
        }
        if (fragment.size() > 0 && removes())
            fragment.remove(t, m_random.below(fragment.size()), 1 + m_random.below(2));
        else
            fragment.insert(t, m_random.below(fragment.size() + 1), {anyNode(0)});
    }
    void editText(Transaction& t, Text text)
    {
        const std::size_t at = m_random.below(text.size() + 1);
        if (text.size() > 0 && removes())
            return text.remove(t, m_random.below(text.size()), 1 + m_random.below(5));
        if (!formats)
            return text.insert(t, at, word());
        if (!runs)
            return text.insertEmbed(t, at, Any::Object{{"img", word()}}, attributes());
        switch (m_random.below(8)) {
        case 0:
            return text.insertEmbed(t, at, Any::Object{{"img", word()}}, attributes());
        case 1:
        case 2:
            return text.format(t, at, 1 + m_random.below(6), attributes());
        case 3:
            return text.insert(t, at, word(), attributes());
        case 4:
            if (m_random.below(3) == 0)
                text.setAttribute(t, key(), anyValue());
            return;
        default:
            return text.insert(t, at, word());
        }
    }
    [[nodiscard]] Any::Object attributes()
    {
        static const char* const names[] = {"b", "i", "font"};
        Any::Object made;
        for (std::uint64_t i = m_random.below(3); i > 0; --i) {
            const Any values[] = {Any(true), Any(nullptr), Any("red"), Any(Any::Object{{"s", 1}})};
            made.emplace_back(names[m_random.below(3)], values[m_random.below(4)]);
        }
        return made;
    }

    Doc& m_doc;
    Random& m_random;
};

} // namespace tessera::crdt::test
