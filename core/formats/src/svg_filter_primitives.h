#pragma once

#include <core/document/filter.h>

#include "svg_filter.h"

namespace tessera::formats {

/// Values of one primitive element, in user space. `unit`: the size of the box that lengths are fractions of, under
/// primitiveUnits="objectBoundingBox"; else 1 by 1 and no origin.
struct PrimitiveContext {
    const FilterSources& sources;
    const Style& style;   ///< the primitive's
    Rect unit;
    Rect area;            ///< where it paints
};

/// Nothing when the element is no primitive; values that make no sense give a transparent flood, as in resvg. Inputs are
/// the caller's.
[[nodiscard]] std::optional<document::FilterOperation> readOperation(pugi::xml_node element, const PrimitiveContext& context);

/// flood-color with flood-opacity, and the like; `currentColor` is the primitive's color.
[[nodiscard]] Color filterColor(const Style& style, const char* property, const char* opacity, Color fallback);

} // namespace tessera::formats
