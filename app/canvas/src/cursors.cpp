#include "cursors.h"

#include <QPixmap>

#include <app/theme/icons.h>

namespace tessera::app {
namespace {

QCursor drawn(const QString& icon, int hotX, int hotY)
{
    const int side = theme().metric(Metric::cursor) + 4;
    return QCursor(themeIcon(icon, ColorRole::text).pixmap(side, side), hotX, hotY);
}

} // namespace

QCursor cursorFor(CursorShape shape)
{
    switch (shape) {
    case CursorShape::arrow: return Qt::ArrowCursor;
    case CursorShape::cross: return Qt::CrossCursor;
    case CursorShape::text: return Qt::IBeamCursor;
    case CursorShape::move: return Qt::SizeAllCursor;
    case CursorShape::openHand: return Qt::OpenHandCursor;
    case CursorShape::closedHand: return Qt::ClosedHandCursor;
    case CursorShape::sizeHorizontal: return Qt::SizeHorCursor;
    case CursorShape::sizeVertical: return Qt::SizeVerCursor;
    case CursorShape::sizeDiagonalDown: return Qt::SizeFDiagCursor;
    case CursorShape::sizeDiagonalUp: return Qt::SizeBDiagCursor;
    case CursorShape::copy: return Qt::DragCopyCursor;
    case CursorShape::rotate: return drawn(QStringLiteral("rotate-cw"), -1, -1);
    case CursorShape::pen: return drawn(QStringLiteral("pen-tool"), 1, 1);
    }
    return Qt::ArrowCursor;
}

} // namespace tessera::app
