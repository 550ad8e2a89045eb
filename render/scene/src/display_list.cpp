#include <render/scene/display_list.h>

#include <algorithm>
#include <cmath>

namespace tessera::scene {

View viewOf(const Rect& boundsPage, double scale)
{
    const auto pixels = [scale](double length) {
        return static_cast<int>(std::clamp(std::ceil(length * scale - 1e-6), 1.0, 1e6));
    };
    return {Transform::scaling(scale, scale) * Transform::translation(-boundsPage.x, -boundsPage.y),
            pixels(boundsPage.width), pixels(boundsPage.height)};
}

} // namespace tessera::scene
