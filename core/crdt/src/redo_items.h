#pragma once

#include "integrate.h"

namespace tessera::crdt {

/// One step of an undo or redo stack.
struct StackItem {
    DeleteSet deletions;
    DeleteSet insertions;
};

/// The item that stands for `item` now, after any undo that re-created it, cut to its first unit.
Item& followRedone(Store& store, TransactionState& transaction, Item& item);

/// Keeps (or releases) an item and everything it lies in.
void keepWithAncestors(Item& item, bool keep);

/// Re-creates deleted items as copies where they were. Items whose type is gone for good, and map entries that
/// somebody else has set since, stay deleted. Map entries covered by `alsoDeleted` or the stacks count as ours.
/// Tells whether anything was (or already is) re-created.
bool redoItems(Store& store, TransactionState& transaction, const std::vector<Item*>& items,
               const DeleteSet& alsoDeleted, const std::vector<StackItem>& undoStack,
               const std::vector<StackItem>& redoStack);

} // namespace tessera::crdt
