#pragma once

#include <app/tools/handles.h>
#include <app/tools/tool.h>

namespace tessera::app {

/// Click, shift-click, marquee; move, resize by handles, rotate round the corners. One commit at release.
class SelectTool final : public Tool
{
public:
    ToolResult press(const ToolContext& context, const PointerEvent& event) override;
    ToolResult move(const ToolContext& context, const PointerEvent& event) override;
    ToolResult release(const ToolContext& context, const PointerEvent& event) override;
    ToolResult cancel(const ToolContext& context) override;
    [[nodiscard]] bool isBusy() const override { return m_state != State::idle; }
    [[nodiscard]] ToolFeedback feedback(const ToolContext& context) const override;
    [[nodiscard]] CursorShape cursor(const ToolContext& context, Point page) const override;

private:
    enum class State : std::uint8_t { idle, pressed, moving, marquee, resizing, rotating };

    ToolResult pressNode(const ToolContext& context, const PointerEvent& event, const NodeId& node);
    ToolResult doubleClick(const ToolContext& context, const PointerEvent& event);
    [[nodiscard]] Point dragOffset() const;
    [[nodiscard]] Transform gestureMap() const;
    [[nodiscard]] Commands gestureCommands(const ToolContext& context) const;
    [[nodiscard]] NodeId dropTarget(const ToolContext& context) const;
    [[nodiscard]] std::vector<NodeId> marqueeSelection(const ToolContext& context) const;

    State m_state = State::idle;
    bool m_marqueeOnDrag = false;             ///< the press was on nothing, or on a frame's own ground
    std::optional<NodeId> m_selectOnClick;    ///< decided at release, when the press turns out to be no drag
    std::optional<NodeId> m_toggleOnClick;
    NodeId m_marqueeContainer;
    std::vector<NodeId> m_before;             ///< selection at the press
    PointerEvent m_start;
    PointerEvent m_last;
    SelectionBox m_box;
    HandleHit m_handle;
    std::optional<NodeId> m_hovered;
};

} // namespace tessera::app
