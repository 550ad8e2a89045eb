#include "integrate.h"

#include <algorithm>
#include <cassert>

namespace tessera::crdt {
namespace {

Item* firstOfChain(Item* last)
{
    while (last && last->left)
        last = last->left;
    return last;
}

Item* firstOf(const Item& item)
{
    return item.key ? firstOfChain(item.parent->entry(*item.key)) : item.parent->start;
}

/// The left neighbour after the items that were inserted at the same place concurrently.
Item* resolveConflicts(Store& store, const Item& item, Item* left, const Item* right)
{
    // Items passed so far, numbered; those from `conflictStart` on still conflict with `item`.
    std::unordered_map<const Item*, std::size_t> passed;
    std::size_t conflictStart = 0;
    for (Item* other = left ? left->right : firstOf(item); other && other != right; other = other->right) {
        passed.emplace(other, passed.size());
        if (other->origin == item.origin) {
            if (other->id.client < item.id.client) {
                left = other;
                conflictStart = passed.size();
            } else if (other->rightOrigin == item.rightOrigin) {
                break;
            }
            continue;
        }
        const auto origin = other->origin ? passed.find(&store.find(*other->origin)) : passed.end();
        if (origin == passed.end())
            break;
        if (origin->second < conflictStart) {
            left = other;
            conflictStart = passed.size();
        }
    }
    return left;
}

void noteChange(Store& store, TransactionState& transaction, Branch& branch, const Item& item)
{
    if (!branch.item || (store.isOlderThan(transaction, branch.item->id) && !branch.item->isDeleted))
        transaction.noteChange(branch, item.key.get());
}

Item& addToStore(Store& store, TransactionState& transaction, std::unique_ptr<Item> item)
{
    StructList& structs = store.clients[number(item->id.client)];
    const Clock state = structs.empty() ? 0 : structs.back()->end();
    assert(state == item->id.clock);
    transaction.grown.try_emplace(item->id.client, state);
    structs.push_back(std::move(item));
    return *structs.back();
}

void link(Item& item, Item* left)
{
    Branch& parent = *item.parent;
    if (left) {
        item.right = left->right;
        left->right = &item;
    } else {
        item.right = firstOf(item);
        if (!item.key)
            parent.start = &item;
    }
    item.left = left;
    if (item.right)
        item.right->left = &item;
    else if (item.key)
        parent.entries.set(*item.key, &item);
}

void integrateContent(TransactionState& transaction, Item& item)
{
    switch (item.content.kind) {
    case ContentKind::deleted:
        transaction.deletes.add(item.id.client, item.id.clock, item.length);
        item.isDeleted = true;
        break;
    case ContentKind::format:
        item.parent->hasFormatting = true;
        item.parent->markers.clear();
        break;
    case ContentKind::type: item.content.branch()->item = &item; break;
    default: break;
    }
}

void becomeCollected(Item& item)
{
    item.left = item.right = nullptr;
    item.origin = item.rightOrigin = item.redone = std::nullopt;
    item.parent = nullptr;
    item.key = nullptr;
    item.keep = false;
    item.isDeleted = true;
    item.content = Content::ofKind(ContentKind::gc);
}

/// Takes the branch out of the item, empties it and keeps it for old handles; its items are appended to `below`.
void detachBranch(Store& store, Item& item, std::vector<Item*>& below)
{
    auto* owned = std::get_if<std::unique_ptr<Branch>>(&item.content.data);
    if (!owned)
        return;
    Branch& branch = **owned;
    for (Item* child = branch.start; child; child = child->right)
        below.push_back(child);
    for (const EntryTable::Entry* entry : branch.entries.inOrder()) {
        for (Item* child = entry->second; child; child = child->left)
            below.push_back(child);
    }
    branch.start = nullptr;
    branch.entries.clear();
    branch.markers.clear();
    branch.length = 0;
    branch.item = nullptr;
    branch.isCollected = true;
    store.collectedBranches.push_back(std::move(*owned));
}

} // namespace

Item& integrate(Store& store, TransactionState& transaction, std::unique_ptr<Item> owned, Item* left, Item* right)
{
    if (!owned->parent) {
        becomeCollected(*owned);
        return addToStore(store, transaction, std::move(owned));
    }
    if ((!left && (!right || right->left)) || (left && left->right != right))
        left = resolveConflicts(store, *owned, left, right);
    link(*owned, left);
    Branch& parent = *owned->parent;
    if (owned->key && !owned->right && owned->left)
        deleteItem(store, transaction, *owned->left);
    if (!owned->key && owned->isVisible()) {
        parent.length += owned->length;
        parent.markers.clear();
    }
    Item& item = addToStore(store, transaction, std::move(owned));
    integrateContent(transaction, item);
    noteChange(store, transaction, parent, item);
    if (parent.isDeleted() || (item.key && item.right))
        deleteItem(store, transaction, item);
    return item;
}

Item& insertLocal(Store& store, TransactionState& transaction, Branch& parent, Item* left, Item* right,
                  std::shared_ptr<const std::string> key, Content content, Clock length)
{
    auto item = std::make_unique<Item>();
    item->id = store.nextId();
    item->length = length;
    if (left)
        item->origin = left->lastId();
    if (right)
        item->rightOrigin = right->id;
    item->parent = &parent;
    item->key = std::move(key);
    item->content = std::move(content);
    return integrate(store, transaction, std::move(item), left, right);
}

void deleteItem(Store& store, TransactionState& transaction, Item& item)
{
    std::vector<Item*> stack{&item};
    while (!stack.empty()) {
        Item& next = *stack.back();
        stack.pop_back();
        if (next.isDeleted)
            continue;
        Branch& parent = *next.parent;
        if (next.isCountable() && !next.key) {
            parent.length -= next.length;
            parent.markers.clear();
        }
        next.isDeleted = true;
        transaction.deletes.add(next.id.client, next.id.clock, next.length);
        noteChange(store, transaction, parent, next);
        Branch* branch = next.content.branch();
        if (!branch)
            continue;
        transaction.dropChange(*branch);
        // Tombstones below can join their new neighbours once those are collected.
        const auto firstChild = static_cast<std::ptrdiff_t>(stack.size());
        const auto visit = [&](Item* child) {
            if (!child->isDeleted)
                stack.push_back(child);
            else if (store.isOlderThan(transaction, child->id))
                transaction.splits.push_back(child->id);
        };
        for (Item* child = branch->start; child; child = child->right)
            visit(child);
        for (const EntryTable::Entry* entry : branch->entries.inOrder())
            visit(entry->second);
        std::reverse(stack.begin() + firstChild, stack.end());
    }
}

void collect(Store& store, Item& item)
{
    assert(item.isDeleted);
    std::vector<Item*> below;
    detachBranch(store, item, below);
    item.content = Content::ofKind(ContentKind::deleted);
    for (std::size_t i = 0; i < below.size(); ++i) {
        // Reads the links of siblings before they are cut: all of a branch are listed at once.
        detachBranch(store, *below[i], below);
        becomeCollected(*below[i]);
    }
}

} // namespace tessera::crdt
