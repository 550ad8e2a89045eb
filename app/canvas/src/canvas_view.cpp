#include <app/canvas/canvas_view.h>

#include <cmath>
#include <limits>

#include <QDateTime>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>

#include <app/models/connection.h>
#include <app/models/qt_convert.h>
#include <app/theme/theme.h>
#include <app/tools/picking.h>
#include <app/tools/text_fit.h>

#include "cursors.h"
#include "overlay.h"
#include "text_input.h"

namespace tessera::app {
namespace {

constexpr double wheelZoomPerStep = 1.2;
constexpr double wheelPanPerStep = 64;
constexpr double selectionPaddingView = 40;
constexpr double allPaddingShare = 0.1;
constexpr int fadeMs = 1000;
constexpr int fadeTickMs = 100;

Modifiers modifiersOf(Qt::KeyboardModifiers keys)
{
    return {keys.testFlag(Qt::ShiftModifier), keys.testFlag(Qt::AltModifier), keys.testFlag(Qt::ControlModifier)};
}

} // namespace

CanvasView::CanvasView(EditorSession& session, text::FontLibrary& fonts, std::unique_ptr<CanvasRenderer> renderer,
                       QWidget* parent)
    : QWidget(parent), m_session(session), m_scene(session, fonts, std::move(renderer)),
      m_text(std::make_unique<TextInput>(session, m_scene)), m_tool(makeTool(ToolKind::select))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAcceptDrops(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAttribute(Qt::WA_InputMethodEnabled);
    setAccessibleName(tr("Canvas"));
    m_fade.setInterval(fadeTickMs);
    connect(&m_fade, &QTimer::timeout, this, QOverload<>::of(&QWidget::update));
    m_refine.setSingleShot(true); // after what waits in the event queue
    connect(&m_refine, &QTimer::timeout, this, QOverload<>::of(&QWidget::update));
    connect(&m_scene, &CanvasScene::changed, this, QOverload<>::of(&QWidget::update));
    connect(m_text.get(), &TextInput::changed, this, QOverload<>::of(&QWidget::update));
    connect(m_text.get(), &TextInput::ended, this, &CanvasView::textEditingChanged);
    connect(&session.selection(), &Selection::changed, this, &CanvasView::followSelection);
    connect(&session.selection(), &Selection::pageChanged, this, &CanvasView::zoomToFit);
    connect(&session.connection(), &Connection::peersChanged, this, &CanvasView::followPeers);
}

CanvasView::~CanvasView() = default;

ToolContext CanvasView::context() const
{
    ToolContext context{m_session.document(), m_session.selection().page(), m_session.selection().nodes(),
                        m_viewport.zoom, m_session.services().random};
    context.pickRadiusView = theme().metric(Metric::pickRadius);
    context.handleHitView = theme().metric(Metric::handleHit);
    context.index = &m_scene.index();
    return context;
}

Color CanvasView::background() const
{
    return m_scene.pageColor().value_or(fromQt(theme().color(ColorRole::canvas)));
}

void CanvasView::setViewport(const Viewport& viewport)
{
    m_viewport = viewport;
    m_viewport.size = {double(width()), double(height())};
    update();
    Q_EMIT viewportChanged();
}

void CanvasView::zoomTo(double zoom)
{
    setViewport(zoomed(m_viewport, zoom, {width() / 2.0, height() / 2.0}));
}

void CanvasView::zoomIn()
{
    zoomTo(nextZoomStep(m_viewport.zoom));
}

void CanvasView::zoomOut()
{
    zoomTo(previousZoomStep(m_viewport.zoom));
}

void CanvasView::zoomToFit()
{
    const Rect content = m_session.document().contentBounds(m_session.selection().page());
    if (content.isEmpty()) {
        Viewport viewport = m_viewport;
        viewport.zoom = 1;
        viewport.origin = {-width() / 2.0, -height() / 2.0};
        setViewport(viewport);
        return;
    }
    setViewport(fitted(m_viewport, content, allPaddingShare * std::min(width(), height()), 1));
}

void CanvasView::zoomToSelection()
{
    const SelectionBox box = selectionBox(m_session.document(), m_session.selection().nodes());
    if (!box.isEmpty())
        setViewport(fitted(m_viewport, box.pageBounds(), selectionPaddingView, greatestZoom));
}

void CanvasView::setTool(ToolKind kind, bool locked)
{
    m_toolLocked = locked;
    if (kind == m_toolKind)
        return;
    finish(m_tool->cancel(context()));
    m_text->end();
    m_toolKind = kind;
    m_tool = makeTool(kind);
    showFeedback();
    updateCursor(m_lastPage);
    Q_EMIT toolChanged();
}

bool CanvasView::cancelGesture()
{
    if (!m_tool->isBusy())
        return false;
    m_gesture = false;
    finish(m_tool->cancel(context()));
    return true;
}

void CanvasView::finish(ToolResult result)
{
    const bool applied = m_session.apply(result.commands);
    if (applied && !result.commands.empty()) {
        std::vector<NodeId> touched;
        for (const document::Command& command : result.commands) {
            if (const auto* frame = std::get_if<document::SetFrame>(&command))
                touched.push_back(frame->node);
        }
        m_session.apply(fitTextBoxes(m_session.document(), touched, m_scene.fonts()), EditGroup::same);
    }
    if (result.selection && applied)
        m_session.selection().set(*result.selection);
    if (result.finished && !m_toolLocked)
        setTool(ToolKind::select);
    showFeedback();
    if (result.editText && applied)
        editText(*result.editText);
}

void CanvasView::showFeedback()
{
    const ToolFeedback feedback = m_tool->feedback(context());
    m_scene.setPreviews(feedback.previews);
    if (feedback.dragged.empty())
        m_session.connection().setDrag(std::nullopt);
    else
        m_session.connection().setDrag(collab::PresenceDrag{feedback.dragged, feedback.dragOffset});
    update();
}

void CanvasView::updateCursor(Point page)
{
    if (m_panFrom)
        setCursor(Qt::ClosedHandCursor);
    else if (m_spaceHeld || m_toolKind == ToolKind::hand)
        setCursor(Qt::OpenHandCursor);
    else
        setCursor(cursorFor(m_text->isActive() ? CursorShape::text : m_tool->cursor(context(), page)));
}

void CanvasView::followSelection()
{
    const std::size_t count = m_session.selection().nodes().size();
    setAccessibleDescription(count == 0 ? tr("Nothing selected") : count == 1 ? tr("1 layer selected") : tr("%1 layers selected").arg(count));
    if (m_text->isActive() && !m_session.selection().contains(m_text->node()))
        m_text->end();
    update();
}

void CanvasView::followPeers()
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    std::map<std::uint64_t, SeenCursor> seen;
    for (const collab::Peer& peer : m_session.connection().peers()) {
        if (!peer.presence.cursor)
            continue;
        const std::uint64_t key = crdt::number(peer.client);
        const auto before = m_cursors.find(key);
        const bool moved = before == m_cursors.end() || !(before->second.position == peer.presence.cursor->position);
        seen[key] = {peer.presence.cursor->position, moved ? now : before->second.movedMs};
    }
    m_cursors = std::move(seen);
    if (m_cursors.empty())
        m_fade.stop();
    else
        m_fade.start();
    update();
}

