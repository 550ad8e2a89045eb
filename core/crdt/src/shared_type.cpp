#include <cassert>

#include "list.h"
#include "xml_markup.h"

namespace tessera::crdt {
namespace {

/// Values nest no deeper than "any" may; what lies deeper reads as null.
constexpr int maxDepth = 64;

Any toAnyAt(const SharedType& type, int depth);

Any toAnyAt(const Value& value, int depth)
{
    if (const Any* any = std::get_if<Any>(&value))
        return *any;
    const SharedType* type = std::get_if<SharedType>(&value);
    return type ? toAnyAt(*type, depth) : Any();
}

Any toAnyAt(const SharedType& type, int depth)
{
    if (depth > maxDepth)
        return nullptr;
    switch (type.kind()) {
    case TypeKind::map:
    case TypeKind::xmlHook: {
        Any::Object members;
        type.asMap().forEach([&](std::string_view key, const Value& value) {
            members.emplace_back(std::string(key), toAnyAt(value, depth + 1));
        });
        return members;
    }
    case TypeKind::array: {
        Any::Array elements;
        type.asArray().forEach([&](std::size_t, const Value& value) { elements.push_back(toAnyAt(value, depth + 1)); });
        return elements;
    }
    case TypeKind::text: return Text(&type.doc(), type.branch()).toString();
    case TypeKind::xmlElement:
    case TypeKind::xmlFragment:
    case TypeKind::xmlText: return type.branch()->kind ? Any(markupOf(type)) : Any();
    }
    return Any();
}

template <class Handle> Handle handleOf(Doc* doc, Branch* branch, TypeKind kind, TypeKind xmlKind)
{
    return branch && (branch->kind == kind || branch->kind == xmlKind) ? Handle(doc, branch) : Handle();
}

/// Null when the key is not set now.
Item* liveEntry(const Doc* doc, const Branch* branch, std::string_view key)
{
    const KeyId known = branch ? doc->store().keys.find(key) : 0;
    Item* item = known ? branch->entry(known) : nullptr;
    return item && !item->isDeleted ? item : nullptr;
}

bool canWrite(const Branch* branch) { return branch && !branch->isDeleted(); }

} // namespace

TypeKind SharedType::kind() const
{
    return m_branch && m_branch->kind ? *m_branch->kind : TypeKind::xmlFragment;
}

bool SharedType::isDeleted() const { return !m_branch || m_branch->isDeleted(); }
Map SharedType::asMap() const { return handleOf<Map>(m_doc, m_branch, TypeKind::map, TypeKind::xmlHook); }
Array SharedType::asArray() const { return handleOf<Array>(m_doc, m_branch, TypeKind::array, TypeKind::array); }
Text SharedType::asText() const { return handleOf<Text>(m_doc, m_branch, TypeKind::text, TypeKind::xmlText); }
Any SharedType::toAny() const { return m_branch ? toAnyAt(*this, 0) : Any(); }

std::size_t Map::size() const
{
    std::size_t count = 0;
    if (m_branch) {
        for (const EntryTable::Entry& entry : m_branch->entries.inOrder())
            count += !entry.last->isDeleted;
    }
    return count;
}

bool Map::has(std::string_view key) const
{
    return liveEntry(m_doc, m_branch, key) != nullptr;
}

std::optional<Value> Map::get(std::string_view key) const
{
    const Item* item = liveEntry(m_doc, m_branch, key);
    return item ? std::optional(lastValue(*m_doc, *item)) : std::nullopt;
}

Any Map::getAny(std::string_view key) const
{
    const std::optional<Value> value = get(key);
    const Any* any = value ? std::get_if<Any>(&*value) : nullptr;
    return any ? *any : Any();
}

SharedType Map::getType(std::string_view key) const
{
    const std::optional<Value> value = get(key);
    const SharedType* type = value ? std::get_if<SharedType>(&*value) : nullptr;
    return type ? *type : SharedType();
}

void Map::forEach(const std::function<void(std::string_view, const Value&)>& visit) const
{
    if (!m_branch)
        return;
    const KeyTable& keys = m_doc->store().keys;
    for (const EntryTable::Entry& entry : m_branch->entries.inOrder()) {
        if (!entry.last->isDeleted)
            visit(keys.text(entry.key), lastValue(*m_doc, *entry.last));
    }
}

SharedType Map::set(Transaction& transaction, std::string_view key, const NewValue& value)
{
    if (!canWrite(m_branch))
        return {};
    Branch* made = setEntry(transaction.doc().store(), Store::stateOf(transaction), *m_branch, key, value);
    return made ? SharedType(m_doc, made) : SharedType();
}

void Map::remove(Transaction& transaction, std::string_view key)
{
    Item* item = canWrite(m_branch) ? liveEntry(m_doc, m_branch, key) : nullptr;
    if (item)
        deleteItem(transaction.doc().store(), Store::stateOf(transaction), *item);
}

std::size_t Array::size() const { return m_branch && !m_branch->isDeleted() ? m_branch->length : 0; }

std::optional<Value> Array::get(std::size_t index) const
{
    if (!m_branch)
        return std::nullopt;
    const ItemAt at = findUnit(*m_branch, index);
    if (!at.item)
        return std::nullopt;
    return valueAt(*m_doc, *at.item, at.offset);
}

void Array::forEach(const std::function<void(std::size_t, const Value&)>& visit) const
{
    std::size_t index = 0;
    for (const Item* item = m_branch ? m_branch->start : nullptr; item; item = item->right) {
        for (Clock offset = 0; item->isVisible() && offset < item->length; ++offset)
            visit(index++, valueAt(*m_doc, *item, offset));
    }
}

void Array::insert(Transaction& transaction, std::size_t index, const std::vector<NewValue>& values)
{
    if (!canWrite(m_branch) || values.empty())
        return;
    assert(index <= size());
    index = std::min<std::size_t>(index, m_branch->length);
    Store& store = transaction.doc().store();
    TransactionState& state = Store::stateOf(transaction);
    const ListPosition at = findPosition(store, state, *m_branch, index);
    insertValues(store, state, *m_branch, at, values);
}

void Array::push(Transaction& transaction, const std::vector<NewValue>& values)
{
    if (!canWrite(m_branch) || values.empty())
        return;
    const ListPosition at = findEndOfList(*m_branch);
    insertValues(transaction.doc().store(), Store::stateOf(transaction), *m_branch, at, values);
}

void Array::remove(Transaction& transaction, std::size_t index, std::size_t count)
{
    if (canWrite(m_branch))
        removeUnits(transaction.doc().store(), Store::stateOf(transaction), *m_branch, index, count);
}

} // namespace tessera::crdt
