#include "undo_capture.h"

#include <algorithm>
#include <unordered_set>

#include "store_encoder.h"
#include "undo_ranges.h"

namespace tessera::crdt {
namespace {

/// It came back already. A type still tells where its children go.
[[nodiscard]] bool neverCopied(const Item& item)
{
    return item.isRedone && item.kind() != ContentKind::type;
}

[[nodiscard]] bool liesInDeletedType(const Item& item)
{
    return item.parent->item && item.parent->item->isDeleted;
}

/// Finds what the stacks need of a document besides its living content: deleted items, the deleted
/// types that they lie in with all that is in those, and how undone deletions lead to their copies.
class Capture
{
public:
    explicit Capture(const Store& store) : m_store(store) {}

    void takeDeleted(const std::vector<StackItem>& stack)
    {
        for (const StackItem& step : stack) {
            for (const DeleteSet::Entry& entry : step.deletions.entries()) {
                for (const ClockRange& range : entry.ranges)
                    takeRange(entry.client, range);
            }
        }
    }

    /// All of them: where a copy goes depends on what became of its old neighbours.
    void takeRedone()
    {
        std::vector<Item*> items;
        for (const auto& [item, copy] : m_store.redone)
            items.push_back(&m_store.find(item->id()));
        std::sort(items.begin(), items.end(), [](const Item* a, const Item* b) {
            return a->client != b->client ? a->client < b->client : a->clock < b->clock;
        });
        for (Item* item : items)
            want(*item);
    }

    /// Types before what lies in them, neighbours in their order.
    [[nodiscard]] std::vector<const Item*> kept()
    {
        for (std::size_t i = 0; i < m_wanted.size(); ++i)
            wantAround(*m_wanted[i]);
        std::vector<const Item*> kept;
        for (const Item* item : m_wanted) {
            if (!liesInDeletedType(*item) &&
                (item->kind() != ContentKind::deleted || item->isRedone))
                kept.push_back(item);
        }
        for (std::size_t i = 0; i < kept.size(); ++i)
            forEachChild(*kept[i], [&](Item& child) { kept.push_back(&child); });
        return kept;
    }

    /// Where a copy was undone itself, its own link comes first.
    [[nodiscard]] std::vector<RedoneLink> links() const
    {
        struct Visit {
            const Item* item;
            bool isDone;
        };
        std::vector<RedoneLink> links;
        std::unordered_set<const Item*> seen;
        std::vector<Visit> stack;
        for (const Item* item : m_wanted) {
            stack.push_back({item, false});
            while (!stack.empty()) {
                const auto [next, isDone] = stack.back();
                stack.pop_back();
                if (isDone) {
                    const Id from = m_store.publicId(next->id());
                    links.push_back(
                        {from, next->length, m_store.publicId(m_store.redoneOf(*next))});
                } else if (next->isRedone && seen.insert(next).second) {
                    stack.push_back({next, true});
                    forEachCopy(*next, [&](const Item& copy) { stack.push_back({&copy, false}); });
                }
            }
        }
        return links;
    }

private:
    void takeRange(ClientId client, ClockRange range)
    {
        allStructsIn(m_store, client, range, [&](Item& item, Clock, Clock) {
            want(item);
            return true;
        });
    }

    template <class Visit> void forEachCopy(const Item& item, Visit visit) const
    {
        const LocalId copy = m_store.redoneOf(item);
        allStructsIn(m_store, m_store.clients.id(copy.client), {copy.clock, item.length},
                     [&](Item& found, Clock, Clock) {
                         visit(found);
                         return true;
                     });
    }

    template <class Visit> static void forEachChild(const Item& item, Visit visit)
    {
        const Branch* branch = item.content.branch();
        for (Item* child = branch ? branch->start : nullptr; child; child = child->right)
            visit(*child);
        if (!branch)
            return;
        for (const EntryTable::Entry& entry : branch->entries.inOrder()) {
            Item* first = entry.last;
            while (first->left)
                first = first->left;
            for (Item* child = first; child; child = child->right)
                visit(*child);
        }
    }

    void want(Item& item)
    {
        if (item.isDeleted && !item.isGc() && m_seen.insert(&item).second)
            m_wanted.push_back(&item);
    }

    void wantAround(Item& item)
    {
        if (liesInDeletedType(item))
            want(*item.parent->item);
        if (item.isRedone)
            forEachCopy(item, [&](Item& copy) { want(copy); });
        forEachChild(item, [&](Item& child) { want(child); });
    }

    const Store& m_store;
    std::vector<Item*> m_wanted;
    std::unordered_set<const Item*> m_seen;
};

} // namespace

Bytes captureUndoState(const Store& store, UndoState state)
{
    state.known = store.stateVector();
    state.writer = store.clientId;
    Capture capture(store);
    for (const std::vector<StackItem>& stack : state.stacks)
        capture.takeDeleted(stack);
    if (!state.stacks[0].empty() || !state.stacks[1].empty())
        capture.takeRedone();
    const std::vector<const Item*> kept = capture.kept();
    WireWriter out;
    writeUndoHead(out, state);
    out.varUint(kept.size());
    for (const Item* item : kept) {
        const Id id = store.publicId(item->id());
        out.varUint(number(id.client));
        out.varUint(id.clock);
        encodeAlone(store, *item, neverCopied(*item) ? ContentKind::deleted : item->kind(), out);
    }
    writeLinks(out, capture.links());
    return sealUndoState(out.view());
}

} // namespace tessera::crdt
