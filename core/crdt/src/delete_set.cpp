#include "delete_set.h"

#include <algorithm>

#include "struct_view.h"

namespace tessera::crdt {
namespace {

/// With more clients than this an index finds an entry sooner.
constexpr std::size_t indexedFrom = 8;
/// The fewest that a range takes in an update.
constexpr std::size_t bytesPerRange = 2;

} // namespace

const DeleteSet::Entry* DeleteSet::find(ClientId client) const
{
    if (m_used > indexedFrom) {
        const auto found = m_index->find(number(client));
        return found == m_index->end() ? nullptr : &m_entries[found->second];
    }
    const auto used = entries();
    const auto found = std::find_if(used.begin(), used.end(), [&](const Entry& entry) { return entry.client == client; });
    return found == used.end() ? nullptr : &*found;
}

DeleteSet::Entry& DeleteSet::entryOf(ClientId client)
{
    if (const Entry* known = find(client)) {
        m_last = static_cast<std::size_t>(known - m_entries.data());
        return m_entries[m_last];
    }
    if (m_used == m_entries.size())
        m_entries.emplace_back();
    m_last = m_used++;
    Entry& entry = m_entries[m_last];
    entry.client = client;
    entry.ranges.clear();
    if (m_used == indexedFrom + 1) {
        m_index = std::make_unique<Index>();
        for (std::size_t i = 0; i < m_used; ++i)
            m_index->emplace(number(m_entries[i].client), i);
    } else if (m_used > indexedFrom) {
        m_index->emplace(number(client), m_used - 1);
    }
    return entry;
}

void DeleteSet::clear()
{
    m_used = 0;
    m_index.reset();
    if (m_entries.size() > indexedFrom)
        m_entries.resize(indexedFrom);
}

void DeleteSet::add(const DeleteSet& other)
{
    for (const Entry& entry : other.entries()) {
        for (const ClockRange& range : entry.ranges)
            add(entry.client, range.clock, range.length);
    }
}

void DeleteSet::sortAndMerge()
{
    for (Entry& entry : std::span(m_entries.data(), m_used)) {
        std::vector<ClockRange>& ranges = entry.ranges;
        const auto isEarlier = [](const ClockRange& a, const ClockRange& b) { return a.clock < b.clock; };
        if (!std::is_sorted(ranges.begin(), ranges.end(), isEarlier))
            std::sort(ranges.begin(), ranges.end(), isEarlier);
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
    const Entry* entry = find(id.client);
    if (!entry)
        return false;
    const std::vector<ClockRange>& ranges = entry->ranges;
    const auto after = std::upper_bound(ranges.begin(), ranges.end(), id.clock,
                                        [](Clock clock, const ClockRange& range) { return clock < range.clock; });
    return after != ranges.begin() && id.clock < std::prev(after)->end();
}

bool DeleteSet::hasAdded(ClientId client, const ClockRange& range, std::size_t& at) const
{
    const Entry* entry = find(client);
    if (!entry)
        return false;
    const std::vector<ClockRange>& ranges = entry->ranges;
    while (at < ranges.size() && ranges[at].end() <= range.clock)
        ++at;
    return at < ranges.size() && ranges[at].clock <= range.clock && range.end() <= ranges[at].end();
}

std::vector<const DeleteSet::Entry*> DeleteSet::byDescendingClient() const
{
    std::vector<const Entry*> sorted;
    for (const Entry& entry : entries())
        sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->client > b->client; });
    return sorted;
}

bool operator==(const DeleteSet& a, const DeleteSet& b)
{
    const auto entries = a.entries();
    return a.m_used == b.m_used && std::all_of(entries.begin(), entries.end(), [&](const DeleteSet::Entry& entry) {
               const DeleteSet::Entry* other = b.find(entry.client);
               return other && other->ranges == entry.ranges;
           });
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
            if (k == 0)
                set.expect(ClientId{client}, std::min<std::size_t>(rangeCount, reader.remaining() / bytesPerRange));
        }
    }
    set.sortAndMerge();
    return set;
}

} // namespace tessera::crdt
