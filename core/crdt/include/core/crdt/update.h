#pragma once

#include <span>

#include <core/base/bytes.h>
#include <core/crdt/doc.h>

/// Updates and state vectors as bytes, without a document. Pure; safe on any thread.
namespace tessera::crdt {

/// varuint count, then (varuint client, varuint clock) pairs by descending client. y-protocols, sync step 1.
/// Errors: truncated, varintTooLong, duplicateClient, trailingBytes.
[[nodiscard]] Bytes encodeStateVector(const StateVector& vector);
Result<StateVector, DecodeError> decodeStateVector(ByteView bytes);

/// Structure check only: what an update carries, or where it is broken. Allocates in proportion to the input.
struct UpdateSummary {
    StateVector from;              ///< first clock of each client block
    StateVector to;                ///< clock after the last struct of each client
    std::uint64_t deletedUnits{};  ///< sum of delete-set lengths
    [[nodiscard]] bool isEmpty() const { return to.empty() && deletedUnits == 0; }
};
Result<UpdateSummary, DecodeError> inspectUpdate(ByteView update);

/// One update with the content of all; order does not matter. Holes stay holes (Skip structs), nothing is collected.
Result<Bytes, DecodeError> mergeUpdates(std::span<const Bytes> updates);

/// The empty update v1, 00 00.
[[nodiscard]] bool isEmptyUpdate(ByteView update);

} // namespace tessera::crdt
