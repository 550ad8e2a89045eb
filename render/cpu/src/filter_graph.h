#pragma once

#include <core/document/filter.h>
#include <render/strips/frame.h>

#include "effects.h"

namespace tessera::cpu {

/// Replaces the layer's pixels by what the graph of one effect makes of them; outside of the filter's region nothing is left. As in
/// resvg the graph works along the device's axes: of a turned or skewed node lengths are scaled only.
void runFilter(const strips::FrameEffects& effects, std::size_t effect, LayerPixels layer);

} // namespace tessera::cpu