void CanvasView::editText(const NodeId& node)
{
    m_text->begin(node, std::nullopt);
    setFocus();
    updateCursor(m_lastPage);
    Q_EMIT textEditingChanged();
}

bool CanvasView::isEditingText() const
{
    return m_text->isActive();
}

void CanvasView::endTextEditing()
{
    m_text->end();
}

void CanvasView::typeText(const NodeId& node, const QString& text, std::optional<std::uint32_t> at)
{
    m_session.selection().set({node});
    m_text->begin(node, std::nullopt);
    m_text->setCaret(at.value_or(std::numeric_limits<std::uint32_t>::max()));
    for (qsizetype i = 0; i < text.size();) {
        const qsizetype units = text.at(i).isHighSurrogate() && i + 1 < text.size() ? 2 : 1;
        m_text->insert(text.mid(i, units));
        i += units;
    }
    m_text->end();
}

void CanvasView::performGesture(ToolKind kind, const std::vector<Point>& page, const Modifiers& modifiers)
{
    if (page.empty())
        return;
    setTool(kind, true);
    const auto at = [&](Point point) { return PointerEvent{point, modifiers, 1}; };
    finish(m_tool->press(context(), at(page.front())));
    for (const Point point : page) {
        finish(m_tool->move(context(), at(point)));
    }
    finish(m_tool->release(context(), at(page.back())));
    m_toolLocked = false;
}

