#pragma once

#include <vector>

#include <core/base/geometry.h>
#include <core/base/path.h>
#include <render/strips/flatten.h>

/// Cubic Béziers in pieces. Pure.
namespace tessera::strips {

inline constexpr int maxCurveSegments = 512;

/// flatten() in path space with Polyline::smooth set, fine enough that offsets by `radius` are within tolerance too.
void flattenForStroke(const Path& path, double tolerance, double radius, Polylines& out);

/// Pieces of the polylines that dashes cover; a line begins `offset` into them. More than maxDashes on one line: the line as it is.
inline constexpr int maxDashes = 20000;
void dashed(std::span<const Polyline> lines, const std::vector<double>& dash, double offset, Polylines& out);

} // namespace tessera::strips
