#include "struct_list.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

#include "ready_memory.h"

namespace tessera::crdt {

StructList::RowPointer StructList::makeRow(std::uint32_t capacity, Clock first)
{
    if (m_ready && capacity == rowCapacity && m_ready->rowsLeft > 0) {
        std::byte* memory = m_ready->blocks.back().get() + --m_ready->rowsLeft * rowBytes(rowCapacity);
        return RowPointer(new (memory) Row{first, 0, capacity, true});
    }
    return RowPointer(new (::operator new(rowBytes(capacity))) Row{first, 0, capacity, false});
}

void StructList::expect(std::size_t structs)
{
    constexpr std::size_t worthFrom = 4;
    const std::size_t rows = structs / rowCapacity;
    if (rows < worthFrom)
        return;
    if (!m_ready)
        m_ready = std::make_unique<ReadyRows>();
    if (m_ready->rowsLeft >= rows)
        return;
    const std::size_t bytes = rows * rowBytes(rowCapacity);
    m_ready->blocks.emplace_back(static_cast<std::byte*>(::operator new(bytes)));
    m_ready->rowsLeft = rows;
    makeReady(m_ready->blocks.back().get(), bytes);
}

void StructList::grow(RowPointer& row)
{
    RowPointer larger = makeRow(std::min<std::uint32_t>(rowCapacity, row->capacity * 4u), row->first);
    std::memcpy(larger->items(), row->items(), row->count * sizeof(Item*));
    std::memcpy(larger->starts(), row->starts(), row->count * sizeof(std::uint32_t));
    larger->count = row->count;
    row = std::move(larger);
}

void StructList::Row::insert(std::size_t column, Item* item)
{
    if (const std::size_t after = count - column; after > 0) {
        std::memmove(items() + column + 1, items() + column, after * sizeof(Item*));
        std::memmove(starts() + column + 1, starts() + column, after * sizeof(std::uint32_t));
    }
    items()[column] = item;
    starts()[column] = static_cast<std::uint32_t>(item->clock - first);
    ++count;
}

void StructList::Row::erase(std::size_t column, std::size_t removed)
{
    const std::size_t after = count - column - removed;
    std::memmove(items() + column, items() + column + removed, after * sizeof(Item*));
    std::memmove(starts() + column, starts() + column + removed, after * sizeof(std::uint32_t));
    count -= static_cast<std::uint32_t>(removed);
}

void StructList::insertRow(std::size_t at, RowPointer row)
{
    m_firsts.insert(m_firsts.begin() + static_cast<std::ptrdiff_t>(at), row->first);
    m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(at), std::move(row));
}

void StructList::makeRoomFor(Clock clock)
{
    if (m_rows.empty() || m_rows.back()->count == rowCapacity || !fits(*m_rows.back(), clock))
        insertRow(m_rows.size(), makeRow(m_rows.empty() ? 2 : rowCapacity, clock));
    else
        grow(m_rows.back());
}

StructList::Place StructList::find(Clock clock) const
{
    assert(clock < m_state);
    std::size_t at = m_lastRow;
    const auto isIn = [&](std::size_t row) {
        return row < m_firsts.size() && m_firsts[row] <= clock && (row + 1 == m_firsts.size() || clock < m_firsts[row + 1]);
    };
    if (!isIn(at)) {
        at = m_firsts.size() - 1;
        if (!isIn(at))
            at = static_cast<std::size_t>(std::upper_bound(m_firsts.begin(), m_firsts.end(), clock) - m_firsts.begin()) - 1;
        m_lastRow = at;
    }
    Row& row = *m_rows[at];
    const Clock offset = clock - row.first;
    return {at, columnOf(row, offset)};
}

