#pragma once

#include "store.h"

/// Update v1 straight from a store.
namespace tessera::crdt {

/// What a replica with `since` lacks, all deletes, and what is pending.
[[nodiscard]] Bytes encodeState(const Store& store, const StateVector& since);
/// The structs and deletes of one transaction.
[[nodiscard]] Bytes encodeTransaction(const Store& store, const TransactionState& transaction);

} // namespace tessera::crdt
