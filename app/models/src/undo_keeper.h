#pragma once

#include <QTimer>

#include <core/crdt/undo_manager.h>
#include <core/storage/document_store.h>

namespace tessera::app {

/// Keeps undo in the document's file, so that it goes on after a restart: among the values of this
/// machine, which copies of the file do not get. Store and manager outlive it. GUI thread.
class UndoKeeper final
{
public:
    /// Takes up what an earlier session left. What does not fit the document is passed over: undo
    /// then starts empty.
    UndoKeeper(storage::DocumentStore& store, crdt::UndoManager& undo);
    /// Writes what was not written yet.
    ~UndoKeeper();
    UndoKeeper(const UndoKeeper&) = delete;
    UndoKeeper& operator=(const UndoKeeper&) = delete;

    /// The document or a stack changed. Writes once nothing has changed for a while. After a crash
    /// before that, undo starts empty: the stacks in the file then lack an edit, and would be
    /// refused.
    void noteChange();

private:
    void write();

    storage::DocumentStore& m_store;
    crdt::UndoManager& m_undo;
    QTimer m_pause;
};

} // namespace tessera::app
