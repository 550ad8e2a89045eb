#include "store_encoder.h"

#include <algorithm>
#include <cassert>

#include <core/crdt/update.h>

#include "any_codec.h"
#include "pending_update.h"
#include "ready_memory.h"
#include "update_encoder_v1.h"
#include "update_encoder_v2.h"
#include "update_merge.h"
#include "write_struct.h"

namespace tessera::crdt {
namespace {

/// A client and the first of its clocks to write.
struct FirstClock {
    ClientId client{};
    ClientRef ref = noClient;
    Clock clock = 0;
};

template <class Encoder> void writeItemContent(Encoder& encoder, const Store& store, const Item& item, Clock offset)
{
    const Content& content = item.content;
    switch (content.kind()) {
    case ContentKind::gc:
    case ContentKind::deleted: encoder.length(item.length - offset); break;
    case ContentKind::skip: break;
    case ContentKind::json:
        encoder.length(item.length - offset);
        for (Clock i = offset; i < item.length; ++i)
            encoder.text(toJson(content.value(i)));
        break;
    case ContentKind::any:
        encoder.length(item.length - offset);
        content.writeValues(encoder.values(), offset);
        break;
    case ContentKind::binary: {
        const Any value = content.value();
        encoder.buffer(*value.bytes());
        break;
    }
    case ContentKind::string: writeText(encoder, content.text(), offset); break;
    case ContentKind::embed: encoder.jsonValue(content.value()); break;
    case ContentKind::format:
        encoder.key(content.format().key);
        encoder.jsonValue(content.format().value);
        break;
    case ContentKind::type: {
        const Branch& branch = *content.branch();
        encoder.typeRef(*branch.kind);
        if (branch.kind == TypeKind::xmlElement || branch.kind == TypeKind::xmlHook)
            encoder.key(branch.name ? store.keys.text(branch.name) : std::string_view());
        break;
    }
    case ContentKind::subdocument:
        encoder.text(content.subdocument().guid);
        writeAny(encoder.values(), content.subdocument().options);
        break;
    }
}

/// Parent and key, where no neighbour tells them.
template <class Encoder> void writePlace(Encoder& encoder, const Store& store, const Item& item)
{
    const Branch& parent = *item.parent;
    encoder.parentIsRoot(parent.isRoot);
    if (parent.isRoot)
        encoder.text(store.keys.text(parent.name));
    else
        encoder.leftId(store.publicId(parent.item->id()));
    if (item.key)
        encoder.text(store.keys.text(item.key));
}

template <class Encoder> void writeItem(Encoder& encoder, const Store& store, const Item& item, Clock offset)
{
    assert(offset < item.length);
    if (item.isGc()) {
        encoder.info(static_cast<std::uint8_t>(ContentKind::gc));
        return writeItemContent(encoder, store, item, offset);
    }
    const LocalId origin = offset > 0 ? LocalId{item.client, item.clock + offset - 1} : item.origin();
    const LocalId rightOrigin = item.rightOrigin();
    encoder.info(infoOf(item.kind(), !origin.isNone(), !rightOrigin.isNone(), item.key != 0));
    if (!origin.isNone())
        encoder.leftId(store.publicId(origin));
    if (!rightOrigin.isNone())
        encoder.rightId(store.publicId(rightOrigin));
    if (origin.isNone() && rightOrigin.isNone())
        writePlace(encoder, store, item);
    writeItemContent(encoder, store, item, offset);
}

/// By descending client id. Calls `visit` for each item that is written.
template <class Encoder, class Visit>
void writeStructs(Encoder& encoder, const Store& store, std::span<FirstClock> clients, Visit visit)
{
    std::sort(clients.begin(), clients.end(), [](const auto& a, const auto& b) { return a.client > b.client; });
    encoder.clientCount(clients.size());
    for (const FirstClock& first : clients) {
        const StructList& structs = store.clients.structs(first.ref);
        StructList::Place place = structs.find(first.clock);
        encoder.beginClient(first.client, first.clock, structs.countFrom(place));
        const Item& head = structs.at(place);
        writeItem(encoder, store, head, first.clock - head.clock);
        visit(head);
        if (!structs.stepForward(place))
            continue;
        structs.forEachFrom(place, [&](const Item& item) {
            writeItem(encoder, store, item, 0);
            visit(item);
        });
    }
}

/// The first `length` units of an item that reaches further.
template <class Encoder> void writeHead(Encoder& encoder, const Store& store, const Item& item, Clock length)
{
    ItemPool pool;
    Item& head = *pool.make(item.origin(), item.rightOrigin(), item.id());
    head.length = length;
    head.parent = item.parent;
    head.key = item.key;
    head.content = item.content.copy();
    static_cast<void>(head.content.splitAt(length, item.length));
    writeItem(encoder, store, head, 0);
    pool.release(&head);
}

/// Also those of the struct that reaches beyond: it is noted twice then, and the ranges are merged later.
void noteDeletesBefore(DeleteSet& deletes, ClientId id, const StructList& structs, Clock end)
{
    StructList::Place place = structs.firstPlace();
    do {
        const Item& item = structs.at(place);
        if (item.clock >= end)
            return;
        if (item.isDeleted)
            deletes.add(id, item.clock, item.length);
    } while (structs.stepForward(place));
}

/// Calls `visit` after each item.
template <class Encoder, class Visit>
void writeState(Encoder& encoder, const Store& store, const StateVector& since, Visit visit)
{
    std::vector<FirstClock> clients;
    DeleteSet deletes;
    for (ClientRef client = 0; client < store.clients.count(); ++client) {
        const ClientId id = store.clients.id(client);
        const auto known = since.find(id);
        const Clock from = known == since.end() ? 0 : known->second;
        const StructList& structs = store.clients.structs(client);
        if (structs.state() > from)
            clients.push_back({id, client, from});
        // The deletes are always written whole; those among the structs below are noted where these are written.
        const Clock unwritten = std::min(from, structs.state());
        if (unwritten > 0)
            noteDeletesBefore(deletes, id, structs, unwritten);
    }
    writeStructs(encoder, store, std::span(clients), [&](const Item& item) {
        if (item.isDeleted)
            deletes.add(store.clients.id(item.client), item.clock, item.length);
        visit();
    });
    deletes.sortAndMerge();
    encoder.deletes(deletes);
}

/// Room that the encoded structs are likely to fit in; more is taken where it proves too small.
std::size_t likelyBytes(const Store& store, const StateVector& since)
{
    constexpr std::size_t bytesPerStruct = 24;
    std::size_t structs = 0;
    for (ClientRef client = 0; client < store.clients.count(); ++client)
        structs += since.contains(store.clients.id(client)) ? 0 : store.clients.structs(client).size();
    return structs * bytesPerStruct;
}

template <class Encoder> Bytes encodedState(const Store& store, const StateVector& since)
{
    WireWriter out;
    Encoder encoder(out);
    if constexpr (std::is_same_v<Encoder, UpdateEncoderV1>) {
        // Update v1 is written in one go, so it can leave the cache in pieces and reach its place without a copy of
        // the whole, in pages that are there already.
        constexpr std::size_t pieceBytes = std::size_t{1} << 17;
        Bytes whole;
        writeState(encoder, store, since, [&] {
            if (out.size() < pieceBytes)
                return;
            if (whole.empty())
                whole.reserve(std::max(out.size(), likelyBytes(store, since)));
            makeReady(whole.data() + whole.size(), std::min(out.size(), whole.capacity() - whole.size()));
            out.drainTo(whole);
        });
        if (whole.empty())
            return out.copy();
        out.drainTo(whole);
        return whole;
    } else {
        writeState(encoder, store, since, [] {});
        encoder.finish();
        return out.copy();
    }
}

/// What waits for missing structs and is not known by `since`.
template <class Encoder> Bytes waitingSince(const Store& store, const StateVector& since)
{
    WireWriter out;
    Encoder encoder(out);
    writeDiff(encoder, scanPending(*store.pendingStructs), since);
    encoder.finish();
    return out.copy();
}

template <class Encoder>
void writeTransaction(const Store& store, const TransactionState& transaction, WireWriter& out)
{
    const auto firstClock = [&](const TransactionState::Grown& grown) {
        return FirstClock{store.clients.id(grown.client), grown.client, grown.before};
    };
    out.clear();
    Encoder encoder(out);
    if (transaction.grown().size() == 1) {
        FirstClock only = firstClock(transaction.grown().front());
        writeStructs(encoder, store, std::span(&only, 1), [](const Item&) {});
    } else {
        std::vector<FirstClock> clients;
        for (const TransactionState::Grown& grown : transaction.grown())
            clients.push_back(firstClock(grown));
        writeStructs(encoder, store, std::span(clients), [](const Item&) {});
    }
    encoder.deletes(transaction.deletes);
    encoder.finish();
}

} // namespace

DeleteSet deletesOf(const Store& store)
{
    DeleteSet deletes;
    for (ClientRef client = 0; client < store.clients.count(); ++client) {
        if (store.clients.structs(client).isEmpty())
            continue;
        const ClientId id = store.clients.id(client);
        store.clients.structs(client).forEachFrom({}, [&](const Item& item) {
            if (item.isDeleted)
                deletes.add(id, item.clock, item.length);
        });
    }
    return deletes;
}

Bytes encodeState(const Store& store, const StateVector& since, UpdateFormat format)
{
    const bool isV2 = format == UpdateFormat::v2;
    std::vector<Bytes> parts{isV2 ? encodedState<UpdateEncoderV2>(store, since) : encodedState<UpdateEncoderV1>(store, since)};
    if (!store.pendingStructs && store.pendingDeletes.isEmpty())
        return std::move(parts.front());
    if (store.pendingStructs)
        parts.push_back(isV2 ? waitingSince<UpdateEncoderV2>(store, since) : waitingSince<UpdateEncoderV1>(store, since));
    return isV2 ? mergeOwnV2(parts, store.pendingDeletes) : mergeOwnV1(parts, store.pendingDeletes);
}

Bytes encodeStateUpTo(const Store& store, const StateVector& until, const DeleteSet& deletes)
{
    WireWriter out;
    UpdateEncoderV1 encoder(out);
    encoder.clientCount(static_cast<std::size_t>(
        std::count_if(until.begin(), until.end(), [](const auto& entry) { return entry.second > 0; })));
    for (auto entry = until.rbegin(); entry != until.rend(); ++entry) {
        const auto& [client, end] = *entry;
        if (end == 0)
            continue;
        const StructList& structs = store.clients.structs(store.clients.find(client));
        const StructList::Place last = structs.find(end - 1);
        encoder.beginClient(client, 0, structs.countFrom({}) - structs.countFrom(last) + 1);
        for (StructList::Place place{}; place != last; structs.stepForward(place))
            writeItem(encoder, store, structs.at(place), 0);
        const Item& item = structs.at(last);
        if (item.end() > end)
            writeHead(encoder, store, item, end - item.clock);
        else
            writeItem(encoder, store, item, 0);
    }
    encoder.deletes(deletes);
    encoder.finish();
    return out.copy();
}

void encodeTransaction(const Store& store, const TransactionState& transaction, WireWriter& out, UpdateFormat format)
{
    if (format == UpdateFormat::v2)
        writeTransaction<UpdateEncoderV2>(store, transaction, out);
    else
        writeTransaction<UpdateEncoderV1>(store, transaction, out);
}

void encodeAlone(const Store& store, const Item& item, ContentKind kind, WireWriter& out)
{
    UpdateEncoderV1 encoder(out);
    encoder.info(infoOf(kind, false, false, item.key != 0));
    writePlace(encoder, store, item);
    if (kind == ContentKind::deleted)
        encoder.length(item.length);
    else
        writeItemContent(encoder, store, item, 0);
}

} // namespace tessera::crdt
