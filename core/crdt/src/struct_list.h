#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <vector>

#include "item.h"

namespace tessera::crdt {

/// The structs of one client by ascending clock, without holes from clock 0. Short rows instead of one array, so that
/// a cut in the middle moves a few entries and not all that follow. Does not own the items.
class StructList
{
public:
    /// A struct's place; any change to the list ends its life.
    struct Place {
        std::size_t row = 0;
        std::size_t column = 0;
        friend bool operator==(const Place&, const Place&) = default;
    };

    [[nodiscard]] bool isEmpty() const { return m_rows.empty(); }
    /// Next expected clock.
    [[nodiscard]] Clock state() const { return m_state; }
    [[nodiscard]] std::size_t size() const { return m_size; }

    /// `item` starts at state(). Amortised O(1).
    void append(Item* item)
    {
        assert(item->clock == m_state);
        if (m_rows.empty() || !m_rows.back()->hasRoomFor(m_state))
            makeRoomFor(m_state);
        m_rows.back()->append(item, m_state);
        m_state += item->length;
        ++m_size;
    }
    /// About as many structs are appended next.
    void expect(std::size_t structs);
    /// The struct that contains `clock`, which is below state(). O(log n).
    [[nodiscard]] Place find(Clock clock) const;
    [[nodiscard]] Item& at(Place place) const { return *m_rows[place.row]->items()[place.column]; }
    /// Of a list that is not empty.
    [[nodiscard]] Item& last() const { return *m_rows.back()->items()[m_rows.back()->count - 1u]; }
    [[nodiscard]] Place firstPlace() const { return {0, 0}; }
    [[nodiscard]] Place lastPlace() const { return {m_rows.size() - 1, m_rows.back()->count - 1u}; }
    [[nodiscard]] bool isFirst(Place place) const { return place.row == 0 && place.column == 0; }
    /// Steps to the next struct; false (and no step) after the last.
    bool stepForward(Place& place) const;
    /// Steps to the previous struct; false (and no step) before the first.
    bool stepBack(Place& place) const;

    /// Puts the right half of a cut behind `place`. Returns its place.
    Place insertAfter(Place place, Item* right);
    /// Takes out the `count` structs after `place`, which then reaches to where they ended. O(count + row).
    void removeAfter(Place place, std::size_t count);
    /// The number of structs from `place` to the end. O(rows).
    [[nodiscard]] std::size_t countFrom(Place place) const;

    template <class Visit> void forEachFrom(Place place, Visit visit) const
    {
        for (; place.row < m_rows.size(); ++place.row, place.column = 0) {
            Row& row = *m_rows[place.row];
            for (; place.column < row.count; ++place.column) {
                if (place.column + prefetchReach < row.count)
                    prefetchItem(row.items()[place.column + prefetchReach]);
                visit(*row.items()[place.column]);
            }
        }
    }

private:
    static constexpr std::uint32_t rowCapacity = 256;
    /// Items of one client lie far from each other where several wrote in turn.
    static constexpr std::size_t prefetchReach = 12;
    static void prefetchItem(const Item* item)
    {
        __builtin_prefetch(item);
        __builtin_prefetch(item + 1); // the origins, and the item's end where it spans two lines
    }

    /// Clocks relative to the row's first, then the items, in one piece of memory: a search that misses the cache
    /// misses it once or twice.
    struct Row {
        Clock first = 0;
        std::uint32_t count = 0;
        std::uint32_t capacity : 31 = 0; ///< even
        std::uint32_t isReady : 1 = 0;   ///< lies among the ready rows, which go with the list
        [[nodiscard]] std::uint32_t* starts() { return reinterpret_cast<std::uint32_t*>(this + 1); }
        [[nodiscard]] Item** items() { return reinterpret_cast<Item**>(starts() + capacity); }
        [[nodiscard]] bool hasRoomFor(Clock clock) const { return count < capacity && clock - first <= UINT32_MAX; }
        void append(Item* item, Clock clock)
        {
            items()[count] = item;
            starts()[count++] = static_cast<std::uint32_t>(clock - first);
        }
        void insert(std::size_t column, Item* item);
        void erase(std::size_t column, std::size_t count);
    };
    struct FreeRow {
        void operator()(Row* row) const
        {
            if (!row->isReady)
                ::operator delete(row);
        }
    };
    struct FreeBlock {
        void operator()(std::byte* block) const { ::operator delete(block); }
    };
    /// Memory of full rows that are expected soon.
    struct ReadyRows {
        std::vector<std::unique_ptr<std::byte, FreeBlock>> blocks;
        std::size_t rowsLeft = 0; ///< of the last block
    };
    using RowPointer = std::unique_ptr<Row, FreeRow>;
    static constexpr std::size_t rowBytes(std::uint32_t capacity)
    {
        return sizeof(Row) + capacity * (sizeof(std::uint32_t) + sizeof(Item*));
    }
    RowPointer makeRow(std::uint32_t capacity, Clock first);
    void grow(RowPointer& row);
    [[nodiscard]] static std::size_t columnOf(Row& row, Clock offset);

    [[nodiscard]] static bool fits(const Row& row, Clock clock) { return clock - row.first <= UINT32_MAX; }
    void insertRow(std::size_t at, RowPointer row);
    void makeRoomFor(Clock clock);

    std::unique_ptr<ReadyRows> m_ready; ///< before the rows, which lie in it
    std::vector<RowPointer> m_rows;
    std::vector<Clock> m_firsts; ///< of each row
    std::size_t m_size = 0;
    Clock m_state = 0;
    mutable std::size_t m_lastRow = 0; ///< of the last find: the next is often near
};

} // namespace tessera::crdt
