#pragma once

#include <QDialog>

#include <app/models/connection.h>
#include <app/models/editor_session.h>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

/// Makes a room on a relay, hands out links by role, lists and revokes them. GUI thread.
namespace tessera::app {

struct RelaySetup {
    QString origin;   ///< http://HOST:PORT; may be empty
    QString adminKey; ///< may be empty for an open relay
};

class ShareDialog final : public QDialog
{
    Q_OBJECT

public:
    ShareDialog(EditorSession& session, RelaySetup setup, QWidget* parent = nullptr);

private:
    QWidget* buildStart();
    QWidget* buildShared();
    void refresh();
    void createRoom();
    void createLink();
    void loadShares();
    void showProblem(const RelayError& error);

    EditorSession& m_session;
    RelaySetup m_setup;
    QStackedWidget* m_pages;
    QLineEdit* m_origin;
    QLineEdit* m_key;
    QPushButton* m_create;
    QLabel* m_state;
    QComboBox* m_role;
    QPushButton* m_copy;
    QLineEdit* m_link;
    QVBoxLayout* m_shares;
    QLabel* m_problem;
};

[[nodiscard]] QString roleText(const QString& role);

} // namespace tessera::app
