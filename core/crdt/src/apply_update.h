#pragma once

#include "store.h"
#include "update_scan.h"

namespace tessera::crdt {

/// Integrates a scanned update, whose bytes must live until the call ends. Structs and deletes that depend on missing
/// ones wait in the store. O(structs log structs).
template <class Cursor>
void applyUpdate(Store& store, TransactionState& transaction, ScannedUpdate<Cursor>& update);

} // namespace tessera::crdt
