#include <app/shell/main_window.h>

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QVBoxLayout>

#include <app/models/connection.h>
#include <app/models/qt_convert.h>
#include <app/models/recent_files.h>
#include <app/shell/content_commands.h>
#include <app/shell/edit_handlers.h>
#include <app/shell/shortcuts_dialog.h>
#include <app/shell/toast.h>
#include <app/shell/top_bar.h>
#include <core/formats/import_file.h>

namespace tessera::app {
namespace {

struct ToolEntry {
    const char* id;
    ToolKind kind;
    const char* hint;
};
constexpr ToolEntry tools[] = {
    {"tool.select", ToolKind::select, QT_TRANSLATE_NOOP("hints", "Click to select, drag to move. Shift adds, Ctrl picks inside groups")},
    {"tool.hand", ToolKind::hand, QT_TRANSLATE_NOOP("hints", "Drag to move the view")},
    {"tool.frame", ToolKind::frame, QT_TRANSLATE_NOOP("hints", "Drag to draw a frame. Shift makes it square, Alt grows from the centre")},
    {"tool.rectangle", ToolKind::rectangle, QT_TRANSLATE_NOOP("hints", "Drag to draw. Shift makes a square, Alt grows from the centre")},
    {"tool.ellipse", ToolKind::ellipse, QT_TRANSLATE_NOOP("hints", "Drag to draw. Shift makes a circle, Alt grows from the centre")},
    {"tool.line", ToolKind::line, QT_TRANSLATE_NOOP("hints", "Drag to draw. Shift keeps to 45 degrees")},
    {"tool.pen", ToolKind::pen, QT_TRANSLATE_NOOP("hints", "Click for a corner, drag for a curve. Enter ends, the first point closes")},
    {"tool.text", ToolKind::text, QT_TRANSLATE_NOOP("hints", "Click to write, drag for a box")},
};

/// All that can be imported first, then each format alone.
QString importFilter()
{
    QStringList all, each;
    for (const formats::ImportFormat& format : formats::importFormats()) {
        const QString pattern = QStringLiteral("*.") + toQt(format.ending);
        all += pattern;
        each += QStringLiteral("%1 (%2)").arg(toQt(format.what), pattern);
    }
    return MainWindow::tr("Drawings (%1)").arg(all.join(u' ')) + QStringLiteral(";;") + each.join(QStringLiteral(";;"));
}

} // namespace

MainWindow::MainWindow(const Services& services, text::FontLibrary& fonts, WindowOptions options)
    : m_services(services), m_fonts(fonts), m_options(std::move(options)), m_center(new QWidget(this)),
      m_topBar(nullptr), m_toasts(nullptr)
{
    setWindowTitle(QStringLiteral("Tessera"));
    m_actions.fillMenuBar(*menuBar());
    m_recent = new QMenu(tr("Open recent"), this);
    m_actions.menu(QStringLiteral("file"))->insertMenu(m_actions.action(QStringLiteral("file.save")), m_recent);
    connect(m_recent, &QMenu::aboutToShow, this, &MainWindow::buildRecentMenu);
    for (QAction* action : m_actions.findChildren<QAction*>()) {
        if (action->shortcutContext() == Qt::WindowShortcut)
            addAction(action);
    }
    m_topBar = new TopBar(m_actions, m_center);
    auto* column = new QVBoxLayout(m_center);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_topBar);
    setCentralWidget(m_center);
    m_toasts = new ToastStack(m_center);
    m_actions.action(QStringLiteral("view.panels"))->setChecked(true);
    m_actions.action(QStringLiteral("view.dark"))->setChecked(m_options.appearance == Appearance::dark);

    bindFileActions();
    bindViewActions();
    bindToolActions();
    bindEditActions(m_actions, [this] { return m_workspace; });
    resize(theme().metric(Metric::leftPanel) * 5 + theme().metric(Metric::topBar), theme().metric(Metric::popover) * 5 / 2);
}

MainWindow::~MainWindow()
{
    m_topBar->setSession(nullptr);
    delete m_workspace;
}

