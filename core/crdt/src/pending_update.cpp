#include "pending_update.h"

#include <algorithm>
#include <cassert>

#include <core/crdt/update.h>

#include "update_encoder_v2.h"
#include "write_struct.h"

namespace tessera::crdt {

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

ScannedUpdate<PendingCursor> scanPending(const PendingStructs& pending)
{
    auto scanned = scanUpdateV2(pending.update);
    assert(scanned.hasValue());
    return std::move(scanned).value();
}

bool pendingHas(const PendingStructs& pending, ClientId client)
{
    const auto scanned = scanPending(pending);
    return std::any_of(scanned.clients.begin(), scanned.clients.end(),
                       [&](const auto& block) { return block.client == client; });
}

void addPending(Store& store, Bytes update, const std::map<ClientId, Clock>& missing)
{
    if (!store.pendingStructs) {
        store.pendingStructs = PendingStructs{std::move(update), missing};
        return;
    }
    PendingStructs& pending = *store.pendingStructs;
    for (const auto& [client, clock] : missing) {
        const auto [known, isNew] = pending.missing.try_emplace(client, clock);
        known->second = std::min(known->second, clock);
    }
    const Bytes both[] = {std::move(pending.update), std::move(update)};
    pending.update = mergeUpdates(both, UpdateFormat::v2).value();
}

} // namespace tessera::crdt
