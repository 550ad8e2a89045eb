#include "redo_items.h"

#include <algorithm>
#include <unordered_set>

namespace tessera::crdt {
namespace {

class Redo
{
public:
    Redo(Store& store, TransactionState& transaction, const std::vector<Item*>& items, const RedoContext& context)
        : m_store(store), m_transaction(transaction), m_items(items.begin(), items.end()), m_context(context)
    {
    }

    /// The copy; first those of the deleted types around it that come back in the same step.
    Item* redo(Item& item)
    {
        std::vector<Item*> outward{&item};
        for (;;) {
            const Item& inner = *outward.back();
            Item* parent = inner.parent->item;
            if (inner.isRedone || !parent || !parent->isDeleted || parent->isRedone || !m_items.contains(parent))
                break;
            outward.push_back(parent);
        }
        Item* copy = nullptr;
        for (auto next = outward.rbegin(); next != outward.rend(); ++next) {
            copy = redoInLiveParent(**next);
            if (!copy)
                return nullptr;
        }
        return copy;
    }

private:
    Item* redoInLiveParent(Item& item)
    {
        if (item.isRedone)
            return copyOf(item);
        Branch* parent = liveParent(item);
        if (!parent)
            return nullptr;
        Item* left = nullptr;
        Item* right = nullptr;
        if (item.key) {
            bool isForeign = false;
            left = chainEnd(item, *parent, isForeign);
            if (isForeign)
                return nullptr;
        } else {
            left = neighbour(item.left, *parent, &Item::left);
            right = neighbour(&item, *parent, &Item::right);
        }
        Item& copy = *m_store.items.make(left ? left->lastId() : LocalId{}, right ? right->id() : LocalId{});
        const LocalId id = m_store.nextId();
        copy.client = id.client;
        copy.clock = id.clock;
        copy.length = item.length;
        copy.parent = parent;
        copy.key = item.key;
        copy.content = item.content.copy();
        m_store.setRedone(item, id);
        keepWithAncestors(copy, true);
        integrate(m_store, m_transaction, copy, left, right);
        return &copy;
    }

    Item* copyOf(const Item& item) { return &m_store.findStart(m_transaction, m_store.redoneOf(item)); }

    /// The branch the copy goes to; null when its type stays deleted.
    Branch* liveParent(const Item& item)
    {
        Item* parent = item.parent->item;
        if (!parent || !parent->isDeleted)
            return item.parent->isCollected ? nullptr : item.parent;
        if (!parent->isRedone)
            return nullptr;
        while (parent->isRedone)
            parent = copyOf(*parent);
        return parent->content.branch();
    }

    /// The nearest item in that direction which stands in the list of `parent`, itself or by its copy. Copies of list
    /// items are list items; only forged links lead elsewhere.
    Item* neighbour(Item* from, const Branch& parent, Item* Item::*next)
    {
        for (; from; from = from->*next) {
            Item* trace = from;
            while (trace && (trace->parent != &parent || trace->key))
                trace = trace->isRedone ? copyOf(*trace) : nullptr;
            if (trace)
                return trace;
        }
        return nullptr;
    }

    Item* chainEnd(Item& item, Branch& parent, bool& isForeign)
    {
        Item* left = parent.entry(item.key);
        if (item.right && !m_context.ignoreRemoteMapChanges) {
            left = lastOfOurs(item);
            isForeign = !left || left->right != nullptr;
        }
        return left && left->parent != &parent ? parent.entry(item.key) : left;
    }

    /// How far to the right, also by way of copies, the chain is ours. Null when forged links lead to another key or
    /// round in a circle.
    Item* lastOfOurs(Item& item)
    {
        Item* left = &item;
        const Item* passed = left;
        for (std::size_t steps = 1, next = 16; left->right && isOurs(*left->right); ++steps) {
            left = left->right;
            while (left->isRedone)
                left = copyOf(*left);
            if (left == passed || left->key != item.key)
                return nullptr;
            if (steps == next) {
                passed = left;
                next *= 2;
            }
        }
        return left;
    }

    [[nodiscard]] bool isOurs(const Item& item) const
    {
        const Id id = m_store.publicId(item.id());
        const auto deletes = [&](const StackItem& stackItem) { return stackItem.deletions.contains(id); };
        return item.isRedone || m_context.alsoDeleted.contains(id) ||
               std::any_of(m_context.undoStack.begin(), m_context.undoStack.end(), deletes) ||
               std::any_of(m_context.redoStack.begin(), m_context.redoStack.end(), deletes);
    }

    Store& m_store;
    TransactionState& m_transaction;
    std::unordered_set<const Item*> m_items;
    const RedoContext& m_context;
};

} // namespace

Item& followRedone(Store& store, TransactionState& transaction, Item& item)
{
    Item* live = &item;
    while (live->isRedone)
        live = &store.findStart(transaction, store.redoneOf(*live));
    return *live;
}

void keepWithAncestors(Item& item, bool keep)
{
    for (Item* next = &item; next && next->keep != keep; next = next->parent->item)
        next->keep = keep;
}

bool redoItems(Store& store, TransactionState& transaction, const std::vector<Item*>& items,
               const RedoContext& context)
{
    Redo redo(store, transaction, items, context);
    bool changed = false;
    for (Item* item : items)
        changed = redo.redo(*item) != nullptr || changed;
    return changed;
}

} // namespace tessera::crdt