std::size_t StructList::columnOf(Row& row, Clock offset)
{
    const std::uint32_t* starts = row.starts();
    const std::size_t last = row.count - std::size_t{1};
    if (offset >= starts[last])
        return last;
    // Structs of length 1, as a row of property values.
    if (starts[last] - starts[0] == last)
        return static_cast<std::size_t>(offset - starts[0]);
    // Counts what starts no later instead of branching on it, which could not be predicted, and in two steps of
    // look-ups that do not wait for each other, as those of a binary search do.
    constexpr std::size_t block = 16;
    const auto wanted = static_cast<std::uint32_t>(offset);
    const auto startsUpTo = [wanted](const std::uint32_t* at, std::size_t count) {
        std::uint32_t upTo = 0;
        for (std::size_t i = 0; i < count; ++i)
            upTo += at[i] <= wanted;
        return upTo;
    };
    if (row.count < block)
        return startsUpTo(starts, row.count) - 1u;
    std::size_t blocks = 0;
    for (std::size_t i = block; i < row.count; i += block)
        blocks += starts[i] <= wanted;
    const std::size_t first = std::min(blocks * block, row.count - block); // the last one overlaps: always `block` long
    return first + startsUpTo(starts + first, block) - 1u;
}

bool StructList::stepForward(Place& place) const
{
    if (place.column + 1 < m_rows[place.row]->count) {
        ++place.column;
        return true;
    }
    if (place.row + 1 == m_rows.size())
        return false;
    place = {place.row + 1, 0};
    return true;
}

bool StructList::stepBack(Place& place) const
{
    if (place.column > 0) {
        --place.column;
        return true;
    }
    if (place.row == 0)
        return false;
    place = {place.row - 1, m_rows[place.row - 1]->count - 1u};
    return true;
}

StructList::Place StructList::insertAfter(Place place, Item* right)
{
    ++m_size;
    Row* row = m_rows[place.row].get();
    if (!fits(*row, right->clock)) {
        // A single item of 2^32 units and more, cut far from its start.
        RowPointer far = makeRow(rowCapacity, right->clock);
        far->insert(0, right);
        for (std::size_t i = place.column + 1; i < row->count; ++i)
            far->insert(far->count, row->items()[i]);
        row->count = static_cast<std::uint32_t>(place.column + 1);
        insertRow(place.row + 1, std::move(far));
        return {place.row + 1, 0};
    }
    if (row->count == rowCapacity) {
        constexpr std::size_t kept = rowCapacity / 2;
        RowPointer half = makeRow(rowCapacity, row->items()[kept]->clock);
        for (std::size_t i = kept; i < rowCapacity; ++i)
            half->insert(half->count, row->items()[i]);
        row->count = kept;
        insertRow(place.row + 1, std::move(half));
        if (place.column >= kept) {
            place = {place.row + 1, place.column - kept};
            row = m_rows[place.row].get();
        }
    } else if (row->count == row->capacity) {
        grow(m_rows[place.row]);
        row = m_rows[place.row].get();
    }
    row->insert(place.column + 1, right);
    return {place.row, place.column + 1};
}

void StructList::removeAfter(Place place, std::size_t count)
{
    m_size -= count;
    const std::size_t here = std::min(count, m_rows[place.row]->count - place.column - 1);
    m_rows[place.row]->erase(place.column + 1, here);
    count -= here;
    std::size_t last = place.row + 1;
    for (; count > 0 && count >= m_rows[last]->count; ++last)
        count -= m_rows[last]->count;
    if (count > 0) {
        m_rows[last]->erase(0, count);
        // Offsets in the row stay as they are: only the search needs the row's own first clock.
        m_firsts[last] = m_rows[last]->items()[0]->clock;
    }
    m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(place.row) + 1, m_rows.begin() + static_cast<std::ptrdiff_t>(last));
    m_firsts.erase(m_firsts.begin() + static_cast<std::ptrdiff_t>(place.row) + 1, m_firsts.begin() + static_cast<std::ptrdiff_t>(last));
}

std::size_t StructList::countFrom(Place place) const
{
    std::size_t count = m_rows[place.row]->count - place.column;
    for (std::size_t row = place.row + 1; row < m_rows.size(); ++row)
        count += m_rows[row]->count;
    return count;
}

} // namespace tessera::crdt
