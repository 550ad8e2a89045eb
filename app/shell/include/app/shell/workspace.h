#pragma once

#include <memory>

#include <QSplitter>
#include <QTabWidget>
#include <QWidget>

#include <app/canvas/canvas_view.h>
#include <app/models/generation_model.h>
#include <app/panels/generate_panel.h>
#include <app/panels/layers_panel.h>
#include <app/panels/properties_panel.h>
#include <app/panels/status_strip.h>

/// Everything that belongs to one open document: session, canvas, panels, status. The main window shows one. GUI thread.
namespace tessera::app {

enum class RendererChoice : std::uint8_t { automatic, cpu, vulkan };

class Workspace final : public QWidget
{
    Q_OBJECT

public:
    Workspace(std::unique_ptr<EditorSession> session, text::FontLibrary& fonts, RendererChoice renderer,
              QWidget* parent = nullptr);
    ~Workspace() override;

    [[nodiscard]] EditorSession& session() { return *m_session; }
    [[nodiscard]] CanvasView& canvas() { return *m_canvas; }
    [[nodiscard]] GenerationModel& generation() { return *m_generation; }
    [[nodiscard]] LayersPanel& layers() { return *m_layers; }
    [[nodiscard]] text::FontLibrary& fonts() { return m_fonts; }

    void setPanelsVisible(bool visible);
    [[nodiscard]] bool arePanelsVisible() const;
    void showDesign();
    void showGenerate();
    void showLayers();
    /// Moves the focus to the next area: canvas, layers, right panel, status.
    void focusNextArea(int step);
    void setToolHint(const QString& hint) { m_status->setHint(hint); }
    [[nodiscard]] StatusStrip& status() { return *m_status; }

    /// Which appliance generates: the room's relay when shared, else `address`, else none.
    void setApplianceAddress(const QString& address);

Q_SIGNALS:
    void shareRequested();

private:
    void chooseBackend();

    std::unique_ptr<EditorSession> m_session;
    text::FontLibrary& m_fonts;
    GenerationModel* m_generation;
    CanvasView* m_canvas;
    LayersPanel* m_layers;
    QTabWidget* m_left;
    QTabWidget* m_right;
    PropertiesPanel* m_properties;
    GeneratePanel* m_generate;
    StatusStrip* m_status;
    QSplitter* m_splitter;
    QWidget* m_hint; ///< over an empty canvas
    QString m_appliance;
    QString m_backend;
};

} // namespace tessera::app
