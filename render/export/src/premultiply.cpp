#include "premultiply.h"

#include <algorithm>

namespace tessera::exports {

void premultiply(scene::Image& image)
{
    for (int y = 0; y < image.heightPx; ++y) {
        std::uint8_t* p = image.row(y);
        for (int x = 0; x < image.widthPx; ++x, p += 4) {
            const unsigned a = p[3];
            if (a == 255)
                continue;
            for (int c = 0; c < 3; ++c)
                p[c] = static_cast<std::uint8_t>((p[c] * a + 127) / 255);
        }
    }
}

scene::Image unpremultiplied(const scene::Image& image)
{
    scene::Image out = scene::Image::blank(image.widthPx, image.heightPx);
    for (int y = 0; y < image.heightPx; ++y) {
        const std::uint8_t* from = image.row(y);
        std::uint8_t* to = out.row(y);
        for (int x = 0; x < image.widthPx; ++x, from += 4, to += 4) {
            const unsigned a = from[3];
            for (int c = 0; c < 3; ++c)
                to[c] = a == 0 ? 0 : static_cast<std::uint8_t>(std::min(255u, (from[c] * 255 + a / 2) / a));
            to[3] = from[3];
        }
    }
    return out;
}

} // namespace tessera::exports
