#include "layer_delegate.h"

#include <QMouseEvent>
#include <QPainter>

#include <app/models/layers_model.h>
#include <app/theme/icons.h>

namespace tessera::app {
namespace {

QString iconName(document::NodeType type)
{
    using document::NodeType;
    switch (type) {
    case NodeType::frame: return QStringLiteral("frame");
    case NodeType::group: return QStringLiteral("group");
    case NodeType::rect: return QStringLiteral("square");
    case NodeType::ellipse: return QStringLiteral("circle");
    case NodeType::line: return QStringLiteral("minus");
    case NodeType::vector: return QStringLiteral("spline");
    case NodeType::text: return QStringLiteral("type");
    case NodeType::image: return QStringLiteral("image");
    case NodeType::svgRaw: return QStringLiteral("code");
    case NodeType::page: return QStringLiteral("file");
    case NodeType::unknown: break;
    }
    return QStringLiteral("circle-help");
}

struct RowRects {
    QRect icon, name, lock, eye;
};

RowRects rectsOf(const QRect& row)
{
    const int side = theme().metric(Metric::icon), gap = theme().metric(Metric::spaceXs);
    const int top = row.top() + (row.height() - side) / 2;
    RowRects rects;
    rects.icon = QRect(row.left() + gap, top, side, side);
    rects.eye = QRect(row.right() - side - gap, top, side, side);
    rects.lock = rects.eye.translated(-side - gap, 0);
    rects.name = QRect(rects.icon.right() + 2 * gap, row.top(), rects.lock.left() - rects.icon.right() - 3 * gap, row.height());
    return rects;
}

} // namespace

void LayerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &background, painter, option.widget);

    const RowRects rects = rectsOf(option.rect);
    const bool visible = index.data(LayersModel::visibleRole).toBool();
    const bool locked = index.data(LayersModel::lockedRole).toBool();
    const bool faint = !visible || index.data(LayersModel::hiddenByParentRole).toBool();
    const bool hovered = option.state & QStyle::State_MouseOver;
    const auto type = static_cast<document::NodeType>(index.data(LayersModel::nodeTypeRole).toInt());
    const ColorRole ink = faint ? ColorRole::control : ColorRole::text;
    themeIcon(iconName(type), faint ? ColorRole::control : ColorRole::text2).paint(painter, rects.icon);
    painter->setPen(theme().color(ink));
    painter->setFont(theme().font(Metric::textBody, type == document::NodeType::frame ? QFont::Medium : QFont::Normal));
    const QString name = QFontMetrics(painter->font()).elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight,
                                                                 rects.name.width());
    painter->drawText(rects.name, Qt::AlignLeft | Qt::AlignVCenter, name);
    if (locked || hovered)
        themeIcon(locked ? QStringLiteral("lock") : QStringLiteral("lock-open"),
                  locked ? ColorRole::text : ColorRole::text2)
            .paint(painter, rects.lock);
    if (!visible || hovered)
        themeIcon(visible ? QStringLiteral("eye") : QStringLiteral("eye-off"),
                  visible ? ColorRole::text2 : ColorRole::text)
            .paint(painter, rects.eye);
}

QSize LayerDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {0, theme().metric(Metric::row)};
}

void LayerDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const
{
    editor->setGeometry(rectsOf(option.rect).name.adjusted(-theme().metric(Metric::spaceField), 0, 0, 0));
}

bool LayerDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                const QModelIndex& index)
{
    const RowRects rects = rectsOf(option.rect);
    if (event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonDblClick) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        const QPoint at = mouse->position().toPoint();
        const int slack = theme().metric(Metric::spaceXxs);
        const auto hits = [&](const QRect& rect) { return rect.adjusted(-slack, -slack * 2, slack, slack * 2).contains(at); };
        if (mouse->button() == Qt::LeftButton && hits(rects.eye))
            return model->setData(index, !index.data(LayersModel::visibleRole).toBool(), LayersModel::visibleRole), true;
        if (mouse->button() == Qt::LeftButton && hits(rects.lock))
            return model->setData(index, !index.data(LayersModel::lockedRole).toBool(), LayersModel::lockedRole), true;
        if (event->type() == QEvent::MouseButtonDblClick && hits(rects.icon)) {
            Q_EMIT iconDoubleClicked(index);
            return true;
        }
    }
    return QStyledItemDelegate::editorEvent(event, model, option, index);
}

} // namespace tessera::app
