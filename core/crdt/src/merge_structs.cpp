#include "merge_structs.h"

#include <map>

namespace tessera::crdt {
namespace {

bool canMerge(const Item& left, const Item& right)
{
    if (left.isGc() || right.isGc())
        return left.isGc() && right.isGc();
    return right.origin == left.lastId() && left.right == &right && left.rightOrigin == right.rightOrigin &&
           left.end() == right.id.clock && left.isDeleted == right.isDeleted && !left.redone && !right.redone &&
           left.content.canAppend(right.content);
}

void merge(Item& left, Item& right)
{
    if (!left.isGc()) {
        Branch& parent = *left.parent;
        for (SearchMarker& marker : parent.markers) {
            if (marker.item == &right) {
                marker.item = &left;
                marker.index -= left.isVisible() ? left.length : 0;
            }
        }
        left.keep = left.keep || right.keep;
        left.right = right.right;
        if (left.right)
            left.right->left = &left;
        else if (right.key)
            parent.entries.set(*right.key, &left);
        left.content.append(std::move(right.content));
    }
    left.length += right.length;
}

/// Decides which structs of one client join, in the order in which Yjs tries it (what joined earlier widens later
/// tries), and then joins them in one pass.
class Joiner
{
public:
    explicit Joiner(StructList& structs) : m_structs(structs) {}

    void joinAround(const ClockRange& deleted)
    {
        Group group = groupOf(findIndex(m_structs, deleted.end() - 1));
        if (group.last + 1 < m_structs.size())
            group = groupOf(group.last + 1);
        while (group.first > 0 && m_structs[group.first]->id.clock >= deleted.clock) {
            group = joinLeft(group).group;
            if (group.first == 0)
                break;
            group = groupOf(group.first - 1);
        }
    }

    void joinFrom(Clock clock)
    {
        const Group known = groupOf(findIndex(m_structs, clock));
        const std::size_t stop = known.first == 0 ? known.last + 1 : known.first;
        for (std::size_t next = m_structs.size(); next > stop;)
            next = joinLeft(groupOf(next - 1)).group.first;
    }

    void joinAt(Clock clock)
    {
        const Group group = groupOf(findIndex(m_structs, clock));
        if (group.last + 1 < m_structs.size() && joinLeft(groupOf(group.last + 1)).count > 1)
            return;
        joinLeft(groupOf(group.first));
    }

    void finish()
    {
        if (m_lastOf.empty())
            return;
        std::size_t write = m_lastOf.begin()->first;
        std::size_t read = write;
        for (const auto& [first, last] : m_lastOf) {
            while (read < first)
                moveDown(write++, read++);
            moveDown(write++, read++);
            for (; read <= last; ++read)
                merge(*m_structs[write - 1], *m_structs[read]);
        }
        while (read < m_structs.size())
            moveDown(write++, read++);
        m_structs.resize(write);
    }

private:
    /// Inclusive range of structs that will be one.
    struct Group {
        std::size_t first;
        std::size_t last;
    };
    struct Joined {
        Group group;
        std::size_t count;
    };

    [[nodiscard]] Group groupOf(std::size_t index) const
    {
        auto found = m_lastOf.upper_bound(index);
        if (found != m_lastOf.begin() && std::prev(found)->second >= index)
            return {std::prev(found)->first, std::prev(found)->second};
        return {index, index};
    }

    Joined joinLeft(Group group)
    {
        std::size_t count = 0;
        while (group.first > 0 && canMerge(*m_structs[group.first - 1], *m_structs[group.first])) {
            m_lastOf.erase(group.first);
            group.first = groupOf(group.first - 1).first;
            m_lastOf[group.first] = group.last;
            ++count;
        }
        return {group, count};
    }

    void moveDown(std::size_t to, std::size_t from)
    {
        if (to != from)
            m_structs[to] = std::move(m_structs[from]);
    }

    StructList& m_structs;
    std::map<std::size_t, std::size_t> m_lastOf; ///< groups of two and more
};

} // namespace

void mergeAfter(Store& store, const TransactionState& transaction)
{
    std::unordered_map<std::uint64_t, Joiner> joiners;
    const auto of = [&](ClientId client) -> Joiner& {
        return joiners.try_emplace(number(client), store.clients.at(number(client))).first->second;
    };
    for (const DeleteSet::Entry& entry : transaction.deletes.entries()) {
        for (auto range = entry.ranges.rbegin(); range != entry.ranges.rend(); ++range)
            of(entry.client).joinAround(*range);
    }
    for (const auto& [client, before] : transaction.grown)
        of(client).joinFrom(before);
    for (auto split = transaction.splits.rbegin(); split != transaction.splits.rend(); ++split)
        of(split->client).joinAt(split->clock);
    for (auto& [client, joiner] : joiners)
        joiner.finish();
}

} // namespace tessera::crdt
