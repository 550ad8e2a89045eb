#pragma once

#include <render/strips/frame.h>

namespace tessera::cpu {

/// Pixels of a layer and where its top left pixel lies on the device.
struct LayerPixels {
    scene::Image& pixels;
    strips::PixelRect bounds;
};

/// Runs the effects in their order over the layer's pixels. `below`: what the layer will go onto, for background blur; it
/// may cover less than the layer.
void applyEffects(const strips::FrameEffects& effects, LayerPixels layer, const LayerPixels& below);

} // namespace tessera::cpu
