#include "scenes.h"

namespace tessera::testing {

const std::vector<SceneCase>& sceneCases()
{
    static const std::vector<SceneCase> cases{
        {"rounded-rects", roundedRects},
        {"ellipses", ellipses},
        {"stars", stars},
        {"subpixel-grid", subpixelGrid},
        {"caps-and-joins", capsAndJoins},
        {"curved-strokes", curvedStrokes},
        {"dashes", dashes},
        {"aligned-strokes", alignedStrokes},
        {"linear-gradients", linearGradients},
        {"radial-gradients", radialGradients},
        {"images", images},
        {"opacity-groups", opacityGroups},
        {"nested-clips", nestedClips},
        {"effects", effects},
        {"paragraphs", paragraphs},
        {"lettering", lettering},
        {"poster", poster, 270, 337, 0.25},
    };
    return cases;
}

} // namespace tessera::testing
