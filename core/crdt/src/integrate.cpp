#include "integrate.h"

#include <algorithm>
#include <cassert>
#include <unordered_map>

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
    return item.key ? firstOfChain(item.parent->entry(item.key)) : item.parent->start;
}

/// Items passed so far, numbered. A few are looked through; many get an index.
class Passed
{
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    void add(const Item* item)
    {
        if (m_items.size() == lookedThrough) {
            for (std::size_t i = 0; i < m_items.size(); ++i)
                m_index.emplace(m_items[i], i);
        }
        if (m_items.size() >= lookedThrough)
            m_index.emplace(item, m_items.size());
        m_items.push_back(item);
    }
    [[nodiscard]] std::size_t count() const { return m_items.size(); }
    [[nodiscard]] std::size_t find(const Item* item) const
    {
        if (m_items.size() > lookedThrough) {
            const auto found = m_index.find(item);
            return found == m_index.end() ? none : found->second;
        }
        const auto found = std::find(m_items.begin(), m_items.end(), item);
        return found == m_items.end() ? none : static_cast<std::size_t>(found - m_items.begin());
    }

private:
    static constexpr std::size_t lookedThrough = 24;
    std::vector<const Item*> m_items;
    std::unordered_map<const Item*, std::size_t> m_index;
};

/// The left neighbour after the items that were inserted at the same place concurrently.
Item* resolveConflicts(Store& store, const Item& item, Item* left, const Item* right)
{
    // Items from `conflictStart` on still conflict with `item`.
    Passed passed;
    std::size_t conflictStart = 0;
    const LocalId itemOrigin = item.origin();
    const ClientId itemClient = store.clients.id(item.client);
    for (Item* other = left ? left->right : firstOf(item); other && other != right; other = other->right) {
        passed.add(other);
        const LocalId origin = other->origin();
        if (origin == itemOrigin) {
            if (store.clients.id(other->client) < itemClient) {
                left = other;
                conflictStart = passed.count();
            } else if (other->rightOrigin() == item.rightOrigin()) {
                break;
            }
            continue;
        }
        const std::size_t place = origin.isNone() ? Passed::none : passed.find(&store.find(origin));
        if (place == Passed::none)
            break;
        if (place < conflictStart) {
            left = other;
            conflictStart = passed.count();
        }
    }
    return left;
}

void noteChange(TransactionState& transaction, Branch& branch, const Item& item)
{
    if (!branch.item || (transaction.isOlder(branch.item->id()) && !branch.item->isDeleted))
        transaction.noteChange(branch, item.key);
}

void addToStore(Store& store, TransactionState& transaction, Item& item)
{
    StructList& structs = store.clients.structs(item.client);
    transaction.noteGrowth(item.client, structs.state());
    structs.append(&item);
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
        parent.entries.set(item.key, &item);
}

Subdocument subdocumentIn(const Store& store, const Item& item)
{
    return subdocumentOf(store.subdocuments, store.publicId(item.id()), item.content);
}

void integrateContent(Store& store, TransactionState& transaction, Item& item)
{
    switch (item.kind()) {
    case ContentKind::deleted:
        transaction.deletes.add(store.clients.id(item.client), item.clock, item.length);
        item.isDeleted = true;
        break;
    case ContentKind::format: item.parent->hasFormatting = true; break;
    case ContentKind::type: item.content.branch()->item = &item; break;
    case ContentKind::subdocument:
        noteSubdocumentAdded(store.subdocuments, transaction.subdocuments, subdocumentIn(store, item));
        break;
    default: break;
    }
}

void becomeCollected(Store& store, Item& item)
{
    if (item.isRedone)
        store.redone.erase(&item);
    item.isRedone = item.keep = item.startsBlock = false;
    item.left = item.right = nullptr;
    item.parent = nullptr;
    item.key = 0;
    item.isDeleted = true;
    item.content = Content::ofKind(ContentKind::gc);
}

