#pragma once

#include <map>
#include <memory>
#include <vector>

#include <core/crdt/doc.h>
#include <core/crdt/update.h>

/// Which structs and deletions of a document existed at one time. Reading a document as of a
/// snapshot needs one that never collected (DocOptions::gc false). Plain values; snapshots
/// themselves are safe on any thread.
namespace tessera::crdt {

struct Snapshot {
    StateVector stateVector;
    std::map<ClientId, std::vector<ClockRange>>
        deletes; ///< ascending, apart, no client without ranges
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

enum class SnapshotErrc : std::uint8_t {
    collects = 1,     ///< the document may have collected what the snapshot shows
    unknownState = 2, ///< the snapshot shows structs that the document lacks
};

/// Of now. Linear in the structs of the document. Structs and deletes that wait for others are no
/// part of it.
[[nodiscard]] Snapshot takeSnapshot(const Doc& doc);

/// Delete set, then state vector, clients by descending id: the bytes of Y.encodeSnapshot and
/// Y.encodeSnapshotV2.
[[nodiscard]] Bytes encodeSnapshot(const Snapshot& snapshot,
                                   UpdateFormat format = UpdateFormat::v1);
/// Takes ranges in any order. Allocates in proportion to the input.
/// Errors: truncated, varintTooLong, tooLarge (a clock past 2^53 - 1), duplicateClient, malformed,
/// trailingBytes.
Result<Snapshot, DecodeError> decodeSnapshot(ByteView bytes,
                                             UpdateFormat format = UpdateFormat::v1);

/// Whether every struct and every deletion of the update was there. Errors: those of applyUpdate.
Result<bool, DecodeError> snapshotContainsUpdate(const Snapshot& snapshot, ByteView update,
                                                 UpdateFormat format = UpdateFormat::v1);

/// A new document with the content of then; `options.gc` collects what was deleted by then.
/// Linear in the document; does not change it. Not inside a transaction of it.
Result<std::unique_ptr<Doc>, SnapshotErrc>
createDocFromSnapshot(const Doc& doc, const Snapshot& snapshot, const DocOptions& options = {});

/// The text as of `snapshot`. With `previous`, an older one, the text of both: runs that only one
/// of them shows carry the attribute "ychange", {"type": "added"} or {"type": "removed"}. Linear in
/// the items of the text.
Result<std::vector<TextRun>, SnapshotErrc> runsAt(const Text& text, const Snapshot& snapshot,
                                                  const Snapshot* previous = nullptr);
/// The elements as of `snapshot`; types are handles to what they are now.
Result<std::vector<Value>, SnapshotErrc> elementsAt(const SharedType& list,
                                                    const Snapshot& snapshot);
/// The entries (of XML types: attributes) as of `snapshot`.
Result<std::vector<std::pair<std::string, Value>>, SnapshotErrc>
entriesAt(const SharedType& map, const Snapshot& snapshot);

} // namespace tessera::crdt
