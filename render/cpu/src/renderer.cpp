#include <render/cpu/renderer.h>

#include "composer.h"
#include "effects.h"

namespace tessera::cpu {

scene::Image compose(const strips::Frame& frame, const Color& background)
{
    if (frame.widthPx < 1 || frame.heightPx < 1)
        return {};
    Composer composer(frame, background);
    composer.run();
    return composer.take();
}

ComposedLayer composeLayer(const strips::Frame& frame, std::size_t push)
{
    Composer composer(frame, frame.commands[push].bounds);
    const std::size_t pop = composer.runLayer(push);
    const strips::Command& command = frame.commands[pop];
    ComposedLayer layer{composer.take(), frame.commands[push].bounds, pop};
    if (command.effects != strips::noEffects && !layer.bounds.isEmpty()) {
        scene::Image nothing;
        applyEffects(frame.effects[command.effects], {layer.pixels, layer.bounds}, {nothing, {}});
    }
    return layer;
}

scene::Image Renderer::render(const scene::DisplayList& list, const scene::View& view, const Color& background)
{
    return compose(m_frames.build(list, view), background);
}

} // namespace tessera::cpu
