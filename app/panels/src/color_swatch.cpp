#include "color_swatch.h"

#include <QPainterPath>

#include <app/models/qt_convert.h>
#include <app/theme/theme.h>

#include "checkerboard.h"

namespace tessera::app {

ColorSwatch::ColorSwatch(const QString& name, QWidget* parent) : QAbstractButton(parent)
{
    setAccessibleName(name);
    setToolTip(name);
    setFixedSize(theme().metric(Metric::swatch), theme().metric(Metric::swatch));
    setFocusPolicy(Qt::StrongFocus);
}

void ColorSwatch::setColor(const QColor& color)
{
    setPaint(document::solidPaint(fromQt(color)));
}

void ColorSwatch::setPaint(const document::Paint& paint)
{
    m_paint = paint;
    update();
}

void ColorSwatch::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF field = QRectF(rect()).adjusted(1.5, 1.5, -1.5, -1.5);
    QPainterPath clip;
    clip.addRoundedRect(field, 4, 4);
    painter.save();
    painter.setClipPath(clip);
    paintCheckerboard(painter, field);
    if (m_paint.kind == document::PaintKind::solid) {
        painter.fillRect(field, toQt(m_paint.color));
    } else if (!m_paint.stops.empty()) {
        QGradientStops stops;
        for (const document::GradientStop& stop : m_paint.stops)
            stops.append({stop.offset, toQt(stop.color)});
        if (m_paint.kind == document::PaintKind::radialGradient) {
            QRadialGradient gradient(field.center(), field.width() / 2);
            gradient.setStops(stops);
            painter.fillRect(field, gradient);
        } else {
            QLinearGradient gradient(field.topLeft(), field.bottomLeft());
            gradient.setStops(stops);
            painter.fillRect(field, gradient);
        }
    }
    painter.restore();
    const bool focused = hasFocus();
    if (isCheckable() && isChecked()) {
        // A mark, not only a colour: the tick stands out on any ground.
        const int side = theme().metric(Metric::spacePanel);
        const QRect tick(rect().center().x() - side / 2 + 1, rect().center().y() - side / 2 + 1, side, side);
        const bool light = relativeLuminance(m_paint.color) > 0.4;
        QPainterPath mark;
        mark.moveTo(tick.left() + 2, tick.center().y());
        mark.lineTo(tick.center().x() - 1, tick.bottom() - 3);
        mark.lineTo(tick.right() - 1, tick.top() + 3);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(light ? QColor(Qt::black) : QColor(Qt::white), theme().metric(Metric::outlineFocus)));
        painter.drawPath(mark);
    }
    painter.setPen(QPen(theme().color(focused ? ColorRole::accent : ColorRole::control),
                        focused ? theme().metric(Metric::outlineFocus) : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(field, 4, 4);
}

} // namespace tessera::app
