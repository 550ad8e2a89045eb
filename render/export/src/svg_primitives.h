#pragma once

#include <core/document/filter.h>

#include "svg_parts.h"

/// Filter primitives as elements, after Filter Effects Module Level 1. The export's thread.
namespace tessera::exports {

/// Name of a primitive's result: a, b …
[[nodiscard]] std::string resultName(std::size_t index);
/// Takes away `in` where it says what is meant without it, and results that nobody names.
void nameLess(std::vector<SvgElement>& primitives);
/// dx and dy, where they are not 0.
void setOffset(SvgElement& element, Point by);
void setFlood(SvgElement& element, const Color& color);
/// The graph of a filter. Drop shadows are written as the primitives they stand for, which more readers know.
[[nodiscard]] std::vector<SvgElement> filterPrimitives(SvgExport& file, const document::Node& node, const document::Filter& filter);

} // namespace tessera::exports
