#include <unordered_map>

#include <core/base/utf.h>

#include "list.h"

namespace tessera::crdt {
namespace {

std::unique_ptr<Branch> makeBranch(Store& store, const NewType& type)
{
    auto branch = std::make_unique<Branch>();
    branch->kind = type.kind;
    if ((type.kind == TypeKind::xmlElement || type.kind == TypeKind::xmlHook) && !type.nodeName.empty())
        branch->name = store.keys.intern(toValidUtf8(type.nodeName));
    return branch;
}

/// Fills a type that has its place now, and notes whether this replica wants a sub-document.
Branch* finish(Store& store, TransactionState& transaction, Item& item, const NewValue& value)
{
    if (const auto* type = std::get_if<NewType>(&value)) {
        fill(store, transaction, *item.content.branch(), *type);
        return item.content.branch();
    }
    if (const auto* subdocument = std::get_if<NewSubdocument>(&value))
        setWanted(store.subdocuments, transaction.subdocuments, store.publicId(item.id()), subdocument->shouldLoad);
    return nullptr;
}

} // namespace

Content contentOf(Store& store, const NewValue& value)
{
    if (const Any* any = std::get_if<Any>(&value))
        return any->bytes() ? Content::ofBinary(*any) : Content::ofValue(*any);
    if (const auto* type = std::get_if<NewType>(&value))
        return Content::ofType(makeBranch(store, *type));
    return contentOfSubdocument(std::get<NewSubdocument>(value));
}

void fill(Store& store, TransactionState& transaction, Branch& branch, const NewType& type)
{
    if (branch.isText())
        insertPlainText(store, transaction, branch, type.text);
    if (type.kind == TypeKind::xmlElement)
        insertValues(store, transaction, branch, {nullptr, branch.start}, type.elements);
    std::unordered_map<std::string_view, const NewValue*> last;
    for (const auto& [key, value] : type.entries)
        last[key] = &value;
    for (const auto& [key, value] : type.entries) {
        if (const auto found = last.find(key); found != last.end()) {
            setEntry(store, transaction, branch, key, *found->second);
            last.erase(found);
        }
    }
    if (type.kind == TypeKind::array || type.kind == TypeKind::xmlFragment)
        insertValues(store, transaction, branch, {nullptr, branch.start}, type.elements);
}

Branch* setEntry(Store& store, TransactionState& transaction, Branch& map, std::string_view key, const NewValue& value)
{
    const KeyId known = isUtf8(key) ? store.keys.intern(key) : store.keys.intern(toValidUtf8(key));
    Item* left = map.entry(known);
    Item& item = insertLocal(store, transaction, map, left, nullptr, known, contentOf(store, value), 1);
    return finish(store, transaction, item, value);
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
        insert(contentOf(store, value), 1);
        finish(store, transaction, *at.left, value);
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
