#pragma once

#include <string>
#include <vector>

#include <core/base/geometry.h>
#include <core/document/node.h>
#include <core/formats/imported_node.h>

/// Stored properties that importers write.
namespace tessera::formats {

void setTransform(ImportedNode& node, const Transform& transform); ///< nothing for the identity
[[nodiscard]] Transform storedTransform(const ImportedNode& node);
/// `transform` after the node's own.
void placeWithin(ImportedNode& node, const Transform& transform);
void setSize(ImportedNode& node, Size size);
[[nodiscard]] Size sizeOf(const ImportedNode& node); ///< its stored size; 0 x 0 without one
/// Opacity 0..1; nothing for 1.
void setOpacity(ImportedNode& node, double opacity);
void setFills(ImportedNode& node, const std::vector<document::Paint>& fills); ///< lowest first; nothing for none
/// One stroke paint with its geometry; what is the default is not written.
void setStroke(ImportedNode& node, const document::Paint& paint, const document::StrokeStyle& style);
/// A vector node for a path in the space that `space` maps to the parent: its box begins at the outline's corner.
[[nodiscard]] ImportedNode vectorNode(const std::string& name, const document::VectorPath& path, const Transform& space);
/// The same path with its open ends joined where they touch.
[[nodiscard]] document::VectorPath withTouchingEndsClosed(document::VectorPath path);
[[nodiscard]] document::PathPoint cornerAt(Point at);
[[nodiscard]] document::VectorPath polygon(const std::vector<Point>& corners, bool closed);
/// An ellipse inside `box`.
[[nodiscard]] document::VectorPath ellipseOutline(const Rect& box);
/// Keys stay unique when a whole import becomes part of another.
void prefixKeys(ImportedNode& node, const std::string& prefix);
/// What one object loses, as the text of its notice.
[[nodiscard]] std::string joined(const std::vector<std::string>& losses);
[[nodiscard]] bool isUsable(const Transform& transform); ///< invertible, and its numbers are lengths

} // namespace tessera::formats
