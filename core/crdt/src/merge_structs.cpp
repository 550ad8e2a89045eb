#include "merge_structs.h"

namespace tessera::crdt {
namespace {

bool canMerge(const Item& left, const Item& right)
{
    if (left.isGc() || right.isGc())
        return left.isGc() && right.isGc();
    return left.right == &right && right.origin() == left.lastId() && left.rightOrigin() == right.rightOrigin() &&
           left.isDeleted == right.isDeleted && !left.isRedone && !right.isRedone &&
           left.content.canAppend(right.content);
}

void merge(Store& store, Item& left, Item& right)
{
    if (!left.isGc()) {
        Branch& parent = *left.parent;
        if (!left.key && parent.positions)
            parent.positions->joining(left, right);
        left.keep = left.keep || right.keep;
        left.right = right.right;
        if (left.right)
            left.right->left = &left;
        else if (right.key)
            parent.entries.set(right.key, &left);
        left.content.append(std::move(right.content));
    }
    left.length += right.length;
    store.items.release(&right);
}

/// Joins the structs of one client in the order in which Yjs tries it: what joined earlier widens later tries.
class Joiner
{
public:
    Joiner(Store& store, StructList& structs) : m_store(store), m_structs(structs) {}

    void joinAround(const ClockRange& deleted)
    {
        Place place = m_structs.find(deleted.end() - 1);
        m_structs.stepForward(place);
        while (!m_structs.isFirst(place) && m_structs.at(place).clock >= deleted.clock) {
            place = joinLeft(place).place;
            if (!m_structs.stepBack(place))
                break;
        }
    }

    void joinFrom(Clock clock)
    {
        // Never the very first, which has nothing to its left.
        Place place = m_structs.lastPlace();
        Place before = place;
        while (m_structs.at(place).end() > clock && m_structs.stepBack(before)) {
            if (canMerge(m_structs.at(before), m_structs.at(place)))
                before = place = joinLeft(place).place;
            else
                place = before;
        }
    }

    /// The struct that starts at `clock`, if one still does, with those to its left.
    void joinStart(Clock clock)
    {
        const Place place = m_structs.find(clock);
        if (m_structs.at(place).clock == clock)
            joinLeft(place);
    }

    void joinAt(Clock clock)
    {
        Place place = m_structs.find(clock);
        Place next = place;
        if (m_structs.stepForward(next) && joinLeft(next).count > 1)
            return;
        // The struct may have grown, but starts where it did.
        place = m_structs.find(clock);
        joinLeft(place);
    }

private:
    using Place = StructList::Place;
    struct Joined {
        Place place;       ///< of the struct that took in the others
        std::size_t count; ///< how many it took in
    };

    /// Joins a struct with those to its left as far as they go. The leftmost takes in the others from left to right:
    /// the other way round a long run of short texts would be copied over and over.
    Joined joinLeft(Place place)
    {
        Place first = place;
        std::size_t count = 0;
        for (Place before = first; m_structs.stepBack(before) && canMerge(m_structs.at(before), m_structs.at(first)); ++count)
            first = before;
        if (count == 0)
            return {place, 0};
        Item& left = m_structs.at(first);
        Place next = first;
        for (std::size_t i = 0; i < count; ++i) {
            m_structs.stepForward(next);
            merge(m_store, left, m_structs.at(next));
        }
        m_structs.removeAfter(first, count);
        return {first, count};
    }

    Store& m_store;
    StructList& m_structs;
};

} // namespace

void mergeAfter(Store& store, const TransactionState& transaction)
{
    // What starts among the new structs is tried with all of those, once: joining has the same result in any order.
    for (const DeleteSet::Entry& entry : transaction.deletes.entries()) {
        const ClientRef client = store.clients.refOf(entry.client);
        Joiner joiner(store, store.clients.structs(client));
        for (auto range = entry.ranges.rbegin(); range != entry.ranges.rend(); ++range) {
            if (transaction.isOlder({client, range->clock}))
                joiner.joinAround(*range);
        }
    }
    // Among new structs few can join, and those were noted; but what is collected joins with whatever else is. A
    // handful is walked sooner than found again.
    constexpr Clock walkedUnits = 16;
    const bool mayJoinAnywhere = transaction.hasDeleted || transaction.hasCollected;
    for (const TransactionState::Grown& grown : transaction.grown()) {
        if (mayJoinAnywhere || grown.after - grown.before <= walkedUnits)
            Joiner(store, store.clients.structs(grown.client)).joinFrom(grown.before);
    }
    const auto newlyMade = [&](const LocalId& id) { return !mayJoinAnywhere && !transaction.isOlder(id); };
    for (auto next = transaction.joinable.rbegin(); next != transaction.joinable.rend(); ++next) {
        if (newlyMade(*next))
            Joiner(store, store.clients.structs(next->client)).joinStart(next->clock);
    }
    for (auto split = transaction.splits.rbegin(); split != transaction.splits.rend(); ++split) {
        Joiner joiner(store, store.clients.structs(split->client));
        if (transaction.isOlder(*split))
            joiner.joinAt(split->clock);
        else if (newlyMade(*split))
            joiner.joinStart(split->clock);
    }
}

} // namespace tessera::crdt
