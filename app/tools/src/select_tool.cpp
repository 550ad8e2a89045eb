#include "select_tool.h"

#include <algorithm>

#include <app/models/property_edits.h>
#include <app/models/structure_edits.h>
#include <app/tools/picking.h>

#include "format.h"

namespace tessera::app {
namespace {

bool contains(const std::vector<NodeId>& nodes, const NodeId& id)
{
    return std::ranges::find(nodes, id) != nodes.end();
}

std::vector<NodeId> toggled(std::vector<NodeId> nodes, const std::vector<NodeId>& with)
{
    for (const NodeId& id : with) {
        if (contains(nodes, id))
            std::erase(nodes, id);
        else
            nodes.push_back(id);
    }
    return nodes;
}

/// A frame on the page with content: pressing its ground and dragging draws a marquee inside.
bool isGround(const ToolContext& context, const NodeId& id)
{
    const document::Node* node = context.document.node(id);
    return node && node->type == document::NodeType::frame && !context.document.tree().childrenOf(id).empty();
}

} // namespace

ToolResult SelectTool::press(const ToolContext& context, const PointerEvent& event)
{
    m_start = m_last = event;
    m_before = context.selection;
    m_selectOnClick.reset();
    m_toggleOnClick.reset();
    m_marqueeOnDrag = false;

    m_box = selectionBox(context.document, context.selection);
    const bool locked = std::ranges::any_of(context.selection, [&](const NodeId& id) {
        const document::Node* node = context.document.node(id);
        return !node || node->locked;
    });
    if (!context.selection.empty() && !locked) {
        if (const auto hit = handleAt(m_box, event.page, context.zoom, context.handleHitView)) {
            m_handle = *hit;
            m_state = hit->rotates ? State::rotating : State::resizing;
            return {};
        }
    }
    if (event.clickCount == 2)
        return doubleClick(context, event);
    if (const auto node = pick(context, event.page, event.modifiers.mod))
        return pressNode(context, event, *node);

    m_state = State::pressed;
    m_marqueeOnDrag = true;
    m_marqueeContainer = context.page;
    ToolResult result;
    if (!event.modifiers.shift)
        result.selection.emplace();
    return result;
}

ToolResult SelectTool::pressNode(const ToolContext& context, const PointerEvent& event, const NodeId& node)
{
    m_state = State::pressed;
    ToolResult result;
    if (isGround(context, node) && !contains(context.selection, node)) {
        m_marqueeOnDrag = true;
        m_marqueeContainer = node;
        m_selectOnClick = node;
        if (!event.modifiers.shift)
            result.selection.emplace();
        return result;
    }
    if (event.modifiers.shift) {
        if (contains(context.selection, node))
            m_toggleOnClick = node;
        else
            result.selection = toggled(context.selection, {node});
    } else if (contains(context.selection, node)) {
        m_selectOnClick = node;
    } else {
        result.selection = std::vector<NodeId>{node};
    }
    return result;
}

ToolResult SelectTool::doubleClick(const ToolContext& context, const PointerEvent& event)
{
    m_state = State::idle;
    ToolResult result;
    if (context.selection.size() != 1) {
        if (const auto node = pick(context, event.page, false))
            result.selection = std::vector<NodeId>{*node};
        return result;
    }
    const NodeId& selected = context.selection.front();
    const document::Node* node = context.document.node(selected);
    if (node && node->type == document::NodeType::text && !node->locked &&
        context.document.pageBounds(selected).inflated(context.pickRadiusView / context.zoom).contains(event.page)) {
        result.editText = selected;
    } else if (const auto inner = pickInside(context, event.page, selected)) {
        result.selection = std::vector<NodeId>{*inner};
    }
    return result;
}

ToolResult SelectTool::move(const ToolContext& context, const PointerEvent& event)
{
    m_last = event;
    if (m_state == State::idle) {
        m_hovered = pick(context, event.page, event.modifiers.mod);
        return {};
    }
    if (m_state == State::pressed && length(event.page - m_start.page) * context.zoom >= context.dragStartView) {
        const bool locked = std::ranges::any_of(context.selection, [&](const NodeId& id) {
            const document::Node* node = context.document.node(id);
            return node && node->locked;
        });
        if (m_marqueeOnDrag)
            m_state = State::marquee;
        else if (!context.selection.empty() && !locked)
            m_state = State::moving;
    }
    if (m_state == State::marquee)
        return {.selection = marqueeSelection(context)};
    return {};
}

std::vector<NodeId> SelectTool::marqueeSelection(const ToolContext& context) const
{
    const Rect rect = Rect::fromCorners(m_start.page, m_last.page);
    const std::vector<NodeId> touched = pickRect(context, rect, m_marqueeContainer);
    return m_last.modifiers.shift ? toggled(m_before, touched) : touched;
}

Point SelectTool::dragOffset() const
{
    Point offset = m_last.page - m_start.page;
    if (m_last.modifiers.shift)
        (std::abs(offset.x) >= std::abs(offset.y) ? offset.y : offset.x) = 0;
    return offset;
}

Transform SelectTool::gestureMap() const
{
    switch (m_state) {
    case State::moving: return Transform::translation(dragOffset().x, dragOffset().y);
    case State::resizing: return resizeMap(m_box, m_handle.handle, m_last.page, m_last.modifiers);
    case State::rotating: return rotateMap(m_box, m_start.page, m_last.page, m_last.modifiers);
    default: return {};
    }
}

Commands SelectTool::gestureCommands(const ToolContext& context) const
{
    const Transform map = gestureMap();
    if (map.isIdentity())
        return {};
    if (m_state != State::resizing)
        return transformNodes(context.document, context.selection, map);
    Commands commands = scaleNodes(context.document, context.selection, map);
    // A text box that was resized by hand no longer follows its content in that direction.
    for (const NodeId& id : context.selection) {
        const document::Node* node = context.document.node(id);
        if (!node || node->type != document::NodeType::text || node->paragraph.autoSize == document::AutoSize::none)
            continue;
        const bool onlyWidth = m_handle.handle == Handle::left || m_handle.handle == Handle::right;
        const auto autoSize = onlyWidth ? document::AutoSize::height : document::AutoSize::none;
        const Commands set = changeParagraph(context.document, std::span(&id, 1),
                                             [&](document::ParagraphStyle& style) { style.autoSize = autoSize; });
        commands.insert(commands.end(), set.begin(), set.end());
    }
    return commands;
}

NodeId SelectTool::dropTarget(const ToolContext& context) const
{
    return containerAt(context, m_last.page, context.selection);
}

ToolResult SelectTool::release(const ToolContext& context, const PointerEvent& event)
{
    m_last = event;
    ToolResult result;
    switch (m_state) {
    case State::idle: break;
    case State::pressed:
        if (m_toggleOnClick)
            result.selection = toggled(context.selection, {*m_toggleOnClick});
        else if (m_selectOnClick)
            result.selection = event.modifiers.shift ? toggled(context.selection, {*m_selectOnClick})
                                                     : std::vector<NodeId>{*m_selectOnClick};
        break;
    case State::marquee: result.selection = marqueeSelection(context); break;
    case State::moving:
        if (event.modifiers.alt) {
            StructureEdit copies = duplicateNodes(context.document, context.selection, dragOffset(), context.random);
            result.commands = std::move(copies.commands);
            result.selection = std::move(copies.selection);
        } else {
            result.commands = gestureCommands(context);
            if (!result.commands.empty())
                appendReparenting(context, dropTarget(context), gestureMap(), result.commands);
        }
        break;
    case State::resizing:
    case State::rotating: result.commands = gestureCommands(context); break;
    }
    m_state = State::idle;
    return result;
}

ToolResult SelectTool::cancel(const ToolContext&)
{
    ToolResult result;
    if (m_state == State::marquee)
        result.selection = m_before;
    m_state = State::idle;
    return result;
}

ToolFeedback SelectTool::feedback(const ToolContext& context) const
{
    ToolFeedback feedback;
    if (m_state == State::idle) {
        feedback.hovered = m_hovered;
        return feedback;
    }
    if (m_state == State::marquee) {
        feedback.marquee = Rect::fromCorners(m_start.page, m_last.page);
        return feedback;
    }
    if (m_state == State::pressed)
        return feedback;

    for (const document::Command& command : gestureCommands(context)) {
        if (const auto* transform = std::get_if<document::SetTransform>(&command))
            feedback.previews[transform->node].transform = transform->transform;
        else if (const auto* frame = std::get_if<document::SetFrame>(&command))
            feedback.previews[frame->node] = {frame->transform, frame->size};
    }
    const Transform map = gestureMap();
    SelectionBox box{map * m_box.toPage, m_box.size};
    if (m_state == State::resizing) {
        // The stretch belongs into the size, so that handles and badge stay true.
        const double sx = std::hypot(box.toPage.a, box.toPage.b) / std::hypot(m_box.toPage.a, m_box.toPage.b);
        const double sy = std::hypot(box.toPage.c, box.toPage.d) / std::hypot(m_box.toPage.c, m_box.toPage.d);
        box.toPage = box.toPage * Transform::scaling(1 / sx, 1 / sy);
        box.size = {box.size.width * sx, box.size.height * sy};
        feedback.badge = sizeText(box.size);
    } else if (m_state == State::rotating) {
        feedback.badge = angleText(rotationDegrees(box.toPage));
    } else {
        feedback.dragged = topmost(context.document, context.selection);
        feedback.dragOffset = dragOffset();
        const NodeId target = dropTarget(context);
        if (target != context.page && !context.selection.empty() &&
            context.document.tree().shownParent.at(feedback.dragged.front()) != target)
            feedback.dropTarget = target;
    }
    feedback.box = box;
    return feedback;
}

CursorShape SelectTool::cursor(const ToolContext& context, Point page) const
{
    switch (m_state) {
    case State::moving: return m_last.modifiers.alt ? CursorShape::copy : CursorShape::move;
    case State::resizing: return resizeCursor(m_box, m_handle.handle);
    case State::rotating: return CursorShape::rotate;
    case State::pressed:
    case State::marquee: return CursorShape::arrow;
    case State::idle: break;
    }
    if (context.selection.empty())
        return CursorShape::arrow;
    const SelectionBox box = selectionBox(context.document, context.selection);
    const auto hit = handleAt(box, page, context.zoom, context.handleHitView);
    if (!hit)
        return CursorShape::arrow;
    return hit->rotates ? CursorShape::rotate : resizeCursor(box, hit->handle);
}

} // namespace tessera::app
