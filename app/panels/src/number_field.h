#pragma once

#include <QLineEdit>

#include <app/panels/selection_summary.h>
#include <app/panels/value_expression.h>

namespace tessera::app {

/// A number of a selection: label inside, "Mixed", arithmetic, Up and Down by 1 (Shift 10, Alt 0.1), drag on the label
/// scrubs. Enter commits and keeps the focus, Esc restores.
class NumberField final : public QLineEdit
{
    Q_OBJECT

public:
    /// `label`: one or two letters shown inside; `name`: for screen readers and the tooltip.
    NumberField(const QString& label, const QString& name, QWidget* parent = nullptr);

    void setSuffix(const QString& suffix) { m_suffix = suffix; }
    void setRange(double least, double greatest);
    void show(const Shared<double>& value);

Q_SIGNALS:
    /// `scrubbing`: one of many while the label is dragged.
    void edited(const tessera::app::ValueChange& change, bool scrubbing);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void commit();
    void restore();
    void change(const ValueChange& change, bool scrubbing);

    QString m_label;
    QString m_suffix;
    double m_least;
    double m_greatest;
    Shared<double> m_value;
    std::optional<double> m_scrubX;
};

} // namespace tessera::app
