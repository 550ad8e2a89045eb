#pragma once

#include "store.h"

namespace tessera::crdt {

/// End of a transaction: joins neighbouring structs that are one again around its deletions, among its new structs
/// and where it cut.
void mergeAfter(Store& store, const TransactionState& transaction);

} // namespace tessera::crdt
