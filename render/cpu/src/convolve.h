#pragma once

#include <core/document/filter.h>

#include "pixel_view.h"

namespace tessera::cpu {

/// Filter Effects, section 9.9: the kernel in pixels, turned by 180 degrees.
[[nodiscard]] Picture convolved(const Picture& in, const document::ConvolveFilter& how);

} // namespace tessera::cpu
