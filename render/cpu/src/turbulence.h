#pragma once

#include <core/base/geometry.h>
#include <core/document/filter.h>

#include "pixel_view.h"

namespace tessera::cpu {

/// Filter Effects, section 9.20, on whole pixels: pixel (i, j) shows the noise at `origin` + (i `step.x`, j `step.y`).
/// `tile`: what stitching makes seamless. All in user px.
[[nodiscard]] Picture turbulence(const document::TurbulenceFilter& noise, int width, int height, Point origin, Point step, const Rect& tile);

} // namespace tessera::cpu
