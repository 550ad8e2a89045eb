#include <render/cpu/renderer.h>

#include "composer.h"

namespace tessera::cpu {

scene::Image compose(const strips::Frame& frame, const Color& background)
{
    if (frame.widthPx < 1 || frame.heightPx < 1)
        return {};
    Composer composer(frame, background);
    composer.run();
    return composer.take();
}

scene::Image Renderer::render(const scene::DisplayList& list, const scene::View& view, const Color& background)
{
    return compose(m_frames.build(list, view), background);
}

} // namespace tessera::cpu
