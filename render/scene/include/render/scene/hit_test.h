#pragma once

#include <optional>
#include <vector>

#include <core/base/geometry.h>
#include <core/document/document.h>

/// Which nodes are where: for the editor's tools. Hidden nodes are never hit; locked ones only on request. The
/// document's thread.
namespace tessera::scene {

/// Tells which children of a container may be near a place, so that a search need not look at all of them.
class ChildIndex
{
public:
    virtual ~ChildIndex() = default;
    /// Bottom first; all whose outlines or paint touch the rectangle (the container's coordinates), and maybe others.
    /// Absent: it does not know the container; the document's children are all that can be said.
    [[nodiscard]] virtual std::optional<std::vector<NodeId>> childrenNear(const NodeId& container, const Rect& rect) const = 0;
};

enum class LockedNodes : std::uint8_t { skip, include };

struct HitOptions {
    double tolerancePage = 0; ///< how far beside a thin shape still hits, document px
    LockedNodes locked = LockedNodes::skip;
    const ChildIndex* index = nullptr; ///< the page's scene; null: every child is looked at
};

/// Topmost node on `page` under the point: the deepest painted one. Frames without fill are hit on their edge, filled
/// ones anywhere not covered by a child; groups never by themselves; text by its box. Clips hide.
[[nodiscard]] std::optional<NodeId> hitTest(const document::Document& document, const NodeId& page, Point pointPage,
                                            const HitOptions& options = {});
/// All nodes under the point, topmost first, containers after their children.
[[nodiscard]] std::vector<NodeId> hitTestAll(const document::Document& document, const NodeId& page, Point pointPage,
                                             const HitOptions& options = {});

/// Children of `container` (a page, frame or group) whose outlines' boxes, as rotated, touch the rectangle; bottom first.
[[nodiscard]] std::vector<NodeId> nodesInRect(const document::Document& document, const NodeId& container,
                                              const Rect& rectPage, const HitOptions& options = {});

/// Corners of the node's size box in page space: top left, top right, bottom right, bottom left. Groups: the box of
/// their children in the group's own space.
[[nodiscard]] std::vector<Point> cornersPage(const document::Document& document, const NodeId& node);

} // namespace tessera::scene
