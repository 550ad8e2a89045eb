#include <algorithm>

#include <QKeyEvent>
#include <QLinearGradient>
#include <QMouseEvent>
#include <QPainter>

#include <app/theme/theme.h>

#include "checkerboard.h"
#include "color_picker.h"

namespace tessera::app {
namespace {

constexpr int shadeHeight = 160;
constexpr int stripHeight = 16;
constexpr double keyStep = 0.01;

void paintMark(QPainter& painter, const QPointF& at, double radius)
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().color(ColorRole::text), 3));
    painter.drawEllipse(at, radius, radius);
    painter.setPen(QPen(theme().color(ColorRole::handle), 1.5));
    painter.drawEllipse(at, radius, radius);
}

void paintFocus(QPainter& painter, const QWidget& widget)
{
    if (!widget.hasFocus())
        return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().color(ColorRole::accent), theme().metric(Metric::outlineFocus)));
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(1, 1, -1, -1), 4, 4);
}

} // namespace

void paintCheckerboard(QPainter& painter, const QRectF& rect)
{
    constexpr double side = 4;
    painter.fillRect(rect, theme().color(ColorRole::page));
    for (double y = rect.top(); y < rect.bottom(); y += side) {
        const bool odd = static_cast<int>((y - rect.top()) / side) % 2 == 1;
        for (double x = rect.left() + (odd ? side : 0); x < rect.right(); x += 2 * side)
            painter.fillRect(QRectF(x, y, side, side).intersected(rect), theme().color(ColorRole::control));
    }
}

ShadeSquare::ShadeSquare(QWidget* parent) : QWidget(parent)
{
    setFixedHeight(shadeHeight);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Saturation and brightness"));
}

void ShadeSquare::setColor(const QColor& color)
{
    m_hue = color.hsvHueF();
    m_saturation = color.hsvSaturationF();
    m_value = color.valueF();
    update();
}

void ShadeSquare::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QLinearGradient across(0, 0, width(), 0);
    across.setColorAt(0, Qt::white);
    across.setColorAt(1, QColor::fromHsvF(static_cast<float>(std::max(0.0, m_hue)), 1, 1));
    QLinearGradient down(0, 0, 0, height());
    down.setColorAt(0, Qt::transparent);
    down.setColorAt(1, Qt::black);
    painter.setPen(Qt::NoPen);
    painter.setBrush(across);
    painter.drawRoundedRect(rect(), 4, 4);
    painter.setBrush(down);
    painter.drawRoundedRect(rect(), 4, 4);
    paintMark(painter, {m_saturation * width(), (1 - m_value) * height()}, 6);
    paintFocus(painter, *this);
}

void ShadeSquare::pick(const QPointF& at)
{
    m_saturation = std::clamp(at.x() / width(), 0.0, 1.0);
    m_value = 1 - std::clamp(at.y() / height(), 0.0, 1.0);
    update();
    Q_EMIT picked(m_saturation, m_value);
}

void ShadeSquare::mousePressEvent(QMouseEvent* event)
{
    pick(event->position());
}

void ShadeSquare::mouseMoveEvent(QMouseEvent* event)
{
    pick(event->position());
}

void ShadeSquare::keyPressEvent(QKeyEvent* event)
{
    QPointF by;
    switch (event->key()) {
    case Qt::Key_Left: by.setX(-keyStep); break;
    case Qt::Key_Right: by.setX(keyStep); break;
    case Qt::Key_Up: by.setY(-keyStep); break;
    case Qt::Key_Down: by.setY(keyStep); break;
    default: QWidget::keyPressEvent(event); return;
    }
    pick({(m_saturation + by.x()) * width(), (1 - m_value + by.y()) * height()});
}

ColorStrip::ColorStrip(const QString& name, QWidget* parent) : QWidget(parent)
{
    setFixedHeight(stripHeight);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(name);
    setToolTip(name);
}

void ColorStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF bar = QRectF(rect()).adjusted(0, 2, 0, -2);
    paintCheckerboard(painter, bar);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    gradient.setStops(m_stops);
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRect(bar);
    if (m_position >= 0)
        paintMark(painter, {m_position * (width() - stripHeight) + stripHeight / 2.0, height() / 2.0}, 6);
    paintFocus(painter, *this);
}

void ColorStrip::mousePressEvent(QMouseEvent* event)
{
    m_position = std::clamp((event->position().x() - stripHeight / 2.0) / (width() - stripHeight), 0.0, 1.0);
    update();
    Q_EMIT picked(m_position);
}

void ColorStrip::mouseMoveEvent(QMouseEvent* event)
{
    mousePressEvent(event);
}

void ColorStrip::keyPressEvent(QKeyEvent* event)
{
    if (event->key() != Qt::Key_Left && event->key() != Qt::Key_Right) {
        QWidget::keyPressEvent(event);
        return;
    }
    m_position = std::clamp(m_position + (event->key() == Qt::Key_Left ? -keyStep : keyStep), 0.0, 1.0);
    update();
    Q_EMIT picked(m_position);
}

} // namespace tessera::app
