#pragma once

#include <algorithm>

#include <render/text/layout.h>

namespace tessera::text {

/// Position of a unit within a cell, along its baseline. A ligature's characters share its width evenly.
[[nodiscard]] inline double alongCell(const Cell& cell, std::uint32_t unit)
{
    const double share = static_cast<double>(unit - cell.unit) / std::max(1u, cell.endUnit - cell.unit);
    return cell.rect.width * (cell.rightToLeft ? 1 - share : share);
}

} // namespace tessera::text
