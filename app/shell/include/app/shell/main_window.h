#pragma once

#include <memory>

#include <QMainWindow>
#include <QPointer>

#include <app/panels/share_dialog.h>
#include <app/shell/editor_actions.h>
#include <app/shell/workspace.h>
#include <app/theme/theme.h>

class QStackedLayout;

/// The editor's window: menu, tools, one workspace. Opens, saves and shares; every action ends here or in
/// edit_handlers.h. GUI thread.
namespace tessera::app {

class ToastStack;
class TopBar;

struct WindowOptions {
    RelaySetup relay;
    QString applianceAddress;
    RendererChoice renderer = RendererChoice::automatic;
    Appearance appearance = Appearance::light;
};

class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    /// All must outlive the window.
    MainWindow(const Services& services, text::FontLibrary& fonts, WindowOptions options);
    ~MainWindow() override;

    /// Null before a document was opened.
    [[nodiscard]] Workspace* workspace() const { return m_workspace; }
    [[nodiscard]] EditorActions& actions() { return m_actions; }
    [[nodiscard]] const WindowOptions& options() const { return m_options; }

    /// Errors: text for people that names the file; the current document stays open then.
    Result<void, QString> newDocument();
    /// A file that does not exist is made.
    Result<void, QString> openFile(const QString& path);
    /// `path`: where the local copy is kept; empty: in the drafts folder.
    Result<void, QString> joinLink(const QString& link, const QString& path = {});
    void showShareDialog();
    [[nodiscard]] QDialog* shareDialog() const { return m_shareDialog; }
    void setAppearance(Appearance appearance);
    void tell(const QString& text);
    void warn(const QString& text);

Q_SIGNALS:
    void firstFrame();

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    void bindFileActions();
    void bindViewActions();
    void bindToolActions();
    void adopt(std::unique_ptr<EditorSession> session);
    void setTool(ToolKind kind);
    void toolChanged();
    void updateActions();
    void updateTitle();
    void buildRecentMenu();
    void askImport(const QString& title, const QString& filter);
    void importFiles(const QStringList& paths, Point page);
    void askExport();
    void askLink();
    void showShortcuts();
    void reportRecovery();

    Services m_services;
    text::FontLibrary& m_fonts;
    WindowOptions m_options;
    EditorActions m_actions;
    QWidget* m_center;
    TopBar* m_topBar;
    Workspace* m_workspace = nullptr;
    ToastStack* m_toasts;
    QMenu* m_recent = nullptr;
    QPointer<QDialog> m_shareDialog;
};

} // namespace tessera::app