void MainWindow::bindFileActions()
{
    const auto report = [this](const Result<void, QString>& result) {
        if (!result)
            warn(result.error());
    };
    m_actions.on(QStringLiteral("file.new"), [this, report] { report(newDocument()); });
    m_actions.on(QStringLiteral("file.open"), [this, report] {
        const QString path = QFileDialog::getOpenFileName(this, tr("Open"), QDir::homePath(), tr("Tessera files (*.tessera)"));
        if (!path.isEmpty())
            report(openFile(path));
    });
    m_actions.on(QStringLiteral("file.save"), [this] {
        if (m_workspace)
            tell(tr("Everything is saved as you work, in %1.").arg(m_workspace->session().filePath()));
    });
    m_actions.on(QStringLiteral("file.saveAs"), [this] {
        if (!m_workspace)
            return;
        const QString path = QFileDialog::getSaveFileName(this, tr("Save as"), m_workspace->session().title() + QStringLiteral(".tessera"),
                                                          tr("Tessera files (*.tessera)"));
        if (!path.isEmpty() && m_workspace->session().saveAs(path))
            rememberFile(path);
    });
    m_actions.on(QStringLiteral("file.importSvg"), [this] { askImport(tr("Import drawing"), importFilter()); });
    m_actions.on(QStringLiteral("file.placeImage"),
                 [this] { askImport(tr("Place image"), tr("Images (*.png *.jpg *.jpeg *.webp)")); });
    m_actions.on(QStringLiteral("file.exportPng"), [this] { askExport(); });
    m_actions.on(QStringLiteral("file.close"), [this] { close(); });
    m_actions.on(QStringLiteral("file.quit"), [] { QApplication::closeAllWindows(); });
    m_actions.on(QStringLiteral("share.share"), [this] { showShareDialog(); });
    m_actions.on(QStringLiteral("share.openLink"), [this] { askLink(); });
    m_actions.on(QStringLiteral("share.offline"), [this] {
        if (m_workspace)
            m_workspace->session().connection().setOffline(m_actions.action(QStringLiteral("share.offline"))->isChecked());
    });
    m_actions.on(QStringLiteral("help.shortcuts"), [this] { showShortcuts(); });
    m_actions.on(QStringLiteral("help.about"),
                 [this] { tell(tr("Tessera: design together, on machines you own.")); });
}

void MainWindow::bindViewActions()
{
    const auto on = [this](const char* id, std::function<void(Workspace&)> body) {
        m_actions.on(QLatin1String(id), [this, body = std::move(body)] {
            if (m_workspace)
                body(*m_workspace);
        });
    };
    on("view.zoomIn", [](Workspace& w) { w.canvas().zoomIn(); });
    on("view.zoomOut", [](Workspace& w) { w.canvas().zoomOut(); });
    on("view.zoom100", [](Workspace& w) { w.canvas().zoomTo(1); });
    on("view.zoomFit", [](Workspace& w) { w.canvas().zoomToFit(); });
    on("view.zoomSelection", [](Workspace& w) { w.canvas().zoomToSelection(); });
    on("view.panels", [this](Workspace& w) {
        w.setPanelsVisible(m_actions.action(QStringLiteral("view.panels"))->isChecked());
    });
    on("view.layers", [](Workspace& w) { w.showLayers(); });
    on("view.design", [](Workspace& w) { w.showDesign(); });
    on("view.nextArea", [](Workspace& w) { w.focusNextArea(1); });
    on("view.previousArea", [](Workspace& w) { w.focusNextArea(-1); });
    m_actions.on(QStringLiteral("view.dark"), [this] {
        setAppearance(m_actions.action(QStringLiteral("view.dark"))->isChecked() ? Appearance::dark : Appearance::light);
    });
    on("tool.generate", [](Workspace& w) { w.showGenerate(); });
}

void MainWindow::bindToolActions()
{
    for (const ToolEntry& entry : tools)
        m_actions.on(QLatin1String(entry.id), [this, kind = entry.kind] { setTool(kind); });
    m_actions.on(QStringLiteral("tool.lock"), [this] {
        if (m_workspace)
            setTool(m_workspace->canvas().tool());
    });
}

void MainWindow::setTool(ToolKind kind)
{
    if (!m_workspace)
        return;
    m_workspace->canvas().setTool(kind, m_actions.action(QStringLiteral("tool.lock"))->isChecked());
    toolChanged();
}

void MainWindow::toolChanged()
{
    for (const ToolEntry& entry : tools) {
        const bool inHand = m_workspace->canvas().tool() == entry.kind;
        m_actions.action(QLatin1String(entry.id))->setChecked(inHand);
        if (inHand)
            m_workspace->setToolHint(QCoreApplication::translate("hints", entry.hint));
    }
}

