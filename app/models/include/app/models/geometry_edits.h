#pragma once

#include <span>
#include <vector>

#include <core/document/document.h>

/// Geometry of selections and the commands that move, turn and resize them. Pure: they read the document and return
/// commands; nothing is written. Lengths in document px of the page unless a name says otherwise.
namespace tessera::app {

using Commands = std::vector<document::Command>;

/// The box of a selection: a rectangle (0,0)-(size) of its own space, placed on the page by `toPage`. One node keeps
/// its rotation; several, and groups, take the upright union.
struct SelectionBox {
    Transform toPage;
    Size size;
    [[nodiscard]] bool isEmpty() const { return size.width <= 0 && size.height <= 0; }
    [[nodiscard]] Point center() const { return toPage.apply({size.width / 2, size.height / 2}); }
    [[nodiscard]] Rect pageBounds() const { return toPage.mapBounds({0, 0, size.width, size.height}); }
};
[[nodiscard]] SelectionBox selectionBox(const document::Document& document, std::span<const NodeId> nodes);

/// The nodes without those that have an ancestor among them; unknown and trashed ones are dropped. Paint order.
[[nodiscard]] std::vector<NodeId> topmost(const document::Document& document, std::span<const NodeId> nodes);

/// Page transform of what holds the node.
[[nodiscard]] Transform parentTransform(const document::Document& document, const NodeId& node);

/// Moves or turns: `pageMap` is applied to the nodes as wholes, sizes stay.
[[nodiscard]] Commands transformNodes(const document::Document& document, std::span<const NodeId> nodes,
                                      const Transform& pageMap);
/// Resizes: stretch goes into sizes (and path points), not into transforms; groups pass it on to their children.
[[nodiscard]] Commands scaleNodes(const document::Document& document, std::span<const NodeId> nodes,
                                  const Transform& pageMap);
/// Degrees clockwise, -180 < angle <= 180.
[[nodiscard]] double rotationDegrees(const Transform& transform);

enum class Alignment : std::uint8_t { left, centerX, right, top, centerY, bottom };
/// Several nodes align to their union, one to its parent's box.
[[nodiscard]] Commands alignNodes(const document::Document& document, std::span<const NodeId> nodes, Alignment alignment);

} // namespace tessera::app
