#pragma once

#include <array>
#include <optional>

#include <app/models/geometry_edits.h>
#include <app/tools/tool.h>

/// Geometry of the eight resize handles and the rotation zones round them. Pure.
namespace tessera::app {

enum class Handle : std::uint8_t { topLeft, top, topRight, right, bottomRight, bottom, bottomLeft, left };
inline constexpr std::array allHandles{Handle::topLeft, Handle::top, Handle::topRight, Handle::right,
                                       Handle::bottomRight, Handle::bottom, Handle::bottomLeft, Handle::left};

/// Place of a handle in the unit square of the box.
[[nodiscard]] Point unitPosition(Handle handle);
[[nodiscard]] Point handlePosition(const SelectionBox& box, Handle handle);
/// Handles worth showing: a line has two, a very small box only its corners.
[[nodiscard]] bool isShown(const SelectionBox& box, Handle handle, double zoom);

struct HandleHit {
    Handle handle = Handle::topLeft;
    bool rotates = false; ///< just outside a corner
};
[[nodiscard]] std::optional<HandleHit> handleAt(const SelectionBox& box, Point page, double zoom, double hitView);

/// The box after dragging `handle` to `to`, as a map of the page: anchored at the opposite side, or the centre (alt);
/// shift keeps the ratio. Never turns the box inside out: the least side is one document px.
[[nodiscard]] Transform resizeMap(const SelectionBox& box, Handle handle, Point to, const Modifiers& modifiers);
/// Rotation about the box's centre that takes `from` to `to`; shift steps by 15 degrees.
[[nodiscard]] Transform rotateMap(const SelectionBox& box, Point from, Point to, const Modifiers& modifiers);
[[nodiscard]] CursorShape resizeCursor(const SelectionBox& box, Handle handle);

} // namespace tessera::app