void MainWindow::adopt(std::unique_ptr<EditorSession> session)
{
    if (m_shareDialog)
        delete m_shareDialog.data();
    m_topBar->setSession(nullptr);
    delete m_workspace;
    m_workspace = new Workspace(std::move(session), m_fonts, m_options.renderer, m_center);
    m_center->layout()->addWidget(m_workspace);
    EditorSession& opened = m_workspace->session();
    m_topBar->setSession(&opened);
    m_actions.addToCanvasWidgets({&m_workspace->canvas(), &m_workspace->layers()});
    connect(&opened, &EditorSession::problem, this, &MainWindow::warn);
    connect(&opened, &EditorSession::undoStateChanged, this, &MainWindow::updateActions);
    connect(&opened, &EditorSession::fileChanged, this, &MainWindow::updateTitle);
    connect(&opened, &EditorSession::documentChanged, this, [this](const document::ChangeSet& changes) {
        if (changes.metaChanged)
            updateTitle();
    });
    connect(&opened.selection(), &Selection::changed, this, &MainWindow::updateActions);
    connect(&opened.connection(), &Connection::changed, this, &MainWindow::updateActions);
    connect(&opened.connection(), &Connection::notice, this, &MainWindow::tell);
    CanvasView& canvas = m_workspace->canvas();
    connect(&canvas, &CanvasView::toolChanged, this, &MainWindow::toolChanged);
    connect(&canvas, &CanvasView::firstFrame, this, &MainWindow::firstFrame);
    connect(&canvas, &CanvasView::filesDropped, this, &MainWindow::importFiles);
    connect(&canvas, &CanvasView::contextMenuRequested, this, [this](const QPoint& at) {
        QMenu menu(this);
        const bool any = !m_workspace->session().selection().isEmpty();
        for (const char* id : {"edit.copy", "edit.paste", "edit.duplicate", "", "object.toFront", "object.forward",
                               "object.backward", "object.toBack", "", "object.group", "object.ungroup", "object.frame",
                               "", "tool.generate", "", "object.visible", "object.locked", "edit.rename", "edit.delete"}) {
            if (!*id)
                menu.addSeparator();
            else if (any)
                menu.addAction(m_actions.action(QLatin1String(id)));
        }
        if (!any) {
            menu.clear();
            for (const char* id : {"edit.paste", "edit.selectAll", "view.zoomFit", "view.zoom100"})
                menu.addAction(m_actions.action(QLatin1String(id)));
        }
        menu.exec(at);
    });
    connect(m_workspace, &Workspace::shareRequested, this, &MainWindow::showShareDialog);
    connect(&m_workspace->status(), &StatusStrip::zoomMenuRequested, this, [this](const QPoint& at) {
        QMenu menu(this);
        for (const char* id : {"view.zoomIn", "view.zoomOut", "view.zoom100", "view.zoomFit", "view.zoomSelection"})
            menu.addAction(m_actions.action(QLatin1String(id)));
        menu.exec(at - QPoint(0, menu.sizeHint().height()));
    });
    m_workspace->setApplianceAddress(m_options.applianceAddress);
    m_workspace->canvas().setFocus();
    toolChanged();
    updateActions();
    updateTitle();
    reportRecovery();
}

void MainWindow::reportRecovery()
{
    const auto& recovery = m_workspace->session().store().recovery();
    if (!recovery)
        return;
    const QString kept = recovery->damagedCopy.empty() ? QString()
                                                       : tr(" The damaged file is kept as %1.").arg(toQt(recovery->damagedCopy));
    warn(tr("This file was damaged and has been repaired: parts brought over: %1, not readable: %2.%3")
             .arg(recovery->repaired.size())
             .arg(recovery->lost.size())
             .arg(kept));
}

Result<void, QString> MainWindow::newDocument()
{
    auto session = EditorSession::create(m_services, newDraftPath(), tr("Untitled"));
    if (!session)
        return fail(tr("A new document could not be made: %1.").arg(toQt(storage::describe(session.error()))));
    adopt(std::move(session).value());
    return {};
}

Result<void, QString> MainWindow::openFile(const QString& path)
{
    const bool exists = QFileInfo::exists(path);
    auto session = exists ? EditorSession::open(m_services, path)
                          : EditorSession::create(m_services, path, QFileInfo(path).completeBaseName());
    if (!session)
        return fail(tr("Could not open %1: %2.").arg(path, toQt(storage::describe(session.error()))));
    adopt(std::move(session).value());
    rememberFile(path);
    m_workspace->session().connection().resume();
    return {};
}

Result<void, QString> MainWindow::joinLink(const QString& link, const QString& path)
{
    const auto parsed = collab::parseShareLink(link.trimmed().toStdString());
    if (!parsed)
        return fail(toQt(collab::describe(parsed.error())));
    const QString file = path.isEmpty() ? roomFilePath(toQt(collab::authority(parsed.value())), toQt(parsed->room.text())) : path;
    auto session = EditorSession::openForRoom(m_services, file);
    if (!session)
        return fail(tr("Could not keep a copy in %1: %2.").arg(file, toQt(storage::describe(session.error()))));
    adopt(std::move(session).value());
    rememberFile(file);
    m_workspace->session().connection().join(parsed.value());
    return {};
}

