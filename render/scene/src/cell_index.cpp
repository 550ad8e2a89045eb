#include <render/scene/cell_index.h>

#include <algorithm>
#include <cmath>

namespace tessera::scene {

namespace {

/// Calls visit(entry) for each entry that the rectangle touches.
template <class Visit> void forEachEntry(const Rect& rect, Size cell, Visit visit)
{
    if (!(rect.x <= rect.right() && rect.y <= rect.bottom()))
        return; // not a number
    constexpr double farthest = 1e15; // cells are counted exactly up to here
    const auto at = [&](double v, double side) { return static_cast<std::int64_t>(std::floor(std::clamp(v / side, -farthest, farthest))); };
    const std::int64_t x0 = at(rect.x, cell.width), y0 = at(rect.y, cell.height);
    const std::int64_t columns = std::min<std::int64_t>(at(rect.right(), cell.width) - x0 + 1, CellIndex::side);
    const std::int64_t rows = std::min<std::int64_t>(at(rect.bottom(), cell.height) - y0 + 1, CellIndex::side);
    for (std::int64_t y = 0; y < rows; ++y) {
        for (std::int64_t x = 0; x < columns; ++x)
            visit(static_cast<std::size_t>(((y0 + y) & (CellIndex::side - 1)) * CellIndex::side + ((x0 + x) & (CellIndex::side - 1))));
    }
}

std::uint32_t bit(std::size_t item) { return std::uint32_t{1} << item; }

} // namespace

std::uint32_t CellIndex::itemsNear(const Rect& rect) const
{
    std::uint32_t items = 0;
    forEachEntry(rect, m_cell, [&](std::size_t entry) { items |= m_items[entry]; });
    return items;
}

void CellIndex::add(const Rect& bounds, std::size_t item)
{
    if (!bounds.isEmpty())
        forEachEntry(bounds, m_cell, [&](std::size_t entry) { m_items[entry] |= bit(item); });
}

void CellIndex::add(const CellIndex& below, std::size_t item)
{
    for (std::size_t i = 0; i < m_items.size(); ++i)
        m_items[i] |= below.m_items[i] != 0 ? bit(item) : 0;
}

void CellIndex::remove(std::size_t item)
{
    for (std::uint32_t& items : m_items)
        items &= ~bit(item);
}

Size cellFor(Size extent)
{
    const auto part = [](double length) { return std::clamp(length, 1.0, 1e12) / (CellIndex::side - 1); };
    return {part(extent.width), part(extent.height)};
}

} // namespace tessera::scene
