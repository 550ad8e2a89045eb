#include "shape_tool.h"

#include <cmath>
#include <numbers>

#include <app/models/property_edits.h>
#include <app/models/structure_edits.h>
#include <app/tools/defaults.h>
#include <app/tools/picking.h>

#include "format.h"

namespace tessera::app {

using document::NodeType;

std::vector<std::pair<std::string, crdt::Any>> defaultPaints(NodeType type)
{
    using document::solidPaint;
    using document::toAny;
    switch (type) {
    case NodeType::frame: return {{"fills", toAny(std::vector{solidPaint(defaultFrameColor)})}};
    case NodeType::rect:
    case NodeType::ellipse: return {{"fills", toAny(std::vector{solidPaint(defaultShapeColor)})}};
    case NodeType::line:
    case NodeType::vector:
        return {{"strokes", toAny(std::vector{solidPaint(defaultInkColor)})}, {"sw", crdt::Any(defaultStrokeWidth)}};
    default: return {};
    }
}

bool ShapeTool::wasDragged(const ToolContext& context) const
{
    return length(m_last.page - m_start.page) * context.zoom >= context.dragStartView;
}

DraftShape ShapeTool::shape(const ToolContext& context) const
{
    DraftShape draft;
    draft.type = m_type;
    Point from = m_start.page, to = m_last.page;
    const Modifiers& modifiers = m_last.modifiers;
    if (!wasDragged(context)) {
        draft.size = m_type == NodeType::frame ? defaultFrameSize : defaultShapeSize;
        if (m_type == NodeType::line)
            draft.size.height = 0;
        if (m_type == NodeType::text)
            draft.size = defaultTextBoxSize;
        draft.toPage = Transform::translation(std::round(from.x), std::round(from.y));
        return draft;
    }
    if (m_type == NodeType::line) {
        Point along = to - from;
        if (modifiers.shift) {
            const double step = std::numbers::pi / 4;
            const double angle = std::round(std::atan2(along.y, along.x) / step) * step;
            along = {length(along) * std::cos(angle), length(along) * std::sin(angle)};
        }
        if (modifiers.alt) {
            from = from - along;
            along = along * 2;
        }
        draft.size = {length(along), 0};
        draft.toPage = Transform::translation(from.x, from.y) * Transform::rotation(std::atan2(along.y, along.x));
        return draft;
    }
    if (modifiers.shift) {
        const double side = std::max(std::abs(to.x - from.x), std::abs(to.y - from.y));
        to = {from.x + std::copysign(side, to.x - from.x), from.y + std::copysign(side, to.y - from.y)};
    }
    if (modifiers.alt)
        from = from - (to - from);
    // New boxes lie on whole pixels: what one draws at 100 % is sharp.
    const Rect box = Rect::fromCorners({std::round(from.x), std::round(from.y)}, {std::round(to.x), std::round(to.y)});
    draft.size = {std::max(1.0, box.width), std::max(1.0, box.height)};
    draft.toPage = Transform::translation(box.x, box.y);
    return draft;
}

ToolResult ShapeTool::press(const ToolContext&, const PointerEvent& event)
{
    m_start = m_last = event;
    m_drawing = true;
    return {};
}

ToolResult ShapeTool::move(const ToolContext&, const PointerEvent& event)
{
    m_last = event;
    return {};
}

ToolResult ShapeTool::release(const ToolContext& context, const PointerEvent& event)
{
    if (!m_drawing)
        return {};
    m_last = event;
    m_drawing = false;
    const DraftShape draft = shape(context);
    const NodeId parent = containerAt(context, m_start.page);
    const auto toParent = context.document.pageTransform(parent).inverted();
    if (parent.isEmpty() || !toParent)
        return {};

    document::CreateNode create;
    create.id = makeNodeId(context.random);
    create.type = m_type;
    create.placement = {parent, std::nullopt};
    create.properties = {{"name", defaultName(m_type)},
                         {"xf", document::toAny(*toParent * draft.toPage)},
                         {"size", document::toAny(draft.size)}};
    for (auto& paint : defaultPaints(m_type))
        create.properties.push_back(std::move(paint));
    ToolResult result;
    if (m_type == NodeType::text) {
        const auto autoSize = wasDragged(context) ? document::AutoSize::none : document::AutoSize::widthAndHeight;
        create.properties.emplace_back("para", storedParagraph({.autoSize = autoSize}));
        result.editText = create.id;
    }
    result.selection = std::vector<NodeId>{create.id};
    result.commands.push_back(std::move(create));
    result.finished = true;
    return result;
}

ToolResult ShapeTool::cancel(const ToolContext&)
{
    m_drawing = false;
    return {};
}

ToolFeedback ShapeTool::feedback(const ToolContext& context) const
{
    ToolFeedback feedback;
    if (!m_drawing || !wasDragged(context))
        return feedback;
    feedback.draft = shape(context);
    feedback.box = SelectionBox{feedback.draft->toPage, feedback.draft->size};
    feedback.badge = m_type == NodeType::line ? numberText(feedback.draft->size.width) : sizeText(feedback.draft->size);
    return feedback;
}

CursorShape ShapeTool::cursor(const ToolContext&, Point) const
{
    return m_type == NodeType::text ? CursorShape::text : CursorShape::cross;
}

} // namespace tessera::app
