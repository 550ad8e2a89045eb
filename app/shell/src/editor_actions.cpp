#include <app/shell/editor_actions.h>

#include <QCoreApplication>

#include <app/shell/action_table.h>
#include <app/theme/icons.h>

namespace tessera::app {
namespace {

QString translated(const char* text)
{
    return QCoreApplication::translate("actions", text);
}

QList<QKeySequence> sequences(const char* text)
{
    QList<QKeySequence> keys;
    for (const QString& part : QString::fromUtf8(text).split(QStringLiteral("; "), Qt::SkipEmptyParts))
        keys.push_back(QKeySequence::fromString(part, QKeySequence::PortableText));
    return keys;
}

} // namespace

QString tooltipOf(const QAction& action)
{
    const QString text = action.text().remove(QLatin1Char('&')).remove(QChar(0x2026));
    const QKeySequence key = action.shortcut();
    return key.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, key.toString(QKeySequence::NativeText));
}

EditorActions::EditorActions(QObject* parent) : QObject(parent)
{
    for (const ActionSpec& spec : actionTable()) {
        auto* action = new QAction(translated(spec.text), this);
        action->setObjectName(QLatin1String(spec.id));
        action->setShortcuts(sequences(spec.shortcuts));
        action->setCheckable(spec.checkable);
        // Single keys must not fire from a field or a list elsewhere in the window.
        action->setShortcutContext(spec.context == ShortcutContext::canvas ? Qt::WidgetWithChildrenShortcut
                                                                           : Qt::WindowShortcut);
        if (*spec.icon)
            action->setIcon(themeIcon(QLatin1String(spec.icon)));
        action->setToolTip(tooltipOf(*action));
        action->setMenuRole(QAction::NoRole);
        m_actions[QLatin1String(spec.id)] = action;
    }
}

QAction* EditorActions::action(const QString& id) const
{
    const auto found = m_actions.find(id);
    Q_ASSERT_X(found != m_actions.end(), "action", qPrintable(id));
    return found->second;
}

void EditorActions::on(const QString& id, std::function<void()> handler)
{
    connect(action(id), &QAction::triggered, this, [handler = std::move(handler)] { handler(); });
}

void EditorActions::fillMenuBar(QMenuBar& bar)
{
    for (const MenuSpec& spec : menuTable()) {
        QMenu* menu = bar.addMenu(translated(spec.title));
        m_menus[QLatin1String(spec.prefix)] = menu;
    }
    for (const ActionSpec& spec : actionTable()) {
        QMenu* menu = m_menus.at(QString::fromLatin1(spec.id).section(QLatin1Char('.'), 0, 0));
        if (spec.startsGroup)
            menu->addSeparator();
        menu->addAction(action(QLatin1String(spec.id)));
    }
}

QMenu* EditorActions::menu(const QString& prefix) const
{
    return m_menus.at(prefix);
}

void EditorActions::addToCanvasWidgets(const std::vector<QWidget*>& widgets)
{
    for (const ActionSpec& spec : actionTable()) {
        if (spec.context != ShortcutContext::canvas)
            continue;
        for (QWidget* widget : widgets)
            widget->addAction(action(QLatin1String(spec.id)));
    }
}

void EditorActions::updateEnabled(const EditorSession& session, bool hasSelection, bool isShared)
{
    const bool editable = !session.isReadOnly();
    for (const ActionSpec& spec : actionTable()) {
        bool enabled = true;
        switch (spec.need) {
        case ActionNeed::nothing: break;
        case ActionNeed::selection: enabled = hasSelection; break;
        case ActionNeed::undo: enabled = editable && session.canUndo(); break;
        case ActionNeed::redo: enabled = editable && session.canRedo(); break;
        case ActionNeed::editable: enabled = editable; break;
        case ActionNeed::shared: enabled = isShared; break;
        }
        action(QLatin1String(spec.id))->setEnabled(enabled);
    }
}

} // namespace tessera::app
