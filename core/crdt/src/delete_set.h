#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include <core/base/bytes.h>
#include <core/crdt/id.h>

/// Ranges of deleted (or otherwise selected) clocks per client. Clients keep the order in which they came, because
/// undo walks them in that order and so fixes the ids it hands out.
namespace tessera::crdt {

class DeleteSet
{
public:
    struct Entry {
        ClientId client{};
        std::vector<ClockRange> ranges;
    };

    DeleteSet() = default;
    DeleteSet(DeleteSet&& other) noexcept
        : m_entries(std::move(other.m_entries)), m_used(std::exchange(other.m_used, 0)), m_index(std::move(other.m_index))
    {
    }
    DeleteSet(const DeleteSet& other) { add(other); }
    DeleteSet& operator=(DeleteSet other) noexcept
    {
        m_entries.swap(other.m_entries);
        std::swap(m_used, other.m_used);
        m_index.swap(other.m_index);
        return *this;
    }
    ~DeleteSet() = default;

    /// A range of length 0 is dropped. Amortised O(1).
    void add(ClientId client, Clock clock, Clock length)
    {
        if (length == 0)
            return;
        const bool isSame = m_last < m_used && m_entries[m_last].client == client; // as most often
        std::vector<ClockRange>& ranges = (isSame ? m_entries[m_last] : entryOf(client)).ranges;
        if (!ranges.empty() && ranges.back().end() == clock)
            ranges.back().length += length;
        else
            ranges.push_back({clock, length});
    }
    void add(const DeleteSet& other);
    /// Ascending and disjoint; touching ranges become one. `contains` needs it. O(n log n), O(n) when in order.
    void sortAndMerge();
    /// Empties the set but keeps its memory for the next use.
    void clear();
    /// O(log ranges).
    [[nodiscard]] bool contains(Id id) const;
    /// Makes room for more ranges of a client that has some.
    void expect(ClientId client, std::size_t ranges)
    {
        if (hasClient(client) && ranges > entryOf(client).ranges.capacity())
            entryOf(client).ranges.reserve(ranges);
    }
    /// Whether the range lies in one that was added, as far as a search onwards from `at` finds: O(ranges) for all of
    /// a client's ranges in ascending order, if that is how they were added.
    [[nodiscard]] bool hasAdded(ClientId client, const ClockRange& range, std::size_t& at) const;
    [[nodiscard]] bool hasClient(ClientId client) const { return find(client) != nullptr; }
    [[nodiscard]] bool isEmpty() const { return m_used == 0; }
    [[nodiscard]] std::span<const Entry> entries() const { return {m_entries.data(), m_used}; }
    /// As Yjs writes them.
    [[nodiscard]] std::vector<const Entry*> byDescendingClient() const;
    /// Same ranges, whatever the order of the clients. Both sorted and merged.
    friend bool operator==(const DeleteSet& a, const DeleteSet& b);

private:
    using Index = std::unordered_map<std::uint64_t, std::size_t>;
    [[nodiscard]] const Entry* find(ClientId client) const;
    Entry& entryOf(ClientId client);

    std::vector<Entry> m_entries; ///< those from m_used on are spare
    std::size_t m_used = 0;
    std::size_t m_last = 0; ///< entry that was added to last
    std::unique_ptr<Index> m_index; ///< only for more clients than a look along the row is worth
};

/// The delete set of an update v1. The result is sorted and merged.
/// Errors: truncated, varintTooLong (also for a range that ends past 2^53 - 1).
Result<DeleteSet, DecodeError> readDeleteSet(ByteReader& reader);

} // namespace tessera::crdt
