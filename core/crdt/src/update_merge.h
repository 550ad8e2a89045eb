#pragma once

#include <span>

#include <core/crdt/doc.h>

#include "update_scan.h"

/// Updates made from updates, struct by struct from their bytes: no document and no copy of the content in between.
/// Each function writes a whole update up to and with the delete set; the caller finishes the encoder.
/// Instantiated for every cursor with every encoder.
namespace tessera::crdt {

/// All structs and deletes of the updates: known parts once, holes as Skip. Nothing is collected or joined, except
/// collected structs that touch where two updates meet, and equal starts are taken in the order of Yjs' mergeUpdates,
/// so that the same cuts come out. O(n log k) for n structs in k updates.
template <class Encoder, class Cursor>
void writeMerged(Encoder& encoder, std::span<const ScannedUpdate<Cursor>> updates, const DeleteSet& moreDeletes = {});

/// What a replica that has `known` lacks of the update; the deletes are kept whole. O(n).
template <class Encoder, class Cursor>
void writeDiff(Encoder& encoder, const ScannedUpdate<Cursor>& update, const StateVector& known);

/// The update as it is, in the format of the encoder. O(n).
template <class Encoder, class Cursor> void writeAgain(Encoder& encoder, const ScannedUpdate<Cursor>& update);

} // namespace tessera::crdt
