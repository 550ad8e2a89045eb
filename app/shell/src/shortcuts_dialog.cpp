#include <app/shell/shortcuts_dialog.h>

#include <QCoreApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <app/shell/action_table.h>
#include <app/theme/theme.h>

namespace tessera::app {

ShortcutsDialog::ShortcutsDialog(EditorActions& actions, QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("Keyboard shortcuts"));
    setAccessibleName(windowTitle());
    resize(theme().metric(Metric::dialog), theme().metric(Metric::dialog) * 5 / 4);
    auto* column = new QVBoxLayout(this);
    const int margin = theme().metric(Metric::spaceGroup);
    column->setContentsMargins(margin, margin, margin, margin);
    auto* search = new QLineEdit(this);
    search->setPlaceholderText(tr("Search actions and keys"));
    search->setAccessibleName(search->placeholderText());
    auto* list = new QTreeWidget(this);
    list->setAccessibleName(tr("Shortcuts"));
    list->setColumnCount(2);
    list->setHeaderHidden(true);
    list->setRootIsDecorated(false);
    list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    list->header()->setStretchLastSection(false);
    for (const MenuSpec& menu : menuTable()) {
        auto* group = new QTreeWidgetItem(list, {QCoreApplication::translate("actions", menu.title).remove(QLatin1Char('&'))});
        group->setFont(0, theme().font(Metric::textPanelTitle, QFont::DemiBold));
        group->setFlags(Qt::ItemIsEnabled);
        for (const ActionSpec& spec : actionTable()) {
            if (!QLatin1String(spec.id).startsWith(QLatin1String(menu.prefix)))
                continue;
            const QAction* action = actions.action(QLatin1String(spec.id));
            QStringList keys;
            for (const QKeySequence& key : action->shortcuts())
                keys.push_back(key.toString(QKeySequence::NativeText));
            new QTreeWidgetItem(group, {action->text(), keys.join(QStringLiteral("   "))});
        }
    }
    list->expandAll();
    column->addWidget(search);
    column->addWidget(list);
    connect(search, &QLineEdit::textChanged, list, [list](const QString& text) {
        for (int g = 0; g < list->topLevelItemCount(); ++g) {
            QTreeWidgetItem* group = list->topLevelItem(g);
            bool any = false;
            for (int i = 0; i < group->childCount(); ++i) {
                QTreeWidgetItem* item = group->child(i);
                const bool matches = item->text(0).contains(text, Qt::CaseInsensitive) ||
                                     item->text(1).contains(text, Qt::CaseInsensitive);
                item->setHidden(!matches);
                any = any || matches;
            }
            group->setHidden(!any);
        }
    });
}

} // namespace tessera::app
