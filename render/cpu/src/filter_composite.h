#pragma once

#include <core/document/filter.h>

#include "pixel_view.h"

/// Two pictures of the same size into one: `top` with `below`, the result in `below`. Premultiplied.
namespace tessera::cpu {

void blendOnto(const Picture& top, Picture& below, document::BlendMode mode);
[[nodiscard]] Pixel atop(Pixel top, Pixel below);
void compositeOnto(const Picture& top, Picture& below, const document::CompositeFilter& how);

} // namespace tessera::cpu
