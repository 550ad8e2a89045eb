#include "overlay.h"

#include <QFontMetricsF>
#include <QPainterPath>

#include <app/models/qt_convert.h>
#include <app/theme/theme.h>
#include <app/tools/defaults.h>
#include <app/tools/handles.h>

#include <numbers>

namespace tessera::app {
namespace {

constexpr double labelGapView = 4;
constexpr double badgeGapView = 6;
constexpr double badgePaddingView = 5;
constexpr double penPointView = 6;

QPolygonF outlineOf(const SelectionBox& box, const Viewport& viewport)
{
    QPolygonF polygon;
    const double w = box.size.width, h = box.size.height;
    for (const Point corner : {Point{0, 0}, Point{w, 0}, Point{w, h}, Point{0, h}})
        polygon << toQt(viewport.toView(box.toPage.apply(corner)));
    return polygon;
}

QPen cosmetic(const QColor& color, double width)
{
    QPen pen(color, width);
    pen.setJoinStyle(Qt::MiterJoin);
    return pen;
}

void outlineNode(QPainter& painter, const OverlayInput& input, const NodeId& node, const QColor& color, double width,
                 Point offsetPage = {})
{
    if (!input.document.node(node) || input.document.tree().pageOf(node) != input.page)
        return;
    SelectionBox box = selectionBox(input.document, std::span(&node, 1));
    box.toPage = Transform::translation(offsetPage.x, offsetPage.y) * box.toPage;
    painter.setPen(cosmetic(color, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(outlineOf(box, input.viewport));
}

QRectF tag(QPainter& painter, const QString& text, const QPointF& topLeft, const QColor& fill, const QColor& ink,
           double height)
{
    const double padding = theme().metric(Metric::nameTagPadding);
    painter.setFont(theme().font(Metric::textHint, QFont::Medium));
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * padding;
    const QRectF rect(topLeft, QSizeF(width, height));
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect, padding, padding);
    painter.setPen(ink);
    painter.drawText(rect, Qt::AlignCenter, text);
    return rect;
}

bool isTopFrame(const document::Document& document, const NodeId& id)
{
    const document::Node* node = document.node(id);
    return node && node->type == document::NodeType::frame && node->visible;
}

struct FrameLabel {
    NodeId frame;
    QString text;
    QRectF rect;
};

std::vector<FrameLabel> frameLabels(const document::Document& document, const NodeId& page, const Viewport& viewport)
{
    std::vector<FrameLabel> labels;
    const QFontMetricsF metrics(theme().font(Metric::textHint));
    for (const NodeId& id : document.tree().childrenOf(page)) {
        if (!isTopFrame(document, id))
            continue;
        const Rect bounds = document.pageBounds(id);
        const double widthView = bounds.width * viewport.zoom;
        const Point at = viewport.toView(bounds.topLeft());
        const QString text = metrics.elidedText(toQt(document.node(id)->name), Qt::ElideRight, std::max(widthView, 24.0));
        const QRectF rect(at.x, at.y - labelGapView - metrics.height(), metrics.horizontalAdvance(text), metrics.height());
        labels.push_back({id, text, rect});
    }
    return labels;
}

void paintFrameNames(QPainter& painter, const OverlayInput& input)
{
    painter.setFont(theme().font(Metric::textHint));
    for (const FrameLabel& label : frameLabels(input.document, input.page, input.viewport)) {
        const bool selected = std::ranges::find(input.selection, label.frame) != input.selection.end();
        painter.setPen(theme().color(selected ? ColorRole::accent : ColorRole::text2));
        painter.drawText(label.rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, label.text);
    }
}

QPainterPath pathOf(const document::VectorPath& path, const Viewport& viewport)
{
    QPainterPath result;
    for (const document::SubPath& sub : path.subPaths) {
        if (sub.points.empty())
            continue;
        result.moveTo(toQt(viewport.toView(sub.points.front().at)));
        const std::size_t count = sub.points.size();
        for (std::size_t i = 1; i < count + (sub.closed ? 1 : 0); ++i) {
            const auto& from = sub.points[i - 1];
            const auto& to = sub.points[i % count];
            result.cubicTo(toQt(viewport.toView(from.out)), toQt(viewport.toView(to.in)), toQt(viewport.toView(to.at)));
        }
    }
    return result;
}

void paintPenPoints(QPainter& painter, const DraftShape& draft, const Viewport& viewport)
{
    const QColor accent = theme().color(ColorRole::accent);
    for (const document::SubPath& sub : draft.path.subPaths) {
        for (const document::PathPoint& point : sub.points) {
            const QPointF at = toQt(viewport.toView(point.at));
            painter.setPen(cosmetic(accent, 1));
            for (const Point handle : {point.in, point.out}) {
                if (handle == point.at)
                    continue;
                const QPointF end = toQt(viewport.toView(handle));
                painter.drawLine(at, end);
                painter.setBrush(accent);
                painter.drawEllipse(end, penPointView / 3, penPointView / 3);
            }
            painter.setBrush(theme().color(ColorRole::handle));
            painter.drawRect(QRectF(at.x() - penPointView / 2, at.y() - penPointView / 2, penPointView, penPointView));
        }
    }
    if (draft.closesAt) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(cosmetic(accent, 1.5));
        painter.drawEllipse(toQt(viewport.toView(*draft.closesAt)), penPointView, penPointView);
    }
}

void paintDraft(QPainter& painter, const OverlayInput& input, const DraftShape& draft)
{
    using document::NodeType;
    const Viewport& viewport = input.viewport;
    const QColor accent = theme().color(ColorRole::accent);
    if (draft.type == NodeType::vector) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(cosmetic(accent, 1.5));
        painter.drawPath(pathOf(draft.path, viewport));
        paintPenPoints(painter, draft, viewport);
        return;
    }
    painter.save();
    painter.setTransform(toQt(viewport.pageToView() * draft.toPage), true);
    const QRectF box(0, 0, draft.size.width, draft.size.height);
    painter.setPen(Qt::NoPen);
    switch (draft.type) {
    case NodeType::ellipse:
        painter.setBrush(toQt(defaultShapeColor));
        painter.drawEllipse(box);
        break;
    case NodeType::line:
        painter.setPen(QPen(toQt(defaultInkColor), defaultStrokeWidth));
        painter.drawLine(QPointF(0, 0), QPointF(draft.size.width, draft.size.height));
        break;
    case NodeType::text: break;
    default: painter.fillRect(box, toQt(draft.type == NodeType::frame ? defaultFrameColor : defaultShapeColor)); break;
    }
    painter.restore();
}

void paintHandles(QPainter& painter, const SelectionBox& box, const Viewport& viewport)
{
    const double side = theme().metric(Metric::handle);
    painter.setBrush(theme().color(ColorRole::handle));
    painter.setPen(cosmetic(theme().color(ColorRole::accent), 1));
    const double turn = std::atan2(box.toPage.b, box.toPage.a);
    for (const Handle handle : allHandles) {
        if (!isShown(box, handle, viewport.zoom))
            continue;
        painter.save();
        painter.translate(toQt(viewport.toView(handlePosition(box, handle))));
        painter.rotate(turn * 180 / 3.14159265358979323846);
        painter.drawRect(QRectF(-side / 2, -side / 2, side, side));
        painter.restore();
    }
}

void paintBadge(QPainter& painter, const SelectionBox& box, const Viewport& viewport, const QString& text)
{
    const QRectF bounds = outlineOf(box, viewport).boundingRect();
    painter.setFont(theme().font(Metric::textHint, QFont::Medium));
    const double height = theme().metric(Metric::nameTag) + 2;
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2 * badgePaddingView;
    const QRectF rect(bounds.center().x() - width / 2, bounds.bottom() + badgeGapView, width, height);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().color(ColorRole::accent));
    painter.drawRoundedRect(rect, 4, 4);
    painter.setPen(theme().color(ColorRole::onAccent));
    painter.drawText(rect, Qt::AlignCenter, text);
}

