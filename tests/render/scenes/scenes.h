#pragma once

#include <string>
#include <vector>

#include <render/scene/display_list.h>

/// The scenes that every back end draws. Each is a pure function; its reference is reference/<name>.png.
namespace tessera::testing {

struct SceneCase {
    std::string name;
    scene::DisplayList (*make)();
    int widthPx = 256;
    int heightPx = 256;
    double scale = 1;
    [[nodiscard]] scene::View view() const { return {Transform::scaling(scale, scale), widthPx, heightPx}; }
};

[[nodiscard]] const std::vector<SceneCase>& sceneCases();

scene::DisplayList roundedRects();
scene::DisplayList ellipses();
scene::DisplayList stars();
scene::DisplayList subpixelGrid();
scene::DisplayList capsAndJoins();
scene::DisplayList curvedStrokes();
scene::DisplayList dashes();
scene::DisplayList alignedStrokes();
scene::DisplayList linearGradients();
scene::DisplayList radialGradients();
scene::DisplayList images();
scene::DisplayList opacityGroups();
scene::DisplayList nestedClips();
scene::DisplayList effects();
scene::DisplayList paragraphs();
scene::DisplayList lettering();
scene::DisplayList poster();

} // namespace tessera::testing
