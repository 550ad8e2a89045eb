#pragma once

#include <span>

#include <core/base/bytes.h>
#include <core/crdt/doc.h>
#include <core/crdt/update_format.h>

/// Updates and state vectors as bytes, without a document. Pure; safe on any thread. All of them check every byte of
/// an update before they use it; the error names the byte that is wrong and, among several updates, is that of the
/// first broken one. They take O(n) time and memory for the clients, the deletes and the result.
namespace tessera::crdt {

/// varuint count, then (varuint client, varuint clock) pairs by descending client. y-protocols, sync step 1.
/// Errors: truncated, varintTooLong, duplicateClient, trailingBytes.
[[nodiscard]] Bytes encodeStateVector(const StateVector& vector);
Result<StateVector, DecodeError> decodeStateVector(ByteView bytes);

/// Structure check only: what an update carries, or where it is broken.
struct UpdateSummary {
    StateVector from;              ///< first clock of each client block
    StateVector to;                ///< clock after the last struct of each client
    std::uint64_t deletedUnits{};  ///< sum of delete-set lengths
    [[nodiscard]] bool isEmpty() const { return to.empty() && deletedUnits == 0; }
};
Result<UpdateSummary, DecodeError> inspectUpdate(ByteView update, UpdateFormat format = UpdateFormat::v1);

/// What a replica knows that has applied nothing but this update: for each client whose structs start at clock 0, the
/// clock up to which they go without a hole. Yjs' encodeStateVectorFromUpdate.
Result<StateVector, DecodeError> stateVectorOf(ByteView update, UpdateFormat format = UpdateFormat::v1);

/// One update with the content of all; order does not matter. Holes stay holes (Skip structs), nothing is collected.
/// The bytes are those of Yjs' mergeUpdates; a single update is given back as it is. O(n log k) for k updates.
Result<Bytes, DecodeError> mergeUpdates(std::span<const Bytes> updates, UpdateFormat format = UpdateFormat::v1);

/// What a replica that has `known` lacks of the update; the deletes are kept whole. Yjs' diffUpdate.
Result<Bytes, DecodeError> diffUpdate(ByteView update, const StateVector& known, UpdateFormat format = UpdateFormat::v1);

/// The same update in another format. Yjs' convertUpdateFormatV1ToV2 and V2ToV1.
Result<Bytes, DecodeError> convertUpdate(ByteView update, UpdateFormat from, UpdateFormat to);

/// The empty update v1, 00 00.
[[nodiscard]] bool isEmptyUpdate(ByteView update);

} // namespace tessera::crdt
