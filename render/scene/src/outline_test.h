#pragma once

#include <core/base/path.h>
#include <core/document/node.h>

/// Point against outline, for picking: curves are walked in fixed steps, good to a fraction of a per cent of their size.
namespace tessera::scene {

[[nodiscard]] bool isInside(const Path& path, Point point, document::FillRule rule);
/// To the nearest point of the outline; infinite when there is none.
[[nodiscard]] double distanceTo(const Path& path, Point point);

} // namespace tessera::scene
