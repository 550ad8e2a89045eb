#include <app/panels/status_strip.h>

#include <QHBoxLayout>
#include <QStyle>

#include <app/models/qt_convert.h>
#include <app/theme/icons.h>

namespace tessera::app {

StatusStrip::StatusStrip(EditorSession& session, GenerationModel& generation, QWidget* parent)
    : QWidget(parent), m_session(session), m_generation(generation), m_zoom(new QToolButton(this)),
      m_selection(new QLabel(this)), m_hint(new QLabel(this)), m_job(new QLabel(this)), m_renderer(new QLabel(this)),
      m_saveIcon(new QLabel(this)), m_save(new QLabel(this))
{
    setObjectName(QStringLiteral("statusBar"));
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(theme().metric(Metric::statusBar));
    setAccessibleName(tr("Status"));
    m_zoom->setAccessibleName(tr("Zoom"));
    m_zoom->setToolTip(tr("Zoom"));
    m_zoom->setFont(theme().font(Metric::textHint));
    m_zoom->setFocusPolicy(Qt::StrongFocus);
    connect(m_zoom, &QToolButton::clicked, this,
            [this] { Q_EMIT zoomMenuRequested(m_zoom->mapToGlobal(QPoint(0, 0))); });
    m_save->setAccessibleName(tr("Saving"));
    m_job->setAccessibleName(tr("Running job"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme().metric(Metric::spaceXs), 0, theme().metric(Metric::spacePanel), 0);
    row->setSpacing(theme().metric(Metric::spacePanel));
    row->addWidget(m_zoom);
    row->addWidget(m_selection);
    row->addWidget(m_hint, 1);
    row->addWidget(m_job);
    row->addWidget(m_renderer);
    auto* saving = new QHBoxLayout;
    saving->setSpacing(theme().metric(Metric::spaceXs));
    saving->addWidget(m_saveIcon);
    saving->addWidget(m_save);
    row->addLayout(saving);

    connect(&session.selection(), &Selection::changed, this, &StatusStrip::refreshSelection);
    connect(&session, &EditorSession::saveStatusChanged, this, &StatusStrip::refreshSaving);
    connect(&generation, &GenerationModel::changed, this, &StatusStrip::refreshJob);
    refreshSelection();
    refreshSaving();
    refreshJob();
}

void StatusStrip::setZoom(double zoom)
{
    const double percent = zoom * 100;
    m_zoom->setText(tr("%1 %").arg(percent < 10 ? QString::number(percent, 'f', 1) : QString::number(qRound(percent))));
}

void StatusStrip::setHint(const QString& hint)
{
    m_hint->setText(hint);
}

void StatusStrip::setRenderer(const QString& name)
{
    m_renderer->setText(name);
    m_renderer->setToolTip(tr("What draws the canvas"));
}

void StatusStrip::refreshSelection()
{
    const std::size_t count = m_session.selection().nodes().size();
    m_selection->setText(count == 0 ? QString() : count == 1 ? tr("1 layer") : tr("%1 layers").arg(count));
    m_selection->setVisible(count > 0);
}

void StatusStrip::refreshSaving()
{
    const SaveStatus status = m_session.saveStatus();
    QString icon;
    ColorRole color = ColorRole::ok;
    switch (status.tone) {
    case StatusTone::good: icon = status.synced ? QStringLiteral("cloud") : QStringLiteral("circle-check"); break;
    case StatusTone::busy:
        icon = QStringLiteral("refresh-cw");
        color = ColorRole::text2;
        break;
    case StatusTone::offline:
        icon = QStringLiteral("cloud-off");
        color = ColorRole::text2;
        break;
    case StatusTone::problem:
        icon = QStringLiteral("triangle-alert");
        color = ColorRole::danger;
        break;
    }
    const int side = theme().metric(Metric::textPanelTitle);
    m_saveIcon->setPixmap(themeIcon(icon, color).pixmap(side, side));
    m_save->setText(status.text);
    m_save->setToolTip(status.detail.isEmpty() ? m_session.filePath() : status.detail);
}

void StatusStrip::refreshJob()
{
    const bool busy = m_generation.isBusy();
    m_job->setVisible(busy);
    if (!busy)
        return;
    const double progress = m_generation.progress();
    m_job->setText(progress < 0 ? tr("Generating…") : tr("Generating %1 %").arg(int(progress * 100)));
}

} // namespace tessera::app
