#pragma once

#include <functional>
#include <map>

#include "store.h"
#include "update_scan_v2.h"

/// Structs that wait for missing ones, kept as an update.
namespace tessera::crdt {

using PendingCursor = CursorV2;

[[nodiscard]] Bytes encodeViews(const std::map<ClientId, std::vector<StructView>, std::greater<>>& structs);
/// What was written by encodeViews or a merge, so it has no errors.
[[nodiscard]] ScannedUpdate<PendingCursor> scanPending(const PendingStructs& pending);
[[nodiscard]] bool pendingHas(const PendingStructs& pending, ClientId client);
/// Joins what waits already.
void addPending(Store& store, Bytes update, const std::map<ClientId, Clock>& missing);

} // namespace tessera::crdt
