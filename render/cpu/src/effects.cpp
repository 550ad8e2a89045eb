#include "effects.h"

namespace tessera::cpu {

void applyEffects(const strips::FrameEffects& effects, LayerPixels layer, const LayerPixels& below)
{
    static_cast<void>(effects), static_cast<void>(layer), static_cast<void>(below);
}

} // namespace tessera::cpu
