#pragma once

#include <vector>

#include <core/base/geometry.h>
#include <core/base/path.h>
#include <core/document/node.h>

/// Curves to polylines, outlines to strokes. Pure; safe on any thread. Points that are not finite are left out.
namespace tessera::strips {

inline constexpr double flattenTolerancePx = 0.1;

struct Polyline {
    std::vector<Point> points; ///< of a closed one the first is not repeated
    bool closed = false;
    /// Of a stroke's centre line: vertex i lies inside a curve, where no join is drawn. Empty: none does.
    std::vector<bool> smooth;
};

/// No point of the outline is farther than `tolerance` from the result. `transform` is applied first.
[[nodiscard]] std::vector<Polyline> flatten(const Path& path, const Transform& transform, double tolerance);

/// The outline of a stroke as closed polylines for the nonzero rule, in the path's space. Alignment is not looked at:
/// the stroke is centred. Dashes: lengths in path units, an odd list counts twice, none or all zero: solid.
[[nodiscard]] std::vector<Polyline> strokeOutline(const Path& path, const document::StrokeStyle& style, double tolerance);

} // namespace tessera::strips
