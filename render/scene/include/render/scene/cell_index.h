#pragma once

#include <array>
#include <cstdint>

#include <core/base/geometry.h>

/// Which of up to 32 items touch a place: for lists of very many objects whose paint order does not follow where they are,
/// where the items' boxes cover each other and tell nothing. Immutable once shared; safe on any thread.
namespace tessera::scene {

/// The plane in cells; those a multiple of `side` cells apart share an entry, so that content of any size has an
/// index, a coarser one. What it tells may be too much, never too little.
class CellIndex
{
public:
    static constexpr int side = 64;
    static constexpr std::size_t mostItems = 32;

    /// `cell`: its sides in the list's px, > 0.
    explicit CellIndex(Size cell) : m_cell(cell) {}

    [[nodiscard]] Size cell() const { return m_cell; }
    /// Bit i: item i may touch the rectangle.
    [[nodiscard]] std::uint32_t itemsNear(const Rect& rect) const;
    void add(const Rect& bounds, std::size_t item);  ///< empty bounds touch nothing
    void add(const CellIndex& below, std::size_t item); ///< the item is a list with that index; equal cells
    void remove(std::size_t item);

private:
    Size m_cell;
    std::array<std::uint32_t, std::size_t{side} * side> m_items{};
};

/// The smallest cell with which content of that extent does not share entries.
[[nodiscard]] Size cellFor(Size extent);

} // namespace tessera::scene
