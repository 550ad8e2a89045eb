#include "pending_update.h"

#include <algorithm>

#include "update_encoder_v2.h"
#include "update_merge.h"
#include "write_struct.h"

namespace tessera::crdt {
namespace {

template <class Encoder, class Cursor, class Scan>
Bytes mergeOwn(std::span<const Bytes> updates, Scan scan, const DeleteSet& moreDeletes)
{
    std::vector<ScannedUpdate<Cursor>> parts;
    for (const Bytes& update : updates)
        parts.push_back(scan(update));
    WireWriter out;
    Encoder encoder(out);
    writeMerged<Encoder, Cursor>(encoder, parts, moreDeletes);
    encoder.finish();
    return out.copy();
}

} // namespace

Bytes encodeViews(const std::map<ClientId, std::vector<StructView>, std::greater<>>& structs)
{
    WireWriter out;
    UpdateEncoderV2 encoder(out);
    encoder.clientCount(structs.size());
    for (const auto& [client, views] : structs) {
        encoder.beginClient(client, views.front().id.clock, views.size());
        for (const StructView& view : views)
            writeStruct(encoder, view, 0);
    }
    encoder.deletes({});
    encoder.finish();
    return out.copy();
}

ScannedUpdate<PendingCursor> scanPending(const PendingStructs& pending) { return scanOwnUpdateV2(pending.update); }

Bytes mergeOwnV1(std::span<const Bytes> updates, const DeleteSet& moreDeletes)
{
    return mergeOwn<UpdateEncoderV1, CursorV1>(
        updates, [](const Bytes& update) { return scanUpdateV1(update).value(); }, moreDeletes);
}

Bytes mergeOwnV2(std::span<const Bytes> updates, const DeleteSet& moreDeletes)
{
    return mergeOwn<UpdateEncoderV2, CursorV2>(updates, scanOwnUpdateV2, moreDeletes);
}

void addPending(Store& store, PendingStructs more)
{
    if (!store.pendingStructs) {
        store.pendingStructs = std::move(more);
        return;
    }
    PendingStructs& pending = *store.pendingStructs;
    pending.clients.merge(more.clients);
    for (const auto& [client, clock] : more.missing) {
        const auto [known, isNew] = pending.missing.try_emplace(client, clock);
        known->second = std::min(known->second, clock);
    }
    const Bytes both[] = {std::move(pending.update), std::move(more.update)};
    pending.update = mergeOwnV2(both, {});
}

} // namespace tessera::crdt
