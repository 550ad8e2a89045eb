#pragma once

#include <core/document/filter.h>
#include <render/strips/frame.h>

#include "pixel_view.h"

namespace tessera::cpu {

/// The image that the frame carries for the asset, into `box` of the picture by its fit; nothing when there is none.
void drawImage(Picture& out, const strips::FrameEffects& effects, const document::ImageFilter& image, const Rect& box);

} // namespace tessera::cpu
