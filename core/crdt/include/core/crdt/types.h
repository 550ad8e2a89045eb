#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <core/crdt/any.h>
#include <core/crdt/id.h>
#include <core/crdt/subdocument.h>

/// Shared types as value handles. A handle is two words, copies freely, and stays valid as long as its Doc, also
/// after the type was deleted (reads are then empty, writes do nothing). All on the Doc's thread. Writes need an
/// open transaction of the same Doc: pass the Transaction that Doc::transact gives.
namespace tessera::crdt {

class Doc;
class Transaction;
class Map;
class Array;
class Text;
class XmlFragment;
class XmlElement;
class XmlText;
class XmlHook;
struct Branch; ///< storage of one type; private to core/crdt

/// Kinds of shared types; numbers are those of the wire (type refs).
enum class TypeKind : std::uint8_t { array = 0, map = 1, text = 2, xmlElement = 3, xmlFragment = 4, xmlHook = 5, xmlText = 6 };

/// Any shared type, of known kind or not.
class SharedType
{
public:
    SharedType() = default;
    SharedType(Doc* doc, Branch* branch) : m_doc(doc), m_branch(branch) {}
    [[nodiscard]] bool isNull() const { return m_branch == nullptr; }
    [[nodiscard]] TypeKind kind() const;
    [[nodiscard]] bool isDeleted() const;
    [[nodiscard]] Doc& doc() const { return *m_doc; }
    [[nodiscard]] Branch* branch() const { return m_branch; }
    /// Null handle when the kind is another. An XML hook is a map too, an XML text a text, an element a fragment.
    [[nodiscard]] Map asMap() const;
    [[nodiscard]] Array asArray() const;
    [[nodiscard]] Text asText() const;
    [[nodiscard]] XmlFragment asXmlFragment() const;
    [[nodiscard]] XmlElement asXmlElement() const;
    [[nodiscard]] XmlText asXmlText() const;
    [[nodiscard]] XmlHook asXmlHook() const;
    /// The type that holds this one; null handle for a root.
    [[nodiscard]] SharedType parent() const;
    /// The live neighbours in a list; null handle at its ends, for a root, and where the neighbour is no type.
    [[nodiscard]] SharedType nextSibling() const;
    [[nodiscard]] SharedType previousSibling() const;
    /// The whole content as JSON-like data (Text: its string, XML: its markup, sub-documents: undefined).
    [[nodiscard]] Any toAny() const;
    friend bool operator==(const SharedType& a, const SharedType& b) { return a.m_branch == b.m_branch; }

protected:
    Doc* m_doc = nullptr;
    Branch* m_branch = nullptr;
};

/// What a map entry or an array element holds.
using Value = std::variant<Any, SharedType, Subdocument>;

/// A type to be created by a write: its kind and first content. Fills in order, as `new Y.Map(entries)` does in Yjs.
struct NewType {
    TypeKind kind = TypeKind::map;
    std::string nodeName{}; ///< of an XML element or hook
    /// Of a map or hook; attributes of an XML element or text.
    std::vector<std::pair<std::string, std::variant<Any, NewType, NewSubdocument>>> entries{};
    std::vector<std::variant<Any, NewType, NewSubdocument>> elements{}; ///< of an array; children of XML types
    std::string text{};                                                 ///< of a text
};
using NewValue = std::variant<Any, NewType, NewSubdocument>;

class Map : public SharedType
{
public:
    using SharedType::SharedType;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::optional<Value> get(std::string_view key) const;
    /// Any undefined when absent or a type.
    [[nodiscard]] Any getAny(std::string_view key) const;
    [[nodiscard]] SharedType getType(std::string_view key) const;
    /// In the order in which the keys were first set on this replica.
    void forEach(const std::function<void(std::string_view key, const Value& value)>& visit) const;
    /// Returns the new type when the value is one, else a null handle.
    SharedType set(Transaction& transaction, std::string_view key, const NewValue& value);
    void remove(Transaction& transaction, std::string_view key);
};

class Array : public SharedType
{
public:
    using SharedType::SharedType;
    [[nodiscard]] std::size_t size() const;
    /// Empty past the end.
    [[nodiscard]] std::optional<Value> get(std::size_t index) const;
    void forEach(const std::function<void(std::size_t index, const Value& value)>& visit) const;
    /// index <= size() (asserted; clamped in release).
    void insert(Transaction& transaction, std::size_t index, const std::vector<NewValue>& values);
    void push(Transaction& transaction, const std::vector<NewValue>& values);
    void remove(Transaction& transaction, std::size_t index, std::size_t count);
};

/// One run of a text: a string or an embed, with its formatting attributes (key order unspecified).
struct TextRun {
    std::variant<std::string, Any, SharedType> content;
    Any::Object attributes;
    friend bool operator==(const TextRun&, const TextRun&) = default;
};

/// All indexes and counts are UTF-16 code units.
class Text : public SharedType
{
public:
    using SharedType::SharedType;
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::string toString() const; ///< UTF-8, without embeds
    [[nodiscard]] std::vector<TextRun> runs() const;
    /// No attributes given: the new text takes those of the text before it, as Yjs does.
    void insert(Transaction& transaction, std::size_t index, std::string_view utf8,
                const std::optional<Any::Object>& attributes = std::nullopt);
    void insertEmbed(Transaction& transaction, std::size_t index, const Any& embed, const Any::Object& attributes = {});
    /// A type as an embed of one unit; returns it.
    SharedType insertType(Transaction& transaction, std::size_t index, const NewType& type,
                          const Any::Object& attributes = {});
    void remove(Transaction& transaction, std::size_t index, std::size_t count);
    /// A null value removes the attribute.
    void format(Transaction& transaction, std::size_t index, std::size_t count, const Any::Object& attributes);
    /// Attributes of the text as a whole.
    [[nodiscard]] std::optional<Value> attribute(std::string_view name) const;
    void forEachAttribute(const std::function<void(std::string_view name, const Value& value)>& visit) const;
    SharedType setAttribute(Transaction& transaction, std::string_view name, const NewValue& value);
    void removeAttribute(Transaction& transaction, std::string_view name);
};

} // namespace tessera::crdt
