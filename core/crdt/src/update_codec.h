#pragma once

#include <functional>
#include <map>
#include <vector>

#include <core/crdt/doc.h>

#include "delete_set.h"
#include "item.h"

/// Update v1 as data: decoded completely before anything is integrated, and encoded from it.
namespace tessera::crdt {

/// Structs of each client by ascending clock, plus deletes. Clients by descending id.
struct UpdateData {
    std::map<ClientId, std::vector<Block>, std::greater<>> clients;
    DeleteSet deletes;
    [[nodiscard]] bool isEmpty() const { return clients.empty() && deletes.isEmpty(); }
};

/// Section 2 of the wire facts. Errors: any DecodeErrc; malformed also for an item that refers to a clock of its own
/// client which comes later, duplicateClient for two struct blocks of one client (Yjs never writes them, and reads
/// the last). Structs of length 0 carry nothing and are dropped.
Result<UpdateData, DecodeError> decodeUpdate(ByteView bytes);
[[nodiscard]] Bytes encodeUpdate(const UpdateData& update);

/// Writes one struct from `offset` on. `parent` null: taken from item.parent.
void writeStruct(ByteWriter& writer, const Item& item, Clock offset, const ParentRef* parent);

/// All structs and deletes of the given updates; known parts once, holes as Skip. Nothing is collected or joined
/// except collected structs that touch where two updates meet (as Yjs' mergeUpdates does).
[[nodiscard]] UpdateData mergeUpdateData(std::vector<UpdateData> updates);
/// Drops the structs below `since`; deletes stay.
void dropKnown(UpdateData& update, const StateVector& since);

} // namespace tessera::crdt
