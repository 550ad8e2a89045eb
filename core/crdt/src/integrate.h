#pragma once

#include "store.h"

/// Placing, deleting and collecting single structs.
namespace tessera::crdt {

/// Places `item` after `left` and before `right` as they were when it was made, resolving concurrent inserts as Yjs
/// does (YATA), and adds it to the store. item->parent null: becomes a collected struct.
/// Like deleteItem, it drops the search markers of a list that it changes.
Item& integrate(Store& store, TransactionState& transaction, std::unique_ptr<Item> item, Item* left, Item* right);

/// A new local item between `left` and `right`, which are its neighbours now.
Item& insertLocal(Store& store, TransactionState& transaction, Branch& parent, Item* left, Item* right,
                  std::shared_ptr<const std::string> key, Content content, Clock length);

/// Marks the item and everything below it as deleted.
void deleteItem(Store& store, TransactionState& transaction, Item& item);

/// Replaces the content of a deleted item by a tombstone; what is below it becomes collected structs.
void collect(Store& store, Item& item);

} // namespace tessera::crdt
