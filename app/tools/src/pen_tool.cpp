#include "pen_tool.h"

#include <cmath>
#include <limits>
#include <numbers>

#include <app/models/structure_edits.h>
#include <app/tools/defaults.h>
#include <app/tools/picking.h>

namespace tessera::app {
namespace {

/// Extremes of one cubic along one axis, ends included.
void extend(double p0, double p1, double p2, double p3, double& low, double& high)
{
    const auto at = [&](double t) {
        const double u = 1 - t;
        return u * u * u * p0 + 3 * u * u * t * p1 + 3 * u * t * t * p2 + t * t * t * p3;
    };
    const auto take = [&](double t) {
        if (t >= 0 && t <= 1) {
            low = std::min(low, at(t));
            high = std::max(high, at(t));
        }
    };
    take(0);
    take(1);
    const double a = -p0 + 3 * p1 - 3 * p2 + p3, b = 2 * (p0 - 2 * p1 + p2), c = p1 - p0;
    if (std::abs(a) < 1e-12) {
        if (std::abs(b) > 1e-12)
            take(-c / b);
        return;
    }
    const double discriminant = b * b - 4 * a * c;
    if (discriminant >= 0) {
        take((-b + std::sqrt(discriminant)) / (2 * a));
        take((-b - std::sqrt(discriminant)) / (2 * a));
    }
}

Rect boundsOf(const document::SubPath& path)
{
    double x0 = std::numeric_limits<double>::infinity(), y0 = x0, x1 = -x0, y1 = -x0;
    const std::size_t count = path.points.size();
    for (std::size_t i = 0; i + (path.closed ? 0 : 1) < count; ++i) {
        const auto& from = path.points[i];
        const auto& to = path.points[(i + 1) % count];
        extend(from.at.x, from.out.x, to.in.x, to.at.x, x0, x1);
        extend(from.at.y, from.out.y, to.in.y, to.at.y, y0, y1);
    }
    return {x0, y0, x1 - x0, y1 - y0};
}

} // namespace

bool PenTool::closesAt(const ToolContext& context, Point page) const
{
    return m_path.points.size() >= 2 &&
           length(page - m_path.points.front().at) * context.zoom <= context.handleHitView / 2;
}

Point PenTool::constrained(const PointerEvent& event) const
{
    if (!event.modifiers.shift || m_path.points.empty())
        return event.page;
    const Point from = m_path.points.back().at;
    const Point along = event.page - from;
    const double step = std::numbers::pi / 4;
    const double angle = std::round(std::atan2(along.y, along.x) / step) * step;
    return from + Point{length(along) * std::cos(angle), length(along) * std::sin(angle)};
}

ToolResult PenTool::press(const ToolContext& context, const PointerEvent& event)
{
    m_pointer = event.page;
    m_dragging = true;
    if (closesAt(context, event.page)) {
        m_closing = true;
        return {};
    }
    const Point at = constrained(event);
    m_path.points.push_back({at, at, at});
    return {};
}

ToolResult PenTool::move(const ToolContext& context, const PointerEvent& event)
{
    m_pointer = constrained(event);
    if (!m_dragging || m_path.points.empty())
        return {};
    document::PathPoint& point = m_closing ? m_path.points.front() : m_path.points.back();
    const Point pull = event.page - point.at;
    if (length(pull) * context.zoom < context.dragStartView)
        return {};
    const Point mirrored = point.at - pull;
    if (m_closing) {
        point.in = mirrored;
    } else {
        point.out = event.page;
        if (!event.modifiers.alt)
            point.in = mirrored;
    }
    return {};
}

ToolResult PenTool::release(const ToolContext& context, const PointerEvent& event)
{
    m_pointer = event.page;
    m_dragging = false;
    if (!m_closing)
        return {};
    m_path.closed = true;
    return finish(context);
}

ToolResult PenTool::finish(const ToolContext& context)
{
    document::SubPath path;
    std::swap(path, m_path);
    m_dragging = m_closing = false;
    if (path.points.size() < 2)
        return {};
    const Point first = path.points.front().at;
    const NodeId parent = containerAt(context, first);
    const auto toParent = context.document.pageTransform(parent).inverted();
    if (parent.isEmpty() || !toParent)
        return {};
    const Rect box = boundsOf(path);
    for (document::PathPoint& point : path.points) {
        for (Point* p : {&point.at, &point.in, &point.out})
            *p = *p - box.topLeft();
    }
    document::CreateNode create;
    create.id = makeNodeId(context.random);
    create.type = document::NodeType::vector;
    create.placement = {parent, std::nullopt};
    create.properties = {{"name", defaultName(document::NodeType::vector)},
                         {"xf", document::toAny(*toParent * Transform::translation(box.x, box.y))},
                         {"size", document::toAny(Size{box.width, box.height})},
                         {"path", document::toAny(document::VectorPath{document::FillRule::nonzero, {path}})}};
    for (auto& paint : defaultPaints(document::NodeType::vector))
        create.properties.push_back(std::move(paint));
    ToolResult result;
    result.selection = std::vector<NodeId>{create.id};
    result.commands.push_back(std::move(create));
    result.finished = true;
    return result;
}

ToolResult PenTool::confirm(const ToolContext& context)
{
    return finish(context);
}

ToolResult PenTool::cancel(const ToolContext& context)
{
    return finish(context);
}

ToolFeedback PenTool::feedback(const ToolContext& context) const
{
    ToolFeedback feedback;
    if (m_path.points.empty())
        return feedback;
    DraftShape draft;
    draft.type = document::NodeType::vector;
    document::SubPath shown = m_path;
    if (!m_dragging) {
        if (closesAt(context, m_pointer))
            shown.closed = true;
        else
            shown.points.push_back({m_pointer, m_pointer, m_pointer});
    }
    draft.path.subPaths = {shown};
    if (m_path.points.size() >= 2)
        draft.closesAt = m_path.points.front().at;
    feedback.draft = draft;
    return feedback;
}

CursorShape PenTool::cursor(const ToolContext&, Point) const
{
    return CursorShape::pen;
}

} // namespace tessera::app