PointerEvent CanvasView::pointer(const QMouseEvent& event, int clicks) const
{
    return {m_viewport.toPage(fromQt(event.position())), modifiersOf(event.modifiers()), clicks};
}

bool CanvasView::event(QEvent* event)
{
    // While typing, plain keys and editing keys belong to the text, not to shortcuts.
    if (event->type() == QEvent::ShortcutOverride && m_text->isActive()) {
        auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
        const bool editing = key->matches(QKeySequence::Copy) || key->matches(QKeySequence::Cut) ||
                             key->matches(QKeySequence::Paste) || key->matches(QKeySequence::SelectAll) ||
                             key->key() == Qt::Key_Left || key->key() == Qt::Key_Right || key->key() == Qt::Key_Up ||
                             key->key() == Qt::Key_Down || key->key() == Qt::Key_Backspace || key->key() == Qt::Key_Delete;
        if (plain || editing)
            event->accept();
        return plain || editing;
    }
    // Tab walks siblings only through actions; inside a text it is a character of no use, so focus moves on.
    return QWidget::event(event);
}

void CanvasView::finishPicture()
{
    (void)m_scene.picture(snapped(m_viewport, devicePixelRatioF()), devicePixelRatioF(), background(), CanvasScene::Drawing::whole);
}

void CanvasView::resizeEvent(QResizeEvent*)
{
    m_viewport.size = {double(width()), double(height())};
    if (m_fitWhenSized && width() > 0 && height() > 0) {
        m_fitWhenSized = false;
        zoomToFit();
    }
    Q_EMIT viewportChanged();
}

void CanvasView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const Viewport shown = snapped(m_viewport, devicePixelRatioF()); // the picture's, also for what is drawn over it
    const QImage picture = m_scene.picture(shown, devicePixelRatioF(), background());
    painter.drawImage(QRectF(QPointF(), QSizeF(picture.size()) / devicePixelRatioF()), picture);
    if (!m_scene.isFinished())
        m_refine.start();

    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    std::vector<RemoteCursor> cursors;
    for (const collab::Peer& peer : m_session.connection().peers()) {
        const auto seen = m_cursors.find(crdt::number(peer.client));
        const qint64 still = seen == m_cursors.end() ? 0 : now - seen->second.movedMs;
        const double left = double(theme().metric(Metric::cursorFadeMs) + fadeMs - still) / fadeMs;
        cursors.push_back({peer, std::clamp(left, 0.0, 1.0)});
    }
    const ToolFeedback feedback = m_tool->feedback(context());
    paintOverlay(painter, {m_session.document(), m_session.selection().page(), m_session.selection().nodes(),
                           shown, feedback, !m_tool->isBusy() && !m_text->isActive(), cursors});
    if (m_text->isActive()) {
        if (const text::Layout* layout = m_scene.textLayout(m_text->node())) {
            const TextEditing& editing = *m_text->editing();
            paintTextOverlay(painter, {*layout,
                                       shown.pageToView() * m_session.document().pageTransform(editing.node()),
                                       editing.caret(), editing.selectionStart(), editing.selectionEnd(),
                                       m_text->isCaretVisible()});
        }
    }
    if (!m_painted) {
        m_painted = true;
        Q_EMIT firstFrame();
    }
}

void CanvasView::press(QMouseEvent& event, int clicks)
{
    setFocus();
    if (event.button() == Qt::MiddleButton ||
        (event.button() == Qt::LeftButton && (m_spaceHeld || m_toolKind == ToolKind::hand))) {
        m_panFrom = event.position();
        updateCursor(m_lastPage);
        return;
    }
    if (event.button() == Qt::RightButton) {
        if (cancelGesture())
            return;
        const PointerEvent at = pointer(event);
        const auto node = pick(context(), at.page, at.modifiers.mod);
        if (node && !m_session.selection().contains(*node))
            m_session.selection().set({*node});
        Q_EMIT contextMenuRequested(event.globalPosition().toPoint());
        return;
    }
    if (event.button() != Qt::LeftButton)
        return;
    const PointerEvent at = pointer(event, clicks);
    if (m_text->isActive()) {
        const double slack = theme().metric(Metric::pickRadius) / m_viewport.zoom;
        if (m_session.document().pageBounds(m_text->node()).inflated(slack).contains(at.page)) {
            m_text->pointerPress(at.page, at.modifiers.shift, clicks == 2);
            m_draggingText = true;
            return;
        }
        m_text->end();
    }
    if (m_toolKind == ToolKind::select) {
        if (const auto frame = frameNameAt(m_session.document(), m_session.selection().page(), m_viewport,
                                           fromQt(event.position())))
            m_session.selection().set({*frame});
    }
    m_gesture = true;
    finish(m_tool->press(context(), at));
}