QString sizeBadge(Size size)
{
    const auto number = [](double value) { return QString::number(std::round(value * 100) / 100, 'g', 8); };
    return QStringLiteral("%1 × %2").arg(number(size.width), number(size.height));
}

void paintSelection(QPainter& painter, const OverlayInput& input)
{
    const QColor accent = theme().color(ColorRole::accent);
    const double width = theme().metric(Metric::selectionOutline);
    if (input.feedback.hovered && std::ranges::find(input.selection, *input.feedback.hovered) == input.selection.end())
        outlineNode(painter, input, *input.feedback.hovered, accent, theme().metric(Metric::hoverOutline));
    if (input.feedback.dropTarget)
        outlineNode(painter, input, *input.feedback.dropTarget, accent, theme().metric(Metric::hoverOutline));
    const bool gesture = input.feedback.box.has_value();
    if (!gesture && input.selection.size() > 1) {
        for (const NodeId& node : input.selection)
            outlineNode(painter, input, node, accent, width);
    }
    const SelectionBox box = gesture ? *input.feedback.box : selectionBox(input.document, input.selection);
    if ((input.selection.empty() && !gesture) || box.isEmpty())
        return;
    painter.setPen(cosmetic(accent, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolygon(outlineOf(box, input.viewport));
    if (input.showHandles)
        paintHandles(painter, box, input.viewport);
    if (!input.feedback.badge.empty())
        paintBadge(painter, box, input.viewport, toQt(input.feedback.badge));
    else if (input.showHandles && input.feedback.dragged.empty())
        paintBadge(painter, box, input.viewport, sizeBadge(box.size));
}

void paintCursor(QPainter& painter, const QPointF& at, const QColor& color, const QString& name)
{
    const double side = theme().metric(Metric::cursor);
    QPainterPath arrow(at);
    arrow.lineTo(at + QPointF(0, side));
    arrow.lineTo(at + QPointF(side * 0.28, side * 0.76));
    arrow.lineTo(at + QPointF(side * 0.72, side * 0.72));
    arrow.closeSubpath();
    painter.setPen(cosmetic(theme().color(ColorRole::onPeer), 1.5));
    painter.setBrush(color);
    painter.drawPath(arrow);
    if (!name.isEmpty())
        tag(painter, name, at + QPointF(side * 0.7, side * 0.9), color, theme().color(ColorRole::onPeer),
            theme().metric(Metric::nameTag));
}

void paintPeers(QPainter& painter, const OverlayInput& input)
{
    for (const RemoteCursor& cursor : input.cursors) {
        const collab::Presence& presence = cursor.peer.presence;
        const QColor color = toQt(presence.color);
        Point offset;
        const auto isDragged = [&](const NodeId& node) {
            return presence.drag && std::ranges::find(presence.drag->nodes, node) != presence.drag->nodes.end();
        };
        for (const NodeId& node : presence.selection) {
            offset = isDragged(node) ? presence.drag->offset : Point{};
            outlineNode(painter, input, node, color, theme().peerOutline(), offset);
        }
    }
    for (const RemoteCursor& cursor : input.cursors) {
        const collab::Presence& presence = cursor.peer.presence;
        if (!presence.cursor || presence.cursor->page != input.page || cursor.strength <= 0)
            continue;
        painter.setOpacity(cursor.strength);
        paintCursor(painter, toQt(input.viewport.toView(presence.cursor->position)), toQt(presence.color),
                    toQt(presence.name));
        painter.setOpacity(1);
    }
}

} // namespace

std::optional<NodeId> frameNameAt(const document::Document& document, const NodeId& page, const Viewport& viewport,
                                  Point view)
{
    const auto labels = frameLabels(document, page, viewport);
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        if (label->rect.adjusted(-2, -2, 2, labelGapView).contains(toQt(view)))
            return label->frame;
    }
    return std::nullopt;
}

