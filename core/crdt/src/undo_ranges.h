#pragma once

#include <map>

#include "store.h"

namespace tessera::crdt {

/// Calls `visit(item, from, to)` for each struct that has clocks of the range and the clocks that
/// it has of it, without cutting anything. Ends early, and returns false, when `visit` does. False
/// also when the range is not all known.
template <class Visit>
bool allStructsIn(const Store& store, ClientId client, ClockRange range, Visit visit)
{
    const ClientRef ref = store.clients.find(client);
    if (ref == noClient || store.clients.structs(ref).state() < range.end())
        return false;
    const StructList& structs = store.clients.structs(ref);
    StructList::Place place = structs.find(range.clock);
    do {
        Item& item = structs.at(place);
        if (item.clock >= range.end())
            return true;
        if (!visit(item, std::max<Clock>(item.clock, range.clock),
                   std::min(item.end(), range.end())))
            return false;
    } while (structs.stepForward(place));
    return true;
}

/// Clocks of several clients, to be asked while they are collected. O(log n) each.
class ClockSet
{
public:
    [[nodiscard]] bool overlaps(Id first, Clock length) const
    {
        const auto ranges = m_ranges.find(first.client);
        if (ranges == m_ranges.end())
            return false;
        const auto after = ranges->second.lower_bound(first.clock + length);
        return after != ranges->second.begin() && std::prev(after)->second > first.clock;
    }
    [[nodiscard]] bool covers(Id first, Clock length) const
    {
        const auto ranges = m_ranges.find(first.client);
        if (ranges == m_ranges.end())
            return false;
        const auto after = ranges->second.upper_bound(first.clock);
        return after != ranges->second.begin() && std::prev(after)->second >= first.clock + length;
    }
    void add(Id first, Clock length)
    {
        auto& ranges = m_ranges[first.client];
        Clock start = first.clock;
        Clock end = first.clock + length;
        auto next = ranges.upper_bound(start);
        if (next != ranges.begin() && std::prev(next)->second >= start)
            --next;
        while (next != ranges.end() && next->first <= end) {
            start = std::min(start, next->first);
            end = std::max(end, next->second);
            next = ranges.erase(next);
        }
        ranges.emplace(start, end);
    }

private:
    std::map<ClientId, std::map<Clock, Clock>> m_ranges; ///< first clock, end
};

} // namespace tessera::crdt
