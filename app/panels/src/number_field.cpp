#include "number_field.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>

#include <app/theme/theme.h>

namespace tessera::app {

NumberField::NumberField(const QString& label, const QString& name, QWidget* parent)
    : QLineEdit(parent), m_label(label), m_least(std::numeric_limits<double>::lowest()),
      m_greatest(std::numeric_limits<double>::max())
{
    setAccessibleName(name);
    setToolTip(name);
    setTextMargins(fontMetrics().horizontalAdvance(QStringLiteral("WW")), 0, 0, 0);
    setMouseTracking(true);
    setMinimumWidth(0);
    connect(this, &QLineEdit::returnPressed, this, [this] {
        commit();
        selectAll();
    });
}

void NumberField::setRange(double least, double greatest)
{
    m_least = least;
    m_greatest = greatest;
}

void NumberField::show(const Shared<double>& value)
{
    m_value = value;
    setEnabled(value.present);
    if (!hasFocus() || !isModified())
        restore();
}

void NumberField::restore()
{
    if (!m_value.present)
        setText({});
    else if (m_value.mixed)
        setText(tr("Mixed"));
    else
        setText(valueText(m_value.value) + m_suffix);
    setModified(false);
    setProperty("invalid", false);
    style()->polish(this);
}

void NumberField::change(const ValueChange& change, bool scrubbing)
{
    const auto bounded = [change, least = m_least, greatest = m_greatest](double old) {
        return std::clamp(change(old), least, greatest);
    };
    Q_EMIT edited(bounded, scrubbing);
}

void NumberField::commit()
{
    if (!isModified())
        return;
    QString typed = text().trimmed();
    // A suffix that is only shown must not turn "50%" of the field itself into a share.
    if (!m_suffix.isEmpty() && typed.endsWith(m_suffix))
        typed.chop(m_suffix.size());
    const auto parsed = parseValue(typed);
    if (!parsed) {
        setProperty("invalid", true);
        style()->polish(this);
        return;
    }
    setModified(false);
    change(*parsed, false);
}

void NumberField::keyPressEvent(QKeyEvent* event)
{
    const bool up = event->key() == Qt::Key_Up, down = event->key() == Qt::Key_Down;
    if (up || down) {
        commit();
        const double step = event->modifiers() & Qt::ShiftModifier ? 10 : event->modifiers() & Qt::AltModifier ? 0.1 : 1;
        change([by = up ? step : -step](double old) { return old + by; }, true);
        selectAll();
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        restore();
        selectAll();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void NumberField::focusInEvent(QFocusEvent* event)
{
    QLineEdit::focusInEvent(event);
    selectAll();
}

void NumberField::focusOutEvent(QFocusEvent* event)
{
    commit();
    restore();
    QLineEdit::focusOutEvent(event);
}

void NumberField::mousePressEvent(QMouseEvent* event)
{
    if (event->position().x() < textMargins().left() && m_value.present) {
        m_scrubX = event->globalPosition().x();
        return;
    }
    QLineEdit::mousePressEvent(event);
}

void NumberField::mouseMoveEvent(QMouseEvent* event)
{
    if (m_scrubX) {
        const double steps = std::trunc(event->globalPosition().x() - *m_scrubX);
        if (steps != 0) {
            *m_scrubX += steps;
            change([steps](double old) { return old + steps; }, true);
        }
        return;
    }
    setCursor(event->position().x() < textMargins().left() ? Qt::SizeHorCursor : Qt::IBeamCursor);
    QLineEdit::mouseMoveEvent(event);
}

void NumberField::mouseReleaseEvent(QMouseEvent* event)
{
    m_scrubX.reset();
    QLineEdit::mouseReleaseEvent(event);
}

void NumberField::paintEvent(QPaintEvent* event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    painter.setPen(theme().color(isEnabled() ? ColorRole::text2 : ColorRole::control));
    const int left = theme().metric(Metric::spaceField);
    painter.drawText(rect().adjusted(left, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, m_label);
}

} // namespace tessera::app
