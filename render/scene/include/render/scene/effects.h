#pragma once

#include <optional>
#include <vector>

#include <core/base/geometry.h>
#include <core/document/effect.h>

/// How far effects reach. Pure; safe on any thread.
namespace tessera::scene {

struct DisplayList;

/// How far one local px reaches along the device's axes: what lengths of effects are multiplied by. Never negative.
[[nodiscard]] Point axisScale(const Transform& toDevice);

/// Device pixels of the layer farther than this from a pixel do not change what the effects make of it. Absent: any may.
[[nodiscard]] std::optional<int> effectReachPx(const std::vector<document::Effect>& effects, const Transform& toDevice);
/// The same of pixels below the layer: background blur. 0: none is looked at.
[[nodiscard]] int backdropReachPx(const std::vector<document::Effect>& effects, const Transform& toDevice);
/// How far around a region all of the list must be right for the region's own pixels to be: each background blur looks at what
/// the one below made. Walks what has such blurs. At most `mostPx`.
[[nodiscard]] int backdropReachPx(const DisplayList& list, const Transform& toDevice, int mostPx);

/// Contains all that the effects paint when the content lies within `contentPage`, and what each makes for the next.
[[nodiscard]] Rect effectBoundsPage(const std::vector<document::Effect>& effects, const Rect& contentPage, const Transform& toPage);

} // namespace tessera::scene
