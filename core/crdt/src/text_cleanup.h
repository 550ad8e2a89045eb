#pragma once

#include "attributes.h"
#include "store.h"

/// Removing format items that no longer say anything (Y.Text's clean-up passes).
namespace tessera::crdt {

/// Deletes needless format items between `start` and the next visible content. `current` is the state of the reader
/// at `reader`, which stands inside the gap or at its end, and is kept right.
void cleanUpGap(Store& store, TransactionState& transaction, Item* start, const Item* reader,
                const AttributeMap& startAttributes, AttributeMap& current);

/// After a remote change to formatted text: cleans up in a transaction of its own, as Yjs does.
void cleanUpFormatting(Store& store, TransactionState& transaction);

} // namespace tessera::crdt
