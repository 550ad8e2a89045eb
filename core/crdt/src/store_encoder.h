#pragma once

#include "store.h"

namespace tessera::crdt {

/// What a replica with `since` lacks, with what waits. O(structs written + deleted structs of the document).
[[nodiscard]] Bytes encodeState(const Store& store, const StateVector& since, UpdateFormat format);
/// The structs below `until`, whose clocks are all known, and `deletes`; nothing of what waits. O(structs written).
[[nodiscard]] Bytes encodeStateUpTo(const Store& store, const StateVector& until, const DeleteSet& deletes);
/// All deleted clocks. O(structs).
[[nodiscard]] DeleteSet deletesOf(const Store& store);
/// The new structs and the deletes of one transaction, after its clean-up. O(structs written).
void encodeTransaction(const Store& store, const TransactionState& transaction, WireWriter& out, UpdateFormat format);

/// An item as a struct of an update v1 that names parent and key instead of neighbours; `kind` is its own, or deleted
/// for a tombstone of it. O(its content).
void encodeAlone(const Store& store, const Item& item, ContentKind kind, WireWriter& out);

} // namespace tessera::crdt
