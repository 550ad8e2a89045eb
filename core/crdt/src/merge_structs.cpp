#include "merge_structs.h"

#include <algorithm>

namespace tessera::crdt {
namespace {

/// Inclusive range of struct indexes that may join their left neighbour.
struct IndexRange {
    std::size_t first;
    std::size_t last;
};

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
            parent.entries[*right.key] = &left;
        left.content.append(std::move(right.content));
    }
    left.length += right.length;
}

/// Joins within the ranges, and on to the left as long as structs join. One pass, whatever the number of ranges.
void mergeRanges(StructList& structs, std::vector<IndexRange> ranges)
{
    std::sort(ranges.begin(), ranges.end(), [](const IndexRange& a, const IndexRange& b) { return a.first < b.first; });
    std::size_t read = 0;  // structs before it were looked at
    std::size_t write = 0; // and stand before this one
    const auto keepUntil = [&](std::size_t end) {
        if (read == write) {
            read = write = std::max(read, end);
            return;
        }
        for (; read < end; ++read)
            structs[write++] = std::move(structs[read]);
    };
    for (const IndexRange& range : ranges) {
        std::size_t first = std::max<std::size_t>(range.first, 1);
        while (first > std::max<std::size_t>(read, 1) && canMerge(*structs[first - 1], *structs[first]))
            --first;
        keepUntil(first);
        for (; read <= range.last; ++read) {
            if (canMerge(*structs[write - 1], *structs[read])) {
                merge(*structs[write - 1], *structs[read]);
                structs[read].reset();
            } else if (write++ != read) {
                structs[write - 1] = std::move(structs[read]);
            }
        }
    }
    if (read != write)
        keepUntil(structs.size());
    else
        write = structs.size();
    structs.resize(write);
}

} // namespace

void mergeAfter(Store& store, const TransactionState& transaction)
{
    std::unordered_map<std::uint64_t, std::vector<IndexRange>> ranges;
    const auto add = [&](ClientId client, Clock from, Clock to) {
        const StructList& structs = store.clients.at(number(client));
        const std::size_t last = structs.size() - 1;
        ranges[number(client)].push_back({findIndex(structs, from), std::min(findIndex(structs, to) + 1, last)});
    };
    for (const DeleteSet::Entry& entry : transaction.deletes.entries()) {
        for (const ClockRange& range : entry.ranges)
            add(entry.client, range.clock, range.end() - 1);
    }
    for (const auto& [client, before] : transaction.grown)
        add(client, before, store.state(client) - 1);
    for (const Id id : transaction.splits)
        add(id.client, id.clock, id.clock);
    for (auto& [client, ofClient] : ranges)
        mergeRanges(store.clients.at(client), std::move(ofClient));
}

} // namespace tessera::crdt
