#pragma once

#include <render/scene/image.h>

/// How far a picture is from its reference, by rules that forgive another anti-aliasing and nothing else. Test code only.
namespace tessera::conformance {

struct Score {
    double beyond = 1;  ///< share of pixels with a channel outside what the reference's 3 x 3 neighbours span, by 24 levels, or the reverse
    double flat = 1;    ///< share of pixels in areas that are flat in both pictures, off by more than 4 levels: a wrong colour
    double mean = 255;  ///< mean difference of a channel, levels

    [[nodiscard]] bool passes() const { return beyond <= 0.002 && flat <= 0.001 && mean <= 1.5; }
};

/// Pictures of other sizes have the worst score.
[[nodiscard]] Score compare(const scene::Image& reference, const scene::Image& drawn);

} // namespace tessera::conformance
