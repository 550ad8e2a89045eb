#include "update_writer.h"

#include <algorithm>
#include <cassert>

namespace tessera::crdt {
namespace {

/// First clock to write for each client, by descending id.
using FirstClocks = std::map<ClientId, Clock, std::greater<>>;

void writeStructs(ByteWriter& writer, const Store& store, const FirstClocks& clients)
{
    writer.writeVarUint(clients.size());
    for (const auto& [client, clock] : clients) {
        const StructList& structs = store.clients.at(number(client));
        const std::size_t first = findIndex(structs, clock);
        writer.writeVarUint(structs.size() - first);
        writer.writeVarUint(number(client));
        writer.writeVarUint(clock);
        writeStruct(writer, *structs[first], clock - structs[first]->id.clock, nullptr);
        for (std::size_t i = first + 1; i < structs.size(); ++i)
            writeStruct(writer, *structs[i], 0, nullptr);
    }
}

DeleteSet deletesOf(const Store& store)
{
    DeleteSet deletes;
    for (const auto& [client, structs] : store.clients) {
        for (const auto& item : structs) {
            if (item->isDeleted)
                deletes.add(item->id.client, item->id.clock, item->length);
        }
    }
    return deletes;
}

/// A copy by way of the wire form: blocks own their items.
UpdateData copyOf(const UpdateData& update)
{
    auto copy = decodeUpdate(encodeUpdate(update));
    assert(copy.hasValue());
    return std::move(copy).value();
}

} // namespace

Bytes encodeState(const Store& store, const StateVector& since)
{
    FirstClocks clients;
    for (const auto& [client, structs] : store.clients) {
        const auto known = since.find(ClientId{client});
        const Clock from = known == since.end() ? 0 : known->second;
        if (!structs.empty() && structs.back()->end() > from)
            clients.emplace(ClientId{client}, from);
    }
    ByteWriter writer;
    writeStructs(writer, store, clients);
    writeDeleteSet(writer, deletesOf(store));
    if (!store.pendingStructs && store.pendingDeletes.isEmpty())
        return writer.take();

    auto present = decodeUpdate(writer.bytes());
    assert(present.hasValue());
    std::vector<UpdateData> parts;
    parts.push_back(std::move(present).value());
    UpdateData deletes;
    deletes.deletes = store.pendingDeletes;
    parts.push_back(std::move(deletes));
    if (store.pendingStructs) {
        parts.push_back(copyOf(store.pendingStructs->update));
        dropKnown(parts.back(), since);
    }
    return encodeUpdate(mergeUpdateData(std::move(parts)));
}

Bytes encodeTransaction(const Store& store, const TransactionState& transaction)
{
    FirstClocks clients;
    for (const auto& [client, before] : transaction.grown)
        clients.emplace(client, before);
    ByteWriter writer;
    writeStructs(writer, store, clients);
    writeDeleteSet(writer, transaction.deletes);
    return writer.take();
}

} // namespace tessera::crdt
