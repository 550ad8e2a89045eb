#include "delete_set.h"

#include <algorithm>

#include "item.h"

namespace tessera::crdt {

void DeleteSet::add(ClientId client, Clock clock, Clock length)
{
    if (length == 0)
        return;
    const auto [found, isNew] = m_index.try_emplace(number(client), m_entries.size());
    if (isNew)
        m_entries.push_back({client, {}});
    std::vector<ClockRange>& ranges = m_entries[found->second].ranges;
    if (!ranges.empty() && ranges.back().end() == clock)
        ranges.back().length += length;
    else
        ranges.push_back({clock, length});
}

void DeleteSet::add(const DeleteSet& other)
{
    for (const Entry& entry : other.m_entries) {
        for (const ClockRange& range : entry.ranges)
            add(entry.client, range.clock, range.length);
    }
}

void DeleteSet::sortAndMerge()
{
    for (Entry& entry : m_entries) {
        std::vector<ClockRange>& ranges = entry.ranges;
        std::sort(ranges.begin(), ranges.end(),
                  [](const ClockRange& a, const ClockRange& b) { return a.clock < b.clock; });
        std::size_t last = 0;
        for (std::size_t i = 1; i < ranges.size(); ++i) {
            if (ranges[i].clock <= ranges[last].end())
                ranges[last].length = std::max(ranges[last].end(), ranges[i].end()) - ranges[last].clock;
            else
                ranges[++last] = ranges[i];
        }
        ranges.resize(last + 1);
    }
}

bool DeleteSet::contains(Id id) const
{
    const auto found = m_index.find(number(id.client));
    if (found == m_index.end())
        return false;
    const std::vector<ClockRange>& ranges = m_entries[found->second].ranges;
    const auto after = std::upper_bound(ranges.begin(), ranges.end(), id.clock,
                                        [](Clock clock, const ClockRange& range) { return clock < range.clock; });
    return after != ranges.begin() && id.clock < std::prev(after)->end();
}

void writeDeleteSet(ByteWriter& writer, const DeleteSet& set)
{
    std::vector<const DeleteSet::Entry*> sorted;
    for (const DeleteSet::Entry& entry : set.entries())
        sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->client > b->client; });
    writer.writeVarUint(sorted.size());
    for (const DeleteSet::Entry* entry : sorted) {
        writer.writeVarUint(number(entry->client));
        writer.writeVarUint(entry->ranges.size());
        for (const ClockRange& range : entry->ranges) {
            writer.writeVarUint(range.clock);
            writer.writeVarUint(range.length);
        }
    }
}

Result<DeleteSet, DecodeError> readDeleteSet(ByteReader& reader)
{
    DeleteSet set;
    TESSERA_TRY(clientCount, reader.readVarUint());
    for (std::uint64_t i = 0; i < clientCount; ++i) {
        TESSERA_TRY(client, reader.readVarUint());
        TESSERA_TRY(rangeCount, reader.readVarUint());
        for (std::uint64_t k = 0; k < rangeCount; ++k) {
            TESSERA_TRY(clock, reader.readVarUint());
            TESSERA_TRY(length, reader.readVarUint());
            if (length > maxClock - clock)
                return fail(reader.errorHere(DecodeErrc::varintTooLong));
            set.add(ClientId{client}, clock, length);
        }
    }
    set.sortAndMerge();
    return set;
}

} // namespace tessera::crdt
