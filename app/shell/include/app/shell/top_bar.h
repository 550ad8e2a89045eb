#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QWidget>

#include <app/models/editor_session.h>
#include <app/shell/editor_actions.h>

class QHBoxLayout;

/// File name, the tools, teammates and Share, in one row under the menu. GUI thread.
namespace tessera::app {

class TopBar final : public QWidget
{
    Q_OBJECT

public:
    explicit TopBar(EditorActions& actions, QWidget* parent = nullptr);

    /// Null: no document.
    void setSession(EditorSession* session);

private:
    void refreshTitle();
    void refreshPeers();

    EditorActions& m_actions;
    EditorSession* m_session = nullptr;
    QLineEdit* m_title;
    QWidget* m_avatars;
    QPushButton* m_share;
};

} // namespace tessera::app
