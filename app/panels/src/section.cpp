#include "section.h"

#include <app/theme/icons.h>

namespace tessera::app {

Section::Section(const QString& title, QWidget* parent) : QWidget(parent)
{
    const int panel = theme().metric(Metric::spacePanel), gap = theme().metric(Metric::spaceField);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_rows = new QVBoxLayout;
    m_rows->setContentsMargins(panel, gap, panel, panel);
    m_rows->setSpacing(gap);
    column->addLayout(m_rows);
    auto* line = new QFrame(this);
    line->setProperty("role", "line");
    column->addWidget(line);

    m_titleRow = new QHBoxLayout;
    auto* label = new QLabel(title, this);
    label->setProperty("role", "title");
    label->setFixedHeight(theme().metric(Metric::rowCompact));
    m_titleRow->addWidget(label, 1);
    m_rows->addLayout(m_titleRow);
}

QHBoxLayout* Section::addRow()
{
    auto* row = new QHBoxLayout;
    row->setSpacing(theme().metric(Metric::spaceField));
    m_rows->addLayout(row);
    return row;
}

void Section::addTitleButton(QWidget* button)
{
    m_titleRow->addWidget(button);
}

QToolButton* iconButton(const QString& icon, const QString& name, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setIcon(themeIcon(icon));
    button->setIconSize({theme().metric(Metric::icon), theme().metric(Metric::icon)});
    button->setFixedSize(theme().metric(Metric::field), theme().metric(Metric::field));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

} // namespace tessera::app
