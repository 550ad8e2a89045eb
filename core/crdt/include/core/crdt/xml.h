#pragma once

#include <core/crdt/types.h>

/// XML types as value handles (semantics of Yjs' Y.Xml…). Children are types: elements, texts,
/// hooks. Handles, threads and transactions as in types.h; indexes count children.
namespace tessera::crdt {

/// A list of children without a name of its own.
class XmlFragment : public SharedType
{
public:
    using SharedType::SharedType;
    [[nodiscard]] std::size_t size() const;
    /// Null handle past the end, and for a child that is no type.
    [[nodiscard]] SharedType get(std::size_t index) const;
    /// Visits every child; of a foreign document also plain values.
    void forEach(const std::function<void(std::size_t index, const Value& child)>& visit) const;
    [[nodiscard]] SharedType firstChild() const;
    /// index <= size() (asserted; clamped in release).
    void insert(Transaction& transaction, std::size_t index, const std::vector<NewValue>& children);
    /// Right after a child of this type; a null handle: at the start. No-op when `reference` is no
    /// live child.
    void insertAfter(Transaction& transaction, const SharedType& reference,
                     const std::vector<NewValue>& children);
    void push(Transaction& transaction, const std::vector<NewValue>& children);
    void remove(Transaction& transaction, std::size_t index, std::size_t count = 1);
    /// Markup of this type and everything below, exactly as Yjs writes it: names in lower case,
    /// attributes sorted, nothing escaped. Linear in the output. What nests deeper than 64 is left
    /// out.
    [[nodiscard]] std::string toString() const;
};

/// An element: a fragment with a name and attributes, which hold any value.
class XmlElement : public XmlFragment
{
public:
    using XmlFragment::XmlFragment;
    /// As given when it was made; "UNDEFINED" for a root.
    [[nodiscard]] std::string nodeName() const;
    [[nodiscard]] bool hasAttribute(std::string_view name) const;
    [[nodiscard]] std::optional<Value> attribute(std::string_view name) const;
    /// In the order in which they were first set on this replica.
    void forEachAttribute(
        const std::function<void(std::string_view name, const Value& value)>& visit) const;
    SharedType setAttribute(Transaction& transaction, std::string_view name, const NewValue& value);
    void removeAttribute(Transaction& transaction, std::string_view name);
};

/// A text among XML children; indexes as in Text.
class XmlText : public Text
{
public:
    using Text::Text;
    /// The text with its formatting as tags: an attribute names an element, the members of its
    /// value that element's attributes. Text::toString has the plain text.
    [[nodiscard]] std::string toMarkup() const;
};

/// A named map among XML children, which an application renders its own way.
class XmlHook : public Map
{
public:
    using Map::Map;
    [[nodiscard]] std::string hookName() const;
};

} // namespace tessera::crdt
