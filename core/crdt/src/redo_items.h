#pragma once

#include <core/crdt/undo_manager.h>

#include "integrate.h"

namespace tessera::crdt {

/// One step of an undo or redo stack.
struct StackItem {
    DeleteSet deletions;
    DeleteSet insertions;
    UndoMeta meta;
};

/// What a redo works with besides the items.
struct RedoContext {
    const DeleteSet& alsoDeleted; ///< what the same step deletes
    const std::vector<StackItem>& undoStack;
    const std::vector<StackItem>& redoStack;
    bool ignoreRemoteMapChanges = false;
};

/// The item that stands for `item` now, after any undo that re-created it, cut to its first unit.
Item& followRedone(Store& store, TransactionState& transaction, Item& item);

/// Keeps (or releases) an item and everything it lies in, up to the first that is kept (or
/// released) already.
void keepWithAncestors(Item& item, bool keep);

/// Re-creates deleted items as copies where they were. Items whose type is gone for good stay
/// deleted, as do map entries that somebody else has set since, unless the context ignores that.
/// Map entries covered by `alsoDeleted` or the stacks count as ours. Tells whether anything was (or
/// already is) re-created.
bool redoItems(Store& store, TransactionState& transaction, const std::vector<Item*>& items,
               const RedoContext& context);

} // namespace tessera::crdt
