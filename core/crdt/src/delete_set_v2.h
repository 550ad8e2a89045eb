#pragma once

#include "delete_set.h"
#include "wire_writer.h"

namespace tessera::crdt {

/// The delete set of an update v2: as in v1, but each clock is counted from the end of the range before it, and one is
/// taken off each length. The result is sorted and merged.
/// Errors: truncated, varintTooLong (also for a range that ends past 2^53 - 1).
Result<DeleteSet, DecodeError> readDeleteSetV2(ByteReader& reader);

/// The set must be sorted and merged.
void writeDeleteSetV2(WireWriter& out, const DeleteSet& set);

} // namespace tessera::crdt
