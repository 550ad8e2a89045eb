#include "combo_box.h"

#include <QPainter>
#include <QWheelEvent>

#include <app/theme/icons.h>

namespace tessera::app {

ComboBox::ComboBox(QWidget* parent) : QComboBox(parent)
{
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(1);
    setFocusPolicy(Qt::StrongFocus);
}

void ComboBox::paintEvent(QPaintEvent* event)
{
    QComboBox::paintEvent(event);
    QPainter painter(this);
    const int side = theme().metric(Metric::spacePanel);
    const QRect arrow(width() - side - theme().metric(Metric::spaceField), (height() - side) / 2, side, side);
    themeIcon(QStringLiteral("chevron-down"), isEnabled() ? ColorRole::text2 : ColorRole::control).paint(&painter, arrow);
}

void ComboBox::wheelEvent(QWheelEvent* event)
{
    // Scrolling the panel over a choice must not change it.
    event->ignore();
}

} // namespace tessera::app