void paintOverlay(QPainter& painter, const OverlayInput& input)
{
    painter.setRenderHint(QPainter::Antialiasing);
    paintFrameNames(painter, input);
    if (input.feedback.draft)
        paintDraft(painter, input, *input.feedback.draft);
    paintPeers(painter, input);
    paintSelection(painter, input);
    if (input.feedback.marquee) {
        QColor fill = theme().color(ColorRole::accent);
        painter.setPen(cosmetic(fill, 1));
        fill.setAlphaF(0.12F);
        painter.setBrush(fill);
        painter.drawRect(toQt(input.viewport.pageToView().mapBounds(*input.feedback.marquee)));
    }
}

void paintTextOverlay(QPainter& painter, const TextOverlay& input)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setTransform(toQt(input.toView), true);
    QColor selected = theme().color(ColorRole::accent);
    selected.setAlphaF(0.3F);
    for (const Rect& rect : text::selectionRects(input.layout, input.selectionStart, input.selectionEnd))
        painter.fillRect(toQt(rect), selected);
    if (input.caretVisible && input.selectionStart == input.selectionEnd) {
        const text::Caret caret = text::caretAt(input.layout, input.caret);
        const double width = 1.5 / std::max(input.toView.scale(), 1e-6);
        painter.translate(caret.top.x, caret.top.y);
        painter.rotate(caret.rotation * 180 / std::numbers::pi);
        painter.fillRect(QRectF(-width / 2, 0, width, caret.height), theme().color(ColorRole::accent));
    }
    painter.restore();
}

} // namespace tessera::app
