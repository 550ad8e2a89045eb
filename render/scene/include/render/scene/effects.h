#pragma once

#include <vector>

#include <core/base/geometry.h>
#include <core/document/effect.h>

/// How far effects reach. Pure; safe on any thread.
namespace tessera::scene {

/// Pixels farther than this from a pixel, in local units, do not change what the effects make of it.
[[nodiscard]] double effectReach(const std::vector<document::Effect>& effects);

/// Contains all that the effects paint when the content lies within `contentPage`.
[[nodiscard]] Rect effectBoundsPage(const std::vector<document::Effect>& effects, const Rect& contentPage, const Transform& toPage);

} // namespace tessera::scene
