#pragma once

#include <unordered_map>
#include <vector>

#include <core/base/bytes.h>
#include <core/crdt/id.h>

/// Ranges of deleted (or otherwise selected) clocks per client. Clients keep the order in which they came, because
/// undo walks them in that order and so fixes the ids it hands out.
namespace tessera::crdt {

struct ClockRange {
    Clock clock{};
    Clock length{};
    [[nodiscard]] Clock end() const { return clock + length; }
    friend bool operator==(const ClockRange&, const ClockRange&) = default;
};

class DeleteSet
{
public:
    struct Entry {
        ClientId client{};
        std::vector<ClockRange> ranges;
    };

    /// A range of length 0 is dropped.
    void add(ClientId client, Clock clock, Clock length);
    void add(const DeleteSet& other);
    /// Ascending and disjoint; touching ranges become one. `contains` needs it.
    void sortAndMerge();
    [[nodiscard]] bool contains(Id id) const;
    [[nodiscard]] bool hasClient(ClientId client) const { return m_index.contains(number(client)); }
    [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }

private:
    std::vector<Entry> m_entries;
    std::unordered_map<std::uint64_t, std::size_t> m_index;
};

/// Clients by descending id, as Yjs writes them.
void writeDeleteSet(ByteWriter& writer, const DeleteSet& set);
/// The result is sorted and merged. Errors: truncated, varintTooLong (also for a range that ends past 2^53 - 1).
Result<DeleteSet, DecodeError> readDeleteSet(ByteReader& reader);

} // namespace tessera::crdt