void CanvasView::mousePressEvent(QMouseEvent* event)
{
    press(*event, 1);
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event)
{
    press(*event, 2);
}

void CanvasView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_panFrom) {
        const QPointF by = event->position() - *m_panFrom;
        m_panFrom = event->position();
        setViewport(panned(m_viewport, fromQt(by)));
        return;
    }
    const PointerEvent at = pointer(*event);
    m_lastPage = at.page;
    m_session.connection().setCursor(collab::PresenceCursor{m_session.selection().page(), at.page});
    if (m_draggingText) {
        m_text->pointerDrag(at.page);
        return;
    }
    finish(m_tool->move(context(), at));
    updateCursor(at.page);
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_panFrom && (event->button() == Qt::MiddleButton || event->button() == Qt::LeftButton)) {
        m_panFrom.reset();
        updateCursor(m_lastPage);
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    if (m_draggingText) {
        m_draggingText = false;
        return;
    }
    if (!m_gesture)
        return;
    m_gesture = false;
    finish(m_tool->release(context(), pointer(*event)));
    updateCursor(m_lastPage);
}

void CanvasView::wheelEvent(QWheelEvent* event)
{
    const Point at = fromQt(event->position());
    if (event->modifiers() & Qt::ControlModifier) {
        const double steps = event->angleDelta().y() / 120.0;
        setViewport(zoomed(m_viewport, m_viewport.zoom * std::pow(wheelZoomPerStep, steps), at));
    } else {
        Point by = fromQt(QPointF(event->pixelDelta()));
        if (event->pixelDelta().isNull())
            by = fromQt(QPointF(event->angleDelta()) / 120.0 * wheelPanPerStep);
        if (event->modifiers() & Qt::ShiftModifier && by.x == 0)
            std::swap(by.x, by.y);
        setViewport(panned(m_viewport, by));
    }
    event->accept();
}

void CanvasView::keyPressEvent(QKeyEvent* event)
{
    if (m_text->isActive() && m_text->keyPress(*event)) {
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceHeld = true;
        updateCursor(m_lastPage);
    } else if (event->key() == Qt::Key_Escape) {
        if (cancelGesture())
            return;
        if (m_toolKind != ToolKind::select)
            setTool(ToolKind::select);
        else
            m_session.selection().clear();
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        if (m_tool->isBusy())
            finish(m_tool->confirm(context()));
        else if (m_session.selection().nodes().size() == 1)
            editText(m_session.selection().nodes().front());
    } else {
        QWidget::keyPressEvent(event);
    }
}

void CanvasView::keyReleaseEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
        m_spaceHeld = false;
        updateCursor(m_lastPage);
    }
    QWidget::keyReleaseEvent(event);
}

void CanvasView::leaveEvent(QEvent*)
{
    m_session.connection().setCursor(std::nullopt);
}

void CanvasView::focusOutEvent(QFocusEvent* event)
{
    m_spaceHeld = false;
    QWidget::focusOutEvent(event);
}

void CanvasView::inputMethodEvent(QInputMethodEvent* event)
{
    m_text->inputMethod(*event);
}

QVariant CanvasView::inputMethodQuery(Qt::InputMethodQuery query) const
{
    if (query == Qt::ImEnabled)
        return m_text->isActive();
    if (query == Qt::ImCursorRectangle) {
        if (const auto caret = m_text->caretPage())
            return toQt(m_viewport.pageToView().mapBounds(*caret));
    }
    return QWidget::inputMethodQuery(query);
}

void CanvasView::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void CanvasView::dropEvent(QDropEvent* event)
{
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            paths.push_back(url.toLocalFile());
    }
    if (!paths.isEmpty())
        Q_EMIT filesDropped(paths, m_viewport.toPage(fromQt(event->position())));
}

} // namespace tessera::app
