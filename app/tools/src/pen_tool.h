#pragma once

#include <app/tools/tool.h>

namespace tessera::app {

/// Click: corner. Drag: smooth point with mirrored handles (alt: only the outgoing one). A click on the first point
/// closes the path; Enter or Esc ends it open.
class PenTool final : public Tool
{
public:
    ToolResult press(const ToolContext& context, const PointerEvent& event) override;
    ToolResult move(const ToolContext& context, const PointerEvent& event) override;
    ToolResult release(const ToolContext& context, const PointerEvent& event) override;
    ToolResult confirm(const ToolContext& context) override;
    ToolResult cancel(const ToolContext& context) override;
    [[nodiscard]] bool isBusy() const override { return !m_path.points.empty(); }
    [[nodiscard]] ToolFeedback feedback(const ToolContext& context) const override;
    [[nodiscard]] CursorShape cursor(const ToolContext& context, Point page) const override;

private:
    [[nodiscard]] bool closesAt(const ToolContext& context, Point page) const;
    [[nodiscard]] Point constrained(const PointerEvent& event) const;
    ToolResult finish(const ToolContext& context);

    document::SubPath m_path; ///< page coordinates
    bool m_dragging = false;
    bool m_closing = false;
    Point m_pointer;
};

} // namespace tessera::app
