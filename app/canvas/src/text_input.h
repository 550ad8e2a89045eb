#pragma once

#include <memory>
#include <optional>

#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QObject>
#include <QTimer>

#include <app/canvas/canvas_scene.h>
#include <app/tools/text_editing.h>

namespace tessera::app {

/// Typing on the canvas: keys and input method events to edits of one text node. GUI thread.
class TextInput final : public QObject
{
    Q_OBJECT

public:
    TextInput(EditorSession& session, CanvasScene& scene);

    [[nodiscard]] bool isActive() const { return m_editing != nullptr; }
    [[nodiscard]] NodeId node() const { return m_editing ? m_editing->node() : NodeId{}; }
    [[nodiscard]] const TextEditing* editing() const { return m_editing.get(); }
    [[nodiscard]] bool isCaretVisible() const { return m_caretVisible; }

    /// Caret at a point of the page; absent: everything is selected.
    void begin(const NodeId& node, std::optional<Point> page);
    /// Ends typing. A text box left empty is removed.
    void end();
    /// True when the key was for the text. Escape ends.
    bool keyPress(QKeyEvent& event);
    void pointerPress(Point page, bool extend, bool doubleClick);
    void pointerDrag(Point page);
    void inputMethod(QInputMethodEvent& event);
    /// Types text at the caret, as keys would.
    void insert(const QString& text);
    void setCaret(std::uint32_t unit);
    /// The caret in page coordinates, for the candidate window.
    [[nodiscard]] std::optional<Rect> caretPage() const;
    [[nodiscard]] QString selectedText() const;

Q_SIGNALS:
    void changed();
    void ended();

private:
    void apply(const Commands& commands);
    void followDocument(const document::ChangeSet& changes);
    [[nodiscard]] Point toLocal(Point page) const;
    [[nodiscard]] std::u16string text() const;
    /// Attributes of the first run.
    [[nodiscard]] crdt::Any::Object firstStyle() const;
    void showCaret();
    bool clipboardKey(QKeyEvent& event);

    EditorSession& m_session;
    CanvasScene& m_scene;
    std::unique_ptr<TextEditing> m_editing;
    std::u16string m_knownText;
    bool m_applying = false;
    QTimer m_blink;
    bool m_caretVisible = true;
};

} // namespace tessera::app
