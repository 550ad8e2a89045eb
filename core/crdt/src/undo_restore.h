#pragma once

#include "undo_state.h"

namespace tessera::crdt {

/// Whether the state speaks of this document: all it names is here, deleted where it has to be, and
/// in the same place. Changes nothing. Errors: otherDocument, stale, damaged (links that go in a
/// circle or from nowhere).
Result<void, UndoError> checkUndoState(const Store& store, const UndoState& state);

/// Gives deleted items of the document back what was collected of them, marks them to be kept, and
/// links them with their copies. Nothing that readers or other replicas see changes. The state has
/// passed the check.
void reviveContent(Store& store, TransactionState& transaction, const UndoState& state);

} // namespace tessera::crdt
