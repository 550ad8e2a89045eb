#pragma once

#include <optional>
#include <set>

#include <render/scene/scene_builder.h>

namespace tessera::scene {

/// SceneBuilder::lifted() of a page's list. `path`: the lists that hold a node, and those that hold such a list. `plain`: lists
/// known to need nothing of what is below them; becomes those of this cut, so that the next one looks into few.
[[nodiscard]] std::optional<LiftedPage> liftedFrom(const DisplayList& page, const std::set<const DisplayList*>& path,
                                                   const std::set<NodeId>& nodes, std::set<SubList>& plain);

} // namespace tessera::scene
