#pragma once

#include "store.h"

/// Placing, deleting and collecting single structs.
namespace tessera::crdt {

/// Places `item` after `left` and before `right` as they were when it was made, resolving concurrent inserts as Yjs
/// does (YATA), and adds it to the store. item.parent null: becomes a collected struct. O(1) without concurrency,
/// else O(items inserted at the same place).
void integrate(Store& store, TransactionState& transaction, Item& item, Item* left, Item* right);

/// A new local item between `left` and `right`, which are its neighbours now.
Item& insertLocal(Store& store, TransactionState& transaction, Branch& parent, Item* left, Item* right, KeyId key,
                  Content content, Clock length);

/// Marks the item and everything below it as deleted. O(items below); no recursion.
void deleteItem(Store& store, TransactionState& transaction, Item& item);

/// Replaces the content of a deleted item by a tombstone; what is below it becomes collected structs. O(items below).
void collect(Store& store, Item& item);

} // namespace tessera::crdt
