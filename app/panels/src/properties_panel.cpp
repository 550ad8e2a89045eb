#include <app/panels/properties_panel.h>

#include <QScrollArea>

#include <app/theme/theme.h>

#include "geometry_section.h"
#include "paint_section.h"
#include "text_section.h"

namespace tessera::app {

PropertiesPanel::PropertiesPanel(EditorSession& session, text::FontLibrary& fonts, QWidget* parent)
    : QWidget(parent), m_session(session), m_empty(new QWidget(this)), m_sections(new QWidget)
{
    setObjectName(QStringLiteral("panelBody"));
    setAccessibleName(tr("Design"));
    m_sections->setObjectName(QStringLiteral("panelBody"));
    auto* column = new QVBoxLayout(m_sections);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_geometry = new GeometrySection(session, m_sections);
    m_fill = new PaintSection(PaintSection::Kind::fill, session, m_sections);
    m_stroke = new PaintSection(PaintSection::Kind::stroke, session, m_sections);
    m_text = new TextSection(session, fonts, m_sections);
    for (QWidget* section : {static_cast<QWidget*>(m_geometry), static_cast<QWidget*>(m_fill),
                             static_cast<QWidget*>(m_stroke), static_cast<QWidget*>(m_text)})
        column->addWidget(section);
    column->addStretch(1);

    auto* hint = new QLabel(tr("Select something to see and change its properties."), m_empty);
    hint->setProperty("role", "hint");
    hint->setWordWrap(true);
    hint->setAlignment(Qt::AlignHCenter);
    auto* hintColumn = new QVBoxLayout(m_empty);
    const int page = theme().metric(Metric::spacePage);
    hintColumn->setContentsMargins(page, page, page, page);
    hintColumn->addWidget(hint);
    hintColumn->addStretch(1);

    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_sections);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* own = new QVBoxLayout(this);
    own->setContentsMargins(0, 0, 0, 0);
    own->addWidget(scroll);
    own->addWidget(m_empty);

    m_refresh.setSingleShot(true);
    m_refresh.setInterval(0);
    connect(&m_refresh, &QTimer::timeout, this, &PropertiesPanel::refresh);
    connect(&session.selection(), &Selection::changed, this, &PropertiesPanel::scheduleRefresh);
    connect(&session, &EditorSession::documentChanged, this, &PropertiesPanel::scheduleRefresh);
    refresh();
}

void PropertiesPanel::scheduleRefresh()
{
    if (!m_refresh.isActive())
        m_refresh.start();
}

void PropertiesPanel::refresh()
{
    const SelectionSummary summary = summarize(m_session.document(), m_session.selection().nodes());
    const bool any = !summary.nodes.empty();
    m_sections->parentWidget()->parentWidget()->setVisible(any);
    m_empty->setVisible(!any);
    if (!any)
        return;
    m_geometry->show(summary);
    m_fill->show(summary);
    m_stroke->show(summary);
    m_text->show(summary);
    m_sections->setEnabled(!m_session.isReadOnly());
}

} // namespace tessera::app
