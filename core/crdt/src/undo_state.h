#pragma once

#include <map>
#include <vector>

#include "redo_items.h"
#include "struct_view.h"
#include "wire_writer.h"

/// What an undo manager saves and restores: both stacks and the deleted content that they need.
///
///     "TSRU", version (1), checksum of the rest (8 bytes, big-endian)
///     state vector of the document, client id of the writer
///     undo stack, redo stack: count, then per step deletions, insertions (clients in the order of
///     the step), meta (any) kept structs: count, then (client, clock, struct as in update v1 with
///     parent and key named) links from undone deletions to copies: count, then (client, clock,
///     length, client, clock)
///
/// Kept structs: a type before what lies in it, neighbours in their order. Links: where a copy was
/// itself undone, its own link comes first, so that a reader can tell that no links go in a circle.
namespace tessera::crdt {

inline constexpr std::size_t undoStackCount = 2;

/// Units whose deletion was undone, and the copy that they got.
struct RedoneLink {
    Id from;
    Clock length = 0;
    Id to;
};

struct UndoState {
    StateVector known; ///< of the document when it was written
    ClientId writer{}; ///< the document's own client id then
    std::vector<StackItem> stacks[undoStackCount];
    std::vector<StructView> kept; ///< views into the bytes
    std::vector<RedoneLink> links;
};

/// What comes before the kept structs; `known` and `stacks` of the state only.
void writeUndoHead(WireWriter& out, const UndoState& state);
void writeLinks(WireWriter& out, const std::vector<RedoneLink>& links);
/// Puts magic, version and checksum before the body.
[[nodiscard]] Bytes sealUndoState(ByteView body);

/// The bytes must outlive the result. Errors: damaged, newerVersion. Whether it fits a document is
/// left to the caller.
Result<UndoState, UndoError> decodeUndoState(ByteView bytes);

} // namespace tessera::crdt
