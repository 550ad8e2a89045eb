#pragma once

#include <QDialog>

#include <app/shell/editor_actions.h>

namespace tessera::app {

/// All actions with their shortcuts, by menu, with a search field. GUI thread.
class ShortcutsDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit ShortcutsDialog(EditorActions& actions, QWidget* parent = nullptr);
};

} // namespace tessera::app
