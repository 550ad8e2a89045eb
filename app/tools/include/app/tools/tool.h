#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <app/models/geometry_edits.h>
#include <core/base/random.h>
#include <core/document/document.h>
#include <render/scene/hit_test.h>

/// Tools as state machines: pointer and key events in, Command values out. A tool reads the document and never writes
/// it; what a gesture shows before its end is ToolFeedback. No widgets, so every tool is tested with plain calls.
/// GUI thread. Positions are page coordinates in document px unless named view (screen px).
namespace tessera::app {

enum class ToolKind : std::uint8_t { select, hand, frame, rectangle, ellipse, line, pen, text, image, generate };

struct Modifiers {
    bool shift = false; ///< ratio, axis, 15 degree steps
    bool alt = false;   ///< from the centre; duplicate when moving
    bool mod = false;   ///< Ctrl, or Command on macOS: deep select
};

struct PointerEvent {
    Point page;
    Modifiers modifiers;
    int clickCount = 1; ///< 2 for the press that ends a double click
};

/// What a tool may read. `zoom` is screen px per document px; lengths in screen px become document px by it.
struct ToolContext {
    const document::Document& document;
    NodeId page;
    std::vector<NodeId> selection;
    double zoom = 1;
    Random& random;
    double pickRadiusView = 6;
    double handleHitView = 12;
    double dragStartView = 3; ///< movement before a press becomes a drag
    const scene::ChildIndex* index = nullptr; ///< the page's scene, when there is one: picking is quick then
};

/// What an event leads to. Commands are one transaction and one undo step.
struct ToolResult {
    Commands commands;
    std::optional<std::vector<NodeId>> selection;
    std::optional<NodeId> editText;     ///< start typing in this node
    bool finished = false;              ///< the tool made its shape: go back to select unless locked
};

enum class CursorShape : std::uint8_t {
    arrow, cross, text, move, openHand, closedHand, pen, sizeHorizontal, sizeVertical, sizeDiagonalDown, sizeDiagonalUp,
    rotate, copy
};

/// A shape being drawn, not yet in the document.
struct DraftShape {
    document::NodeType type = document::NodeType::rect;
    Transform toPage;
    Size size;
    document::VectorPath path;       ///< for vector, in page coordinates (toPage is identity)
    std::optional<Point> closesAt;   ///< pen: a click here closes the path
};

/// Transform (parent-relative) and size that a node is shown with during a gesture.
struct NodePreview {
    std::optional<Transform> transform;
    std::optional<Size> size;
};

struct ToolFeedback {
    std::optional<Rect> marquee;
    std::optional<DraftShape> draft;
    std::map<NodeId, NodePreview> previews;
    std::optional<SelectionBox> box;         ///< in place of the selection's own box
    std::vector<NodeId> dragged;             ///< with dragOffset: the ghost that peers see
    Point dragOffset;
    std::optional<NodeId> hovered;
    std::optional<NodeId> dropTarget;        ///< frame that takes what is dragged
    std::string badge;                       ///< size or angle, shown at the pointer's box
};

class Tool
{
public:
    virtual ~Tool() = default;
    virtual ToolResult press(const ToolContext& context, const PointerEvent& event) = 0;
    virtual ToolResult move(const ToolContext& context, const PointerEvent& event) = 0;
    virtual ToolResult release(const ToolContext& context, const PointerEvent& event) = 0;
    /// Enter, from the keyboard: ends an open path.
    virtual ToolResult confirm(const ToolContext&) { return {}; }
    /// Esc, right click during a drag, or a change of tool: back to rest, nothing is written (the pen keeps its path:
    /// the result holds it).
    virtual ToolResult cancel(const ToolContext& context) = 0;
    [[nodiscard]] virtual bool isBusy() const = 0;
    [[nodiscard]] virtual ToolFeedback feedback(const ToolContext& context) const = 0;
    [[nodiscard]] virtual CursorShape cursor(const ToolContext& context, Point page) const = 0;
};

[[nodiscard]] std::unique_ptr<Tool> makeTool(ToolKind kind);

} // namespace tessera::app
