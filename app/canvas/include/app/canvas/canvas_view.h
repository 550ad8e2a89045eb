#pragma once

#include <map>
#include <memory>

#include <QTimer>
#include <QWidget>

#include <app/canvas/canvas_scene.h>
#include <app/canvas/viewport.h>
#include <app/models/editor_session.h>
#include <app/tools/tool.h>

/// The canvas: paints the page and its furniture, feeds the tool in hand, pans and zooms. GUI thread.
namespace tessera::app {

class TextInput;

class CanvasView final : public QWidget
{
    Q_OBJECT

public:
    /// All must outlive the view.
    CanvasView(EditorSession& session, text::FontLibrary& fonts, std::unique_ptr<CanvasRenderer> renderer,
               QWidget* parent = nullptr);
    ~CanvasView() override;

    [[nodiscard]] CanvasScene& scene() { return m_scene; }
    [[nodiscard]] const Viewport& viewport() const { return m_viewport; }
    /// Draws what is left of the picture in view, so that a grab of the widget that follows has all of it.
    void finishPicture();
    /// The size is the widget's.
    void setViewport(const Viewport& viewport);

    [[nodiscard]] ToolKind tool() const { return m_toolKind; }
    /// `locked`: stays in hand after it made a shape.
    void setTool(ToolKind kind, bool locked = false);

    void zoomIn();
    void zoomOut();
    void zoomTo(double zoom);
    /// Everything on the page; never above 100 %.
    void zoomToFit();
    void zoomToSelection();
    /// Fits at the next layout, once the view knows its size.
    void zoomToFitWhenShown() { m_fitWhenSized = true; }

    /// Starts typing in a text node; everything selected.
    void editText(const NodeId& node);
    [[nodiscard]] bool isEditingText() const;
    /// Types through the text editor: `at` in UTF-16 units, absent: at the end.
    void typeText(const NodeId& node, const QString& text, std::optional<std::uint32_t> at);
    void endTextEditing();
    /// Ends a gesture without effect. False when there was none.
    bool cancelGesture();
    /// A whole gesture in page coordinates: press at the first point, drag through the others, release at the last.
    void performGesture(ToolKind kind, const std::vector<Point>& page, const Modifiers& modifiers);

Q_SIGNALS:
    void viewportChanged();
    void toolChanged();
    void contextMenuRequested(const QPoint& global);
    void firstFrame();
    /// Files dropped on the canvas, at a page point.
    void filesDropped(const QStringList& paths, tessera::Point page);
    void textEditingChanged();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void inputMethodEvent(QInputMethodEvent* event) override;
    [[nodiscard]] QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    [[nodiscard]] ToolContext context() const;
    [[nodiscard]] PointerEvent pointer(const QMouseEvent& event, int clicks = 1) const;
    void press(QMouseEvent& event, int clicks);
    void finish(ToolResult result);
    void showFeedback();
    void updateCursor(Point page);
    void followPeers();
    void followSelection();
    [[nodiscard]] Color background() const;

    struct SeenCursor {
        Point position;
        qint64 movedMs = 0;
    };

    EditorSession& m_session;
    CanvasScene m_scene;
    std::unique_ptr<TextInput> m_text;
    Viewport m_viewport;
    ToolKind m_toolKind = ToolKind::select;
    bool m_toolLocked = false;
    std::unique_ptr<Tool> m_tool;
    bool m_spaceHeld = false;
    std::optional<QPointF> m_panFrom;
    bool m_gesture = false;      ///< the left button is down for the tool
    bool m_draggingText = false;
    bool m_fitWhenSized = true;
    bool m_painted = false;
    Point m_lastPage;
    std::map<std::uint64_t, SeenCursor> m_cursors;
    QTimer m_fade;
    QTimer m_refine;
};

} // namespace tessera::app
