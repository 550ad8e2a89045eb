#pragma once

#include <render/strips/frame.h>

#include "image_levels.h"

namespace tessera::strips {

/// Appends the paint to frame.paints, with its stops or image. False, and nothing appended, when it paints nothing.
[[nodiscard]] bool addPaint(Frame& frame, ImageLevels& levels, const scene::Paint& paint, const Transform& toDevice,
                            double opacity);

} // namespace tessera::strips
