#pragma once

#include <functional>
#include <map>

#include <QAction>
#include <QMenuBar>
#include <QObject>

#include <app/models/editor_session.h>

/// The QActions made from the action table. GUI thread.
namespace tessera::app {

class EditorActions final : public QObject
{
    Q_OBJECT

public:
    explicit EditorActions(QObject* parent = nullptr);

    /// Asserts that the id is in the table.
    [[nodiscard]] QAction* action(const QString& id) const;
    [[nodiscard]] bool has(const QString& id) const { return m_actions.contains(id); }
    void on(const QString& id, std::function<void()> handler);
    void fillMenuBar(QMenuBar& bar);
    [[nodiscard]] QMenu* menu(const QString& prefix) const;
    /// Canvas shortcuts work while the focus is in one of these widgets.
    void addToCanvasWidgets(const std::vector<QWidget*>& widgets);
    void updateEnabled(const EditorSession& session, bool hasSelection, bool isShared);

private:
    std::map<QString, QAction*> m_actions;
    std::map<QString, QMenu*> m_menus;
};

/// "Undo (Ctrl+Z)": what an icon button says.
[[nodiscard]] QString tooltipOf(const QAction& action);

} // namespace tessera::app
