#pragma once

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidget>

namespace tessera::app {

/// A titled group of the properties panel: title, an optional button at its end, rows below and a line.
class Section : public QWidget
{
    Q_OBJECT

public:
    explicit Section(const QString& title, QWidget* parent = nullptr);

protected:
    /// A row with the panel's field gap.
    QHBoxLayout* addRow();
    void addTitleButton(QWidget* button);
    [[nodiscard]] QVBoxLayout* rows() const { return m_rows; }

private:
    QHBoxLayout* m_titleRow;
    QVBoxLayout* m_rows;
};

/// A square button with an icon, a tooltip and an accessible name.
[[nodiscard]] QToolButton* iconButton(const QString& icon, const QString& name, QWidget* parent);

} // namespace tessera::app
