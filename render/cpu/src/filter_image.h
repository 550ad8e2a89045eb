#pragma once

#include <core/document/filter.h>
#include <render/strips/frame.h>

#include "pixel_view.h"

namespace tessera::cpu {

/// Into `box` of the picture: an image by its fit, a composed picture pixel by pixel.
void drawImage(Picture& out, const strips::FilterPicture& shown, document::ImageFit fit, const Rect& box);

} // namespace tessera::cpu
