#pragma once

#include <QTimer>
#include <QWidget>

#include <app/models/editor_session.h>
#include <app/panels/selection_summary.h>
#include <render/text/font_library.h>

/// Right panel, "Design": geometry, appearance, fill, stroke and text of the selection; "Mixed" where values differ.
/// GUI thread.
namespace tessera::app {

class GeometrySection;
class PaintSection;
class TextSection;

class PropertiesPanel final : public QWidget
{
    Q_OBJECT

public:
    PropertiesPanel(EditorSession& session, text::FontLibrary& fonts, QWidget* parent = nullptr);

private:
    void refresh();
    void scheduleRefresh();

    EditorSession& m_session;
    QTimer m_refresh; ///< one refresh for many changes
    QWidget* m_empty;
    QWidget* m_sections;
    GeometrySection* m_geometry;
    PaintSection* m_fill;
    PaintSection* m_stroke;
    TextSection* m_text;
};

} // namespace tessera::app
