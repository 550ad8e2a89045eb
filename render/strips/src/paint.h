#pragma once

#include <render/strips/frame.h>

#include "image_levels.h"

namespace tessera::strips {

/// Appends the paint to frame.paints, with its stops or image. False, and nothing appended, when it paints nothing or is a
/// pattern.
[[nodiscard]] bool addPaint(Frame& frame, ImageLevels& levels, const scene::Paint& paint, const Transform& toDevice,
                            double opacity);
/// Appends a paint that repeats the picture; the transform maps its pixels to device px and can be inverted.
void addPicture(Frame& frame, std::shared_ptr<const Frame> picture, const Transform& pictureToDevice, double opacity);

} // namespace tessera::strips
