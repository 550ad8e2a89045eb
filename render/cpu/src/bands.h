#pragma once

#include <vector>

#include <render/scene/display_list.h>

namespace tessera::cpu {

/// Splits the view's rows into `count` bands of about the same work: count + 1 rows from 0 to the view's height, ascending,
/// all but the last multiples of a strip's height. O(items).
[[nodiscard]] std::vector<int> bandBorders(const scene::DisplayList& list, const scene::View& view, int count);

} // namespace tessera::cpu
