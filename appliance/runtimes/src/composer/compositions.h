#pragma once

#include <string_view>
#include <vector>

#include <core/base/geometry.h>
#include <core/base/random.h>

#include "layers.h"
#include "palette.h"

/// Background compositions of the procedural composer. Each draws shapes for a canvas and says where words have room.
/// Pure; deterministic for the same random state.
namespace tessera::appliance {

struct Canvas {
    Size size;
    Palette palette;
    /// The side that lengths are measured in: the shorter one.
    [[nodiscard]] double unit() const { return std::min(size.width, size.height); }
    [[nodiscard]] const Color& shape(std::size_t i) const { return palette.shapes[i % palette.shapes.size()]; }
};

struct Composition {
    LayerList shapes;
    Fill background;
    Rect words;                              ///< room for headline and subtitle
    std::string_view align = "left";
    std::string_view verticalAlign = "top";
};

struct Style {
    std::string_view name;
    std::vector<std::string_view> words;     ///< prompt words that ask for it
    Composition (*compose)(const Canvas&, Random&);
};

[[nodiscard]] const std::vector<Style>& styles();

} // namespace tessera::appliance