void MainWindow::updateActions()
{
    EditorSession& session = m_workspace->session();
    m_actions.updateEnabled(session, !session.selection().isEmpty(), session.connection().isShared());
}

void MainWindow::updateTitle()
{
    setWindowTitle(tr("%1 – Tessera").arg(m_workspace->session().title()));
    setWindowFilePath(m_workspace->session().filePath());
}

void MainWindow::buildRecentMenu()
{
    m_recent->clear();
    for (const QString& path : recentFiles()) {
        QAction* action = m_recent->addAction(QFileInfo(path).completeBaseName());
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] {
            const auto opened = openFile(path);
            if (!opened)
                warn(opened.error());
        });
    }
    if (m_recent->isEmpty()) {
        m_recent->addAction(tr("Files you open appear here"))->setEnabled(false);
    } else {
        m_recent->addSeparator();
        connect(m_recent->addAction(tr("Clear this list")), &QAction::triggered, this, &forgetRecentFiles);
    }
}

void MainWindow::askImport(const QString& title, const QString& filter)
{
    if (!m_workspace)
        return;
    const QStringList paths = QFileDialog::getOpenFileNames(this, title, QDir::homePath(), filter);
    if (!paths.isEmpty())
        importFiles(paths, m_workspace->canvas().viewport().visiblePage().center());
}

void MainWindow::importFiles(const QStringList& paths, Point page)
{
    constexpr double beside = 24;
    EditorSession& session = m_workspace->session();
    std::size_t simplified = 0;
    for (const QString& path : paths) {
        const Place place{session.selection().page(), page};
        const auto imported = formats::importFormatOf(path.toStdString())
                                  ? importDrawingFile(session, path, place)
                                  : placeImageFile(session, path, place);
        if (!imported)
            warn(imported.error());
        else
            simplified += imported->notices.size();
        page = page + Point{beside, beside};
    }
    if (simplified > 0)
        tell(simplified == 1 ? tr("1 part could not be kept as it was: it is simplified, kept as SVG or left out.")
                             : tr("%1 parts could not be kept as they were: they are simplified, kept as SVG or left out.").arg(simplified));
}

void MainWindow::askExport()
{
    if (!m_workspace)
        return;
    EditorSession& session = m_workspace->session();
    const QString path = QFileDialog::getSaveFileName(this, tr("Export as PNG"), session.title() + QStringLiteral(".png"),
                                                      tr("PNG images (*.png)"));
    if (path.isEmpty())
        return;
    const auto& selected = session.selection().nodes();
    const auto node = selected.size() == 1 ? std::optional(selected.front()) : std::nullopt;
    const auto exported = exportPngFile(session, m_workspace->canvas().scene(), path, node, 1);
    if (exported)
        tell(tr("Exported %1 × %2 px to %3").arg(exported->widthPx).arg(exported->heightPx).arg(path));
    else
        warn(exported.error());
}

void MainWindow::askLink()
{
    bool accepted = false;
    const QString link = QInputDialog::getText(this, tr("Open link"), tr("Link to a shared document"), QLineEdit::Normal,
                                               {}, &accepted);
    if (!accepted)
        return;
    const auto joined = joinLink(link);
    if (!joined)
        warn(joined.error());
}

void MainWindow::showShareDialog()
{
    if (!m_workspace || m_shareDialog)
        return;
    m_shareDialog = new ShareDialog(m_workspace->session(), m_options.relay, this);
    m_shareDialog->setAttribute(Qt::WA_DeleteOnClose);
    m_shareDialog->open();
}

void MainWindow::showShortcuts()
{
    auto* dialog = new ShortcutsDialog(m_actions, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::setAppearance(Appearance appearance)
{
    m_options.appearance = appearance;
    applyTheme(*qApp, appearance);
    m_actions.action(QStringLiteral("view.dark"))->setChecked(appearance == Appearance::dark);
    update();
}

void MainWindow::tell(const QString& text)
{
    m_toasts->show(text, ToastKind::info);
}

void MainWindow::warn(const QString& text)
{
    m_toasts->show(text, ToastKind::problem);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (m_workspace) {
        m_workspace->canvas().endTextEditing();
        const auto flushed = m_workspace->session().store().flush();
        if (!flushed) {
            warn(tr("Not closed, because the last changes are not on the disk yet: %1. Save as another file, or close again "
                    "to lose them.")
                     .arg(toQt(storage::describe(flushed.error()))));
            // The second attempt goes through: nobody must be locked in by a dead disk.
            if (!property("closeAsked").toBool()) {
                setProperty("closeAsked", true);
                event->ignore();
                return;
            }
        }
    }
    event->accept();
}

} // namespace tessera::app
