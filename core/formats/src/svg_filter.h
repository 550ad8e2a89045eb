#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include <core/document/filter.h>

#include "svg_style.h"

/// The filter property: `<filter>` elements and the filter functions of CSS, as Filter Effects Module Level 1 has them and
/// with resvg's answers where that leaves room.
namespace tessera::formats {

/// What the importer knows and filters need.
struct FilterSources {
    const StyleSheet& sheet;
    Rect viewBox;                                                         ///< percentages in user space
    std::function<pugi::xml_node(std::string_view)> byReference;          ///< of url(#id) or #id; none when missing
    std::function<document::ImageFilter(pugi::xml_node image, const Rect& areaUser)> image; ///< what an feImage shows
};

struct ReadFilters {
    std::vector<document::Effect> effects; ///< to be applied in order to what the element paints, in its user space
    bool hidden = false;                   ///< the element is not drawn at all
};

/// `value`: of the filter property. `style`: the element's. `boundsUser`: the element's geometry without strokes.
[[nodiscard]] ReadFilters readFilters(std::string_view value, const Style& style, const Rect& boundsUser, const FilterSources& sources);

/// All numbers of a list with nothing else in it.
[[nodiscard]] std::optional<std::vector<double>> strictNumbers(std::string_view text);

} // namespace tessera::formats
