#pragma once

#include <core/base/path.h>
#include <core/document/node.h>

/// Geometry of nodes. Pure; safe on any thread.
namespace tessera::scene {

/// Outline that fills and strokes of the node follow, in node coordinates: box with radii, ellipse, line from (0,0) to
/// (width, height), vector path. Text, groups and pages have none. `size` stands for the node's own.
[[nodiscard]] Path shapeOf(const document::Node& node, Size size);
[[nodiscard]] inline Path shapeOf(const document::Node& node) { return shapeOf(node, node.size); }
[[nodiscard]] bool hasShape(document::NodeType type); ///< whether shapeOf() is the node's outline
[[nodiscard]] Path toPath(const document::VectorPath& path);

/// How far visible strokes reach outside the outline, in node units (miters included).
[[nodiscard]] double strokeReach(const document::Node& node);
[[nodiscard]] double strokeReach(const document::StrokeStyle& style); ///< the same of a stroke in that style

} // namespace tessera::scene
