#pragma once

#include <core/base/geometry.h>

/// Cubic Béziers in pieces. Pure.
namespace tessera::strips {

inline constexpr int maxCurveSegments = 512;

/// How many equal parameter steps keep the chords within `tolerance` of the curve.
[[nodiscard]] int segmentCount(const Point (&p)[4], double tolerance);
[[nodiscard]] Point pointAt(const Point (&p)[4], double t);

} // namespace tessera::strips
