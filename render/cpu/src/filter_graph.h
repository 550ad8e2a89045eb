#pragma once

#include <core/document/filter.h>
#include <render/strips/frame.h>

#include "effects.h"

namespace tessera::cpu {

/// Replaces the layer's pixels by what the graph makes of them; outside of the filter's region nothing is left. As in
/// resvg the graph works along the device's axes: of a turned or skewed node lengths are scaled only.
void runFilter(const document::Filter& filter, const strips::FrameEffects& effects, LayerPixels layer);

} // namespace tessera::cpu
