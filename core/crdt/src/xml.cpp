#include <algorithm>
#include <cassert>

#include <core/crdt/xml.h>

#include "list.h"
#include "xml_markup.h"

namespace tessera::crdt {
namespace {

constexpr std::size_t notFound = static_cast<std::size_t>(-1);

std::size_t indexOfChild(const XmlFragment& parent, const SharedType& child)
{
    std::size_t found = notFound;
    parent.forEach([&](std::size_t index, const Value& value) {
        if (const auto* type = std::get_if<SharedType>(&value); type && *type == child)
            found = index;
    });
    return found;
}

SharedType siblingOf(Doc* doc, const Branch* branch, Item* Item::*next)
{
    const Item* item = branch ? branch->item : nullptr;
    if (!item || item->key)
        return {};
    do
        item = item->*next;
    while (item && item->isDeleted);
    Branch* sibling = item ? item->content.branch() : nullptr;
    return sibling ? SharedType(doc, sibling) : SharedType();
}

} // namespace

SharedType SharedType::parent() const
{
    const Item* item = m_branch ? m_branch->item : nullptr;
    return item ? SharedType(m_doc, item->parent) : SharedType();
}

SharedType SharedType::nextSibling() const
{
    return siblingOf(m_doc, m_branch, &Item::right);
}
SharedType SharedType::previousSibling() const
{
    return siblingOf(m_doc, m_branch, &Item::left);
}

XmlFragment SharedType::asXmlFragment() const
{
    const bool holdsChildren = kind() == TypeKind::xmlFragment || kind() == TypeKind::xmlElement;
    return m_branch && m_branch->kind && holdsChildren ? XmlFragment(m_doc, m_branch)
                                                       : XmlFragment();
}

XmlElement SharedType::asXmlElement() const
{
    return m_branch && m_branch->kind == TypeKind::xmlElement ? XmlElement(m_doc, m_branch)
                                                              : XmlElement();
}

XmlText SharedType::asXmlText() const
{
    return m_branch && m_branch->kind == TypeKind::xmlText ? XmlText(m_doc, m_branch) : XmlText();
}

XmlHook SharedType::asXmlHook() const
{
    return m_branch && m_branch->kind == TypeKind::xmlHook ? XmlHook(m_doc, m_branch) : XmlHook();
}

// The children of a fragment are a list like that of an array, the attributes entries like those of
// a map.

std::size_t XmlFragment::size() const
{
    return Array(m_doc, m_branch).size();
}

SharedType XmlFragment::get(std::size_t index) const
{
    const std::optional<Value> child = Array(m_doc, m_branch).get(index);
    const SharedType* type = child ? std::get_if<SharedType>(&*child) : nullptr;
    return type ? *type : SharedType();
}

void XmlFragment::forEach(const std::function<void(std::size_t, const Value&)>& visit) const
{
    Array(m_doc, m_branch).forEach(visit);
}

SharedType XmlFragment::firstChild() const
{
    return get(0);
}

void XmlFragment::insert(Transaction& transaction, std::size_t index,
                         const std::vector<NewValue>& children)
{
    Array(m_doc, m_branch).insert(transaction, index, children);
}

void XmlFragment::insertAfter(Transaction& transaction, const SharedType& reference,
                              const std::vector<NewValue>& children)
{
    const std::size_t before = reference.isNull() ? notFound : indexOfChild(*this, reference);
    if (reference.isNull() || before != notFound)
        insert(transaction, reference.isNull() ? 0 : before + 1, children);
}

void XmlFragment::push(Transaction& transaction, const std::vector<NewValue>& children)
{
    insert(transaction, size(), children);
}

void XmlFragment::remove(Transaction& transaction, std::size_t index, std::size_t count)
{
    Array(m_doc, m_branch).remove(transaction, index, count);
}

std::string XmlFragment::toString() const
{
    return m_branch ? markupOf(*this) : std::string();
}

std::string XmlElement::nodeName() const
{
    return m_branch ? nodeNameOf(m_doc->store(), *m_branch) : std::string();
}
bool XmlElement::hasAttribute(std::string_view name) const
{
    return Map(m_doc, m_branch).has(name);
}

std::optional<Value> XmlElement::attribute(std::string_view name) const
{
    return Map(m_doc, m_branch).get(name);
}

void XmlElement::forEachAttribute(
    const std::function<void(std::string_view, const Value&)>& visit) const
{
    Map(m_doc, m_branch).forEach(visit);
}

SharedType XmlElement::setAttribute(Transaction& transaction, std::string_view name,
                                    const NewValue& value)
{
    return Map(m_doc, m_branch).set(transaction, name, value);
}

void XmlElement::removeAttribute(Transaction& transaction, std::string_view name)
{
    Map(m_doc, m_branch).remove(transaction, name);
}

std::string XmlText::toMarkup() const
{
    return m_branch ? markupOf(*this) : std::string();
}

std::string XmlHook::hookName() const
{
    return m_branch ? nodeNameOf(m_doc->store(), *m_branch) : std::string();
}

std::optional<Value> Text::attribute(std::string_view name) const
{
    return Map(m_doc, m_branch).get(name);
}

void Text::forEachAttribute(const std::function<void(std::string_view, const Value&)>& visit) const
{
    Map(m_doc, m_branch).forEach(visit);
}

SharedType Text::setAttribute(Transaction& transaction, std::string_view name,
                              const NewValue& value)
{
    return Map(m_doc, m_branch).set(transaction, name, value);
}

void Text::removeAttribute(Transaction& transaction, std::string_view name)
{
    Map(m_doc, m_branch).remove(transaction, name);
}

} // namespace tessera::crdt
