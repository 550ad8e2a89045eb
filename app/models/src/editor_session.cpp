#include <app/models/editor_session.h>

#include <QFileInfo>

#include <app/models/blob_exchange.h>
#include <app/models/connection.h>
#include <app/models/qt_convert.h>

#include "store_waker.h"
#include "undo_keeper.h"

namespace tessera::app {

using storage::DocumentStore;

EditorSession::EditorSession(const Services& services, std::unique_ptr<DocumentStore> store,
                             std::unique_ptr<StoreWaker> waker)
    : m_services(services), m_waker(std::move(waker)), m_store(std::move(store))
{
    m_waker->setStore(m_store.get());
    m_undo = std::make_unique<crdt::UndoManager>(
        document().crdt(), document::undoScope(document()),
        crdt::UndoManager::Options{.trackedOrigins = {localOrigin}}, m_services.clock);
    m_undoKeeper = std::make_unique<UndoKeeper>(*m_store, *m_undo);
    m_changes = document().onChange([this](const document::ChangeSet& changes) { documentWasChanged(changes); });
    m_progress = m_store->onProgress([this](const storage::SaveProgress&) { Q_EMIT saveStatusChanged(); });
    m_blobs = std::make_unique<BlobExchange>(*m_store);
    m_connection = std::make_unique<Connection>(*this);
    connect(m_connection.get(), &Connection::changed, this, &EditorSession::saveStatusChanged);
    m_selection.follow(document());
}

EditorSession::~EditorSession()
{
    m_connection.reset();
    m_blobs.reset();
    m_undoKeeper.reset();
    m_undo.reset();
}

EditorSession::Opened EditorSession::create(const Services& services, const QString& path, const QString& name)
{
    auto waker = std::make_unique<StoreWaker>();
    auto store = DocumentStore::create(path.toStdString(), name.toStdString(), services.random, services.clock,
                                       waker->options());
    if (!store)
        return fail(std::move(store).error());
    return std::unique_ptr<EditorSession>(new EditorSession(services, std::move(store).value(), std::move(waker)));
}

EditorSession::Opened EditorSession::open(const Services& services, const QString& path)
{
    auto waker = std::make_unique<StoreWaker>();
    auto store = DocumentStore::open(path.toStdString(), storage::OpenMode::readWrite, services.random, services.clock,
                                     waker->options());
    if (!store)
        return fail(std::move(store).error());
    return std::unique_ptr<EditorSession>(new EditorSession(services, std::move(store).value(), std::move(waker)));
}

EditorSession::Opened EditorSession::openForRoom(const Services& services, const QString& path)
{
    if (QFileInfo::exists(path))
        return open(services, path);
    auto waker = std::make_unique<StoreWaker>();
    auto store = DocumentStore::createFor(path.toStdString(), std::make_unique<document::Document>(services.random),
                                          services.clock, waker->options());
    if (!store)
        return fail(std::move(store).error());
    return std::unique_ptr<EditorSession>(new EditorSession(services, std::move(store).value(), std::move(waker)));
}

QString EditorSession::filePath() const
{
    return toQt(m_store->path());
}

QString EditorSession::title() const
{
    const QString name = toQt(document().name());
    return name.isEmpty() ? QFileInfo(filePath()).completeBaseName() : name;
}

bool EditorSession::isReadOnly() const
{
    return m_store->isReadOnly() || document().needsNewerReader() || !m_connection->mayEdit();
}

bool EditorSession::apply(const Commands& commands, EditGroup group)
{
    if (commands.empty())
        return true;
    if (isReadOnly()) {
        Q_EMIT problem(m_connection->mayEdit()
                           ? tr("This file opened read-only, so the change was not made. Save it under another name to edit.")
                           : tr("This link lets you look and comment, so the change was not made."));
        return false;
    }
    if (group != EditGroup::same) {
        if (group == EditGroup::own || group != m_lastGroup)
            m_undo->stopCapturing();
        m_lastGroup = group;
    }
    const auto applied = document::apply(document(), commands, localOrigin);
    if (!applied) {
        Q_EMIT problem(tr("The change was not made: %1").arg(toQt(document::describe(applied.error()))));
        return false;
    }
    return true;
}

bool EditorSession::applyAndSelect(const Commands& commands, std::vector<NodeId> selection)
{
    if (!apply(commands))
        return false;
    m_selection.set(std::move(selection));
    return true;
}

bool EditorSession::undo()
{
    m_lastGroup = EditGroup::own;
    const bool done = !isReadOnly() && m_undo->undo();
    Q_EMIT undoStateChanged();
    return done;
}

bool EditorSession::redo()
{
    m_lastGroup = EditGroup::own;
    const bool done = !isReadOnly() && m_undo->redo();
    Q_EMIT undoStateChanged();
    return done;
}

bool EditorSession::canUndo() const
{
    return m_undo->canUndo();
}

bool EditorSession::canRedo() const
{
    return m_undo->canRedo();
}

SaveStatus EditorSession::saveStatus() const
{
    return describeSaving(m_store->progress(), m_connection->shareStatus());
}

bool EditorSession::saveAs(const QString& path)
{
    const auto saved = m_store->saveAs(path.toStdString());
    if (!saved) {
        Q_EMIT problem(tr("Could not save to %1: %2. Everything is still in %3.")
                           .arg(path, toQt(storage::describe(saved.error())), filePath()));
        return false;
    }
    m_connection->rememberLink();
    Q_EMIT fileChanged();
    Q_EMIT saveStatusChanged();
    return true;
}

NodeId EditorSession::insertionParent() const
{
    if (m_selection.nodes().size() == 1) {
        const document::Node* node = document().node(m_selection.nodes().front());
        if (node && node->type == document::NodeType::frame && !node->locked)
            return node->id;
    }
    return m_selection.page();
}

void EditorSession::documentWasChanged(const document::ChangeSet& changes)
{
    // Callbacks of the document may not write; what follows here only reads.
    m_undoKeeper->noteChange();
    m_selection.follow(document());
    Q_EMIT documentChanged(changes);
    Q_EMIT undoStateChanged();
    Q_EMIT saveStatusChanged();
}

} // namespace tessera::app
