#include "text_input.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QStyleHints>

#include <app/models/qt_convert.h>
#include <app/models/structure_edits.h>
#include <app/tools/text_fit.h>
#include <core/base/utf.h>

namespace tessera::app {
namespace {

struct KeyMove {
    QKeySequence::StandardKey key;
    CaretMove move;
    CaretMode mode;
};
constexpr KeyMove keyMoves[] = {
    {QKeySequence::MoveToNextChar, CaretMove::right, CaretMode::move},
    {QKeySequence::MoveToPreviousChar, CaretMove::left, CaretMode::move},
    {QKeySequence::MoveToNextLine, CaretMove::down, CaretMode::move},
    {QKeySequence::MoveToPreviousLine, CaretMove::up, CaretMode::move},
    {QKeySequence::MoveToNextWord, CaretMove::wordRight, CaretMode::move},
    {QKeySequence::MoveToPreviousWord, CaretMove::wordLeft, CaretMode::move},
    {QKeySequence::MoveToStartOfLine, CaretMove::lineStart, CaretMode::move},
    {QKeySequence::MoveToEndOfLine, CaretMove::lineEnd, CaretMode::move},
    {QKeySequence::MoveToStartOfDocument, CaretMove::textStart, CaretMode::move},
    {QKeySequence::MoveToEndOfDocument, CaretMove::textEnd, CaretMode::move},
    {QKeySequence::SelectNextChar, CaretMove::right, CaretMode::select},
    {QKeySequence::SelectPreviousChar, CaretMove::left, CaretMode::select},
    {QKeySequence::SelectNextLine, CaretMove::down, CaretMode::select},
    {QKeySequence::SelectPreviousLine, CaretMove::up, CaretMode::select},
    {QKeySequence::SelectNextWord, CaretMove::wordRight, CaretMode::select},
    {QKeySequence::SelectPreviousWord, CaretMove::wordLeft, CaretMode::select},
    {QKeySequence::SelectStartOfLine, CaretMove::lineStart, CaretMode::select},
    {QKeySequence::SelectEndOfLine, CaretMove::lineEnd, CaretMode::select},
    {QKeySequence::SelectStartOfDocument, CaretMove::textStart, CaretMode::select},
    {QKeySequence::SelectEndOfDocument, CaretMove::textEnd, CaretMode::select},
};

} // namespace

TextInput::TextInput(EditorSession& session, CanvasScene& scene) : m_session(session), m_scene(scene)
{
    connect(&session, &EditorSession::documentChanged, this, &TextInput::followDocument);
    connect(&m_blink, &QTimer::timeout, this, [this] {
        m_caretVisible = !m_caretVisible;
        Q_EMIT changed();
    });
}

void TextInput::begin(const NodeId& node, std::optional<Point> page)
{
    end();
    const document::Node* target = m_session.document().node(node);
    if (!target || target->type != document::NodeType::text || m_session.isReadOnly())
        return;
    m_editing = std::make_unique<TextEditing>(node);
    m_knownText = text();
    if (const text::Layout* layout = m_scene.textLayout(node)) {
        if (page)
            m_editing->placeCaret(*layout, toLocal(*page), CaretMode::move);
        else
            m_editing->selectAll(*layout);
    }
    showCaret();
}

void TextInput::end()
{
    if (!m_editing)
        return;
    const NodeId node = m_editing->node();
    m_editing.reset();
    m_blink.stop();
    m_session.apply(fitTextBoxes(m_session.document(), std::span(&node, 1), m_scene.fonts()), EditGroup::same);
    const document::Node* edited = m_session.document().node(node);
    if (edited && edited->plainText().empty() && !m_session.document().tree().isInTrash(node))
        m_session.apply(deleteNodes(m_session.document(), std::span(&node, 1)), EditGroup::same);
    Q_EMIT ended();
    Q_EMIT changed();
}

void TextInput::showCaret()
{
    m_caretVisible = true;
    const int flash = QGuiApplication::styleHints()->cursorFlashTime();
    if (flash > 0)
        m_blink.start(flash / 2);
    Q_EMIT changed();
}

std::u16string TextInput::text() const
{
    const document::Node* node = m_session.document().node(m_editing->node());
    return node ? toUtf16(node->plainText()) : std::u16string();
}

Point TextInput::toLocal(Point page) const
{
    const auto inverse = m_session.document().pageTransform(m_editing->node()).inverted();
    return inverse ? inverse->apply(page) : page;
}

void TextInput::apply(const Commands& commands)
{
    if (commands.empty())
        return;
    m_applying = true;
    const NodeId node = m_editing->node();
    if (m_session.apply(commands, EditGroup::typing)) {
        m_session.apply(fitTextBoxes(m_session.document(), std::span(&node, 1), m_scene.fonts()), EditGroup::same);
        m_knownText = text();
    }
    m_applying = false;
    showCaret();
}

void TextInput::followDocument(const document::ChangeSet& changes)
{
    if (!m_editing || m_applying)
        return;
    const document::Node* node = m_session.document().node(m_editing->node());
    if (!node || m_session.document().tree().isInTrash(node->id)) {
        m_editing.reset();
        m_blink.stop();
        Q_EMIT ended();
        return;
    }
    if (changes.nodesChanged.contains(node->id)) {
        const std::u16string after = text();
        m_editing->followRemoteEdit(m_knownText, after);
        m_knownText = after;
    }
}

void TextInput::insert(const QString& typed)
{
    if (!m_editing)
        return;
    const std::uint32_t at = m_editing->selectionStart();
    const crdt::Any::Object style = at == 0 ? firstStyle() : crdt::Any::Object{};
    Commands commands = m_editing->insert(typed.toStdString());
    // New text takes the style of what stands before it; at the start there is only what stood behind.
    if (!style.empty() && !typed.isEmpty())
        commands.push_back(document::FormatText{m_editing->node(), at, static_cast<std::uint32_t>(typed.size()), style});
    apply(commands);
}

crdt::Any::Object TextInput::firstStyle() const
{
    const crdt::Map map = m_session.document().crdt().map("nodes").getType(m_editing->node().text()).asMap();
    const crdt::Text content = map.isNull() ? crdt::Text() : map.getType("text").asText();
    if (content.isNull())
        return {};
    const std::vector<crdt::TextRun> runs = content.runs();
    return runs.empty() ? crdt::Any::Object{} : runs.front().attributes;
}

void TextInput::setCaret(std::uint32_t unit)
{
    const text::Layout* layout = m_editing ? m_scene.textLayout(m_editing->node()) : nullptr;
    if (!layout)
        return;
    m_editing->moveCaret(*layout, text(), CaretMove::textStart, CaretMode::move);
    while (m_editing->caret() < std::min(unit, layout->unitCount)) {
        const std::uint32_t before = m_editing->caret();
        m_editing->moveCaret(*layout, text(), CaretMove::right, CaretMode::move);
        if (m_editing->caret() == before)
            break;
    }
}

bool TextInput::clipboardKey(QKeyEvent& event)
{
    QClipboard* clipboard = QGuiApplication::clipboard();
    if (event.matches(QKeySequence::Copy) || event.matches(QKeySequence::Cut)) {
        if (!m_editing->hasSelection())
            return true;
        clipboard->setText(selectedText());
        if (event.matches(QKeySequence::Cut))
            insert({});
        return true;
    }
    if (event.matches(QKeySequence::Paste)) {
        insert(clipboard->text());
        return true;
    }
    return false;
}

bool TextInput::keyPress(QKeyEvent& event)
{
    const text::Layout* layout = m_editing ? m_scene.textLayout(m_editing->node()) : nullptr;
    if (!layout)
        return false;
    for (const KeyMove& entry : keyMoves) {
        if (event.matches(entry.key)) {
            m_editing->moveCaret(*layout, text(), entry.move, entry.mode);
            showCaret();
            return true;
        }
    }
    if (event.key() == Qt::Key_Escape || (event.key() == Qt::Key_Return && event.modifiers() & Qt::ControlModifier)) {
        end();
        return true;
    }
    if (event.matches(QKeySequence::SelectAll)) {
        m_editing->selectAll(*layout);
        showCaret();
        return true;
    }
    if (clipboardKey(event))
        return true;
    if (event.matches(QKeySequence::DeleteStartOfWord) || event.matches(QKeySequence::DeleteEndOfWord)) {
        if (!m_editing->hasSelection())
            m_editing->moveCaret(*layout, text(),
                                 event.matches(QKeySequence::DeleteStartOfWord) ? CaretMove::wordLeft : CaretMove::wordRight,
                                 CaretMode::select);
        insert({});
        return true;
    }
    if (event.key() == Qt::Key_Backspace) {
        apply(m_editing->removeBackward(*layout));
        return true;
    }
    if (event.key() == Qt::Key_Delete) {
        apply(m_editing->removeForward(*layout));
        return true;
    }
    if (event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter) {
        insert(QStringLiteral("\n"));
        return true;
    }
    const QString typed = event.text();
    if (typed.isEmpty() || !typed.at(0).isPrint() || event.modifiers() & (Qt::ControlModifier | Qt::MetaModifier))
        return false;
    insert(typed);
    return true;
}

void TextInput::pointerPress(Point page, bool extend, bool doubleClick)
{
    const text::Layout* layout = m_editing ? m_scene.textLayout(m_editing->node()) : nullptr;
    if (!layout)
        return;
    m_editing->placeCaret(*layout, toLocal(page), extend ? CaretMode::select : CaretMode::move);
    if (doubleClick)
        m_editing->selectWordAt(text(), m_editing->caret());
    showCaret();
}

void TextInput::pointerDrag(Point page)
{
    const text::Layout* layout = m_editing ? m_scene.textLayout(m_editing->node()) : nullptr;
    if (!layout)
        return;
    m_editing->placeCaret(*layout, toLocal(page), CaretMode::select);
    showCaret();
}

void TextInput::inputMethod(QInputMethodEvent& event)
{
    if (!m_editing)
        return;
    // A composition in progress stays in the candidate window; what it commits is typed.
    if (!event.commitString().isEmpty())
        insert(event.commitString());
    event.accept();
}

std::optional<Rect> TextInput::caretPage() const
{
    const text::Layout* layout = m_editing ? m_scene.textLayout(m_editing->node()) : nullptr;
    if (!layout)
        return std::nullopt;
    const text::Caret caret = text::caretAt(*layout, m_editing->caret());
    return m_session.document().pageTransform(m_editing->node()).mapBounds({caret.top.x, caret.top.y, 1, caret.height});
}

QString TextInput::selectedText() const
{
    if (!m_editing)
        return {};
    const std::u16string all = text();
    return QString::fromStdU16String(
        all.substr(m_editing->selectionStart(), m_editing->selectionEnd() - m_editing->selectionStart()));
}

} // namespace tessera::app
