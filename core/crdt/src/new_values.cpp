#include <algorithm>

#include <core/base/utf.h>

#include "list.h"

namespace tessera::crdt {
namespace {

/// A map or an array with content, filled after its item has its place, as Yjs does.
void fill(Store& store, TransactionState& transaction, Branch& branch, const NewType& type)
{
    if (type.kind == TypeKind::text || type.kind == TypeKind::xmlText)
        insertPlainText(store, transaction, branch, type.text);
    std::unordered_map<std::string_view, const std::variant<Any, NewType>*> last;
    for (const auto& [key, value] : type.entries)
        last[key] = &value;
    for (const auto& [key, value] : type.entries) {
        if (const auto found = last.find(key); found != last.end()) {
            setEntry(store, transaction, branch, key, *found->second);
            last.erase(found);
        }
    }
    insertValues(store, transaction, branch, {nullptr, branch.start}, type.elements);
}

std::unique_ptr<Branch> makeBranch(TypeKind kind)
{
    auto branch = std::make_unique<Branch>();
    branch->kind = kind;
    return branch;
}

Content contentOf(const Any& value)
{
    return value.bytes() ? Content::ofBinary(value) : Content::ofValue(value);
}

} // namespace

Branch* setEntry(Store& store, TransactionState& transaction, Branch& map, std::string_view key, const NewValue& value)
{
    const KeyId known = isUtf8(key) ? store.keys.intern(key) : store.keys.intern(toValidUtf8(key));
    Item* left = map.entry(known);
    if (const Any* any = std::get_if<Any>(&value)) {
        insertLocal(store, transaction, map, left, nullptr, known, contentOf(*any), 1);
        return nullptr;
    }
    const NewType& type = std::get<NewType>(value);
    Item& item = insertLocal(store, transaction, map, left, nullptr, known, Content::ofType(makeBranch(type.kind)), 1);
    Branch* branch = item.content.branch();
    fill(store, transaction, *branch, type);
    return branch;
}

void insertValues(Store& store, TransactionState& transaction, Branch& array, ListPosition at,
                  const std::vector<NewValue>& values)
{
    std::vector<Any> plain;
    const auto insert = [&](Content content, Clock length) {
        at.left = &insertLocal(store, transaction, array, at.left, at.right, 0, std::move(content), length);
    };
    const auto insertPlain = [&] {
        if (!plain.empty()) {
            const Clock length = plain.size();
            insert(Content::ofValues(std::exchange(plain, {})), length);
        }
    };
    for (const NewValue& value : values) {
        const Any* any = std::get_if<Any>(&value);
        if (any && !any->bytes()) {
            plain.push_back(*any);
            continue;
        }
        insertPlain();
        if (any) {
            insert(Content::ofBinary(*any), 1);
        } else {
            const NewType& type = std::get<NewType>(value);
            insert(Content::ofType(makeBranch(type.kind)), 1);
            fill(store, transaction, *at.left->content.branch(), type);
        }
    }
    insertPlain();
}

void insertPlainText(Store& store, TransactionState& transaction, Branch& text, std::string_view utf8)
{
    if (utf8.empty())
        return;
    std::string valid = toValidUtf8(utf8);
    const Clock length = utf16Length(valid);
    insertLocal(store, transaction, text, nullptr, text.start, 0, Content::ofText(valid), length);
}

} // namespace tessera::crdt
