#pragma once

#include "store.h"

namespace tessera::crdt {

/// Integrates a decoded update as far as its dependencies are known; the rest waits in the store.
void applyUpdate(Store& store, TransactionState& transaction, UpdateData update);

} // namespace tessera::crdt
