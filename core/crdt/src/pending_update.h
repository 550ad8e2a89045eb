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
/// As mergeUpdates, for updates that this process wrote itself, however many structs they hold.
[[nodiscard]] Bytes mergeOwnV1(std::span<const Bytes> updates, const DeleteSet& moreDeletes);
[[nodiscard]] Bytes mergeOwnV2(std::span<const Bytes> updates, const DeleteSet& moreDeletes);
/// Joins what waits already.
void addPending(Store& store, PendingStructs more);

} // namespace tessera::crdt
