#pragma once

#include <core/document/filter.h>

#include "filter_color.h"
#include "pixel_view.h"

namespace tessera::cpu {

/// Filter Effects, sections 9.12 and 9.19, of the input's alpha. The light's position in pixels of the picture; lighting of
/// diffuse kind is opaque, of specular kind premultiplied.
[[nodiscard]] Picture lit(const Picture& in, const document::LightingFilter& lighting, ColorSpace space);

} // namespace tessera::cpu