/// Takes the branch out of the item, empties it and keeps it for old handles; its items are appended to `below`.
void detachBranch(Store& store, Item& item, std::vector<Item*>& below)
{
    if (!item.content.branch())
        return;
    std::unique_ptr<Branch> owned = item.content.takeBranch();
    Branch& branch = *owned;
    for (Item* child = branch.start; child; child = child->right)
        below.push_back(child);
    for (const EntryTable::Entry& entry : branch.entries.inOrder()) {
        for (Item* child = entry.last; child; child = child->left)
            below.push_back(child);
    }
    branch.start = nullptr;
    branch.entries.clear();
    branch.positions.reset();
    branch.length = 0;
    branch.item = nullptr;
    branch.isCollected = true;
    store.collectedBranches.push_back(std::move(owned));
}

/// Puts what lies below on the stack, first child on top.
void deleteOne(Store& store, TransactionState& transaction, Item& item, std::vector<Item*>& stack)
{
    Branch& parent = *item.parent;
    const Clock hidden = item.key ? 0 : item.visibleLength();
    item.isDeleted = true;
    parent.length -= hidden;
    if (hidden > 0 && parent.positions)
        parent.positions->hidden(item, hidden);
    transaction.deletes.add(store.clients.id(item.client), item.clock, item.length);
    noteChange(transaction, parent, item);
    if (item.kind() == ContentKind::subdocument)
        noteSubdocumentRemoved(store.subdocuments, transaction.subdocuments, subdocumentIn(store, item));
    Branch* branch = item.content.branch();
    if (!branch)
        return;
    transaction.dropChange(*branch);
    // Tombstones below can join their new neighbours once those are collected.
    const auto firstChild = static_cast<std::ptrdiff_t>(stack.size());
    const auto visit = [&](Item* child) {
        if (!child->isDeleted)
            stack.push_back(child);
        else if (transaction.isOlder(child->id()))
            transaction.splits.push_back(child->id());
    };
    for (Item* child = branch->start; child; child = child->right)
        visit(child);
    for (const EntryTable::Entry& entry : branch->entries.inOrder())
        visit(entry.last);
    std::reverse(stack.begin() + firstChild, stack.end());
}

} // namespace

void integrate(Store& store, TransactionState& transaction, Item& item, Item* left, Item* right)
{
    if (!item.parent) {
        becomeCollected(store, item);
        return addToStore(store, transaction, item);
    }
    if ((!left && (!right || right->left)) || (left && left->right != right))
        left = resolveConflicts(store, item, left, right);
    link(item, left);
    Branch& parent = *item.parent;
    if (item.key && !item.right && item.left)
        deleteItem(store, transaction, *item.left);
    addToStore(store, transaction, item);
    integrateContent(store, transaction, item);
    if (!item.key) {
        parent.length += item.visibleLength();
        if (parent.positions)
            parent.positions->inserted(item);
    }
    noteChange(transaction, parent, item);
    if (parent.isDeleted() || (item.key && item.right))
        deleteItem(store, transaction, item);
}

Item& insertLocal(Store& store, TransactionState& transaction, Branch& parent, Item* left, Item* right, KeyId key,
                  Content content, Clock length)
{
    Item& item = *store.items.make(left ? left->lastId() : LocalId{}, right ? right->id() : LocalId{});
    const LocalId id = store.nextId();
    item.client = id.client;
    item.clock = id.clock;
    item.length = length;
    item.parent = &parent;
    item.key = key;
    item.content = std::move(content);
    integrate(store, transaction, item, left, right);
    return item;
}

void deleteItem(Store& store, TransactionState& transaction, Item& first)
{
    std::vector<Item*> stack;
    Item* next = &first;
    for (;;) {
        if (!next->isDeleted)
            deleteOne(store, transaction, *next, stack);
        if (stack.empty())
            return;
        next = stack.back();
        stack.pop_back();
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
        becomeCollected(store, *below[i]);
    }
}

} // namespace tessera::crdt
