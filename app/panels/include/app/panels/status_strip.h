#pragma once

#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include <app/models/editor_session.h>
#include <app/models/generation_model.h>

/// One line at the bottom: zoom, selection, hints of the tool in hand, jobs, and where the work is. GUI thread.
namespace tessera::app {

class StatusStrip final : public QWidget
{
    Q_OBJECT

public:
    StatusStrip(EditorSession& session, GenerationModel& generation, QWidget* parent = nullptr);

    void setZoom(double zoom);
    void setHint(const QString& hint);
    void setRenderer(const QString& name);
    [[nodiscard]] QString saveText() const { return m_save->text(); }

Q_SIGNALS:
    void zoomMenuRequested(const QPoint& global);

private:
    void refreshSelection();
    void refreshSaving();
    void refreshJob();

    EditorSession& m_session;
    GenerationModel& m_generation;
    QToolButton* m_zoom;
    QLabel* m_selection;
    QLabel* m_hint;
    QLabel* m_job;
    QLabel* m_renderer;
    QLabel* m_saveIcon;
    QLabel* m_save;
};

} // namespace tessera::app
