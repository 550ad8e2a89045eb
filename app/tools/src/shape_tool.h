#pragma once

#include <app/tools/tool.h>

namespace tessera::app {

/// Frame, rectangle, ellipse, line and text box: a drag gives the box, a click a default size. What is drawn goes into
/// the frame under the press.
class ShapeTool final : public Tool
{
public:
    explicit ShapeTool(document::NodeType type) : m_type(type) {}
    ToolResult press(const ToolContext& context, const PointerEvent& event) override;
    ToolResult move(const ToolContext& context, const PointerEvent& event) override;
    ToolResult release(const ToolContext& context, const PointerEvent& event) override;
    ToolResult cancel(const ToolContext& context) override;
    [[nodiscard]] bool isBusy() const override { return m_drawing; }
    [[nodiscard]] ToolFeedback feedback(const ToolContext& context) const override;
    [[nodiscard]] CursorShape cursor(const ToolContext& context, Point page) const override;

private:
    [[nodiscard]] bool wasDragged(const ToolContext& context) const;
    [[nodiscard]] DraftShape shape(const ToolContext& context) const;

    document::NodeType m_type;
    bool m_drawing = false;
    PointerEvent m_start;
    PointerEvent m_last;
};

} // namespace tessera::app
