#pragma once

#include <string>

#include <render/scene/display_list.h>

/// A display list as SVG, for independent renderers to draw: fills, centred strokes, glyphs as paths, gradients, clips
/// and layers. Images and aligned strokes have no short SVG form and are left out. Test code only.
namespace tessera::testing {

[[nodiscard]] std::string toSvg(const scene::DisplayList& list, const scene::View& view);

} // namespace tessera::testing
