#include <core/crdt/update.h>

#include "update_encoder_v1.h"
#include "update_encoder_v2.h"
#include "update_merge.h"
#include "update_scan_v2.h"

namespace tessera::crdt {
namespace {

/// Gives what was scanned to `use`.
template <class Use> auto scanned(ByteView update, UpdateFormat format, Use use)
    -> Result<decltype(use(std::declval<const ScannedUpdate<CursorV1>&>())), DecodeError>
{
    if (format == UpdateFormat::v2) {
        TESSERA_TRY(structs, scanUpdateV2(update));
        return use(structs);
    }
    TESSERA_TRY(structs, scanUpdateV1(update));
    return use(structs);
}

/// What `write` writes to the encoder it is given.
template <class Encoder, class Write> Bytes encodedBy(Write write)
{
    WireWriter out;
    Encoder encoder(out);
    write(encoder);
    encoder.finish();
    return out.copy();
}
template <class Write> Bytes encoded(UpdateFormat format, Write write)
{
    return format == UpdateFormat::v2 ? encodedBy<UpdateEncoderV2>(write) : encodedBy<UpdateEncoderV1>(write);
}

template <class Cursor> UpdateSummary summaryOf(const ScannedUpdate<Cursor>& update)
{
    UpdateSummary summary;
    for (const ScannedClient<Cursor>& client : update.clients) {
        summary.from.emplace_hint(summary.from.begin(), client.client, client.firstClock);
        summary.to.emplace_hint(summary.to.begin(), client.client, client.end);
    }
    for (const DeleteSet::Entry& entry : update.deletes.entries()) {
        for (const ClockRange& range : entry.ranges)
            summary.deletedUnits += range.length;
    }
    return summary;
}

template <class Cursor> StateVector vectorOf(const ScannedUpdate<Cursor>& update)
{
    StateVector vector;
    for (const ScannedClient<Cursor>& client : update.clients) {
        if (client.firstClock > 0)
            continue;
        Clock end = 0;
        Cursor structs = client.structs;
        for (StructView view; structs.next(view) && view.kind != ContentKind::skip; end = view.end()) {
        }
        if (end > 0)
            vector.emplace_hint(vector.begin(), client.client, end);
    }
    return vector;
}

template <class Encoder, class Cursor>
Result<Bytes, DecodeError> merged(std::span<const Bytes> updates,
                                  Result<ScannedUpdate<Cursor>, DecodeError> (*scan)(ByteView update))
{
    std::vector<ScannedUpdate<Cursor>> parts;
    parts.reserve(updates.size());
    for (const Bytes& update : updates) {
        TESSERA_TRY(part, scan(update));
        parts.push_back(std::move(part));
    }
    if (updates.size() == 1)
        return updates.front();
    return encodedBy<Encoder>([&](Encoder& encoder) { writeMerged<Encoder, Cursor>(encoder, parts); });
}

} // namespace

Bytes encodeStateVector(const StateVector& vector)
{
    ByteWriter writer;
    writer.writeVarUint(vector.size());
    for (auto entry = vector.rbegin(); entry != vector.rend(); ++entry) {
        writer.writeVarUint(number(entry->first));
        writer.writeVarUint(entry->second);
    }
    return writer.take();
}

Result<StateVector, DecodeError> decodeStateVector(ByteView bytes)
{
    ByteReader reader(bytes);
    StateVector vector;
    TESSERA_TRY(clientCount, reader.readVarUint());
    for (std::uint64_t i = 0; i < clientCount; ++i) {
        const std::size_t start = reader.offset();
        TESSERA_TRY(client, reader.readVarUint());
        TESSERA_TRY(clock, reader.readVarUint());
        if (!vector.emplace(ClientId{client}, clock).second)
            return fail(DecodeError{DecodeErrc::duplicateClient, start});
    }
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return vector;
}

Result<UpdateSummary, DecodeError> inspectUpdate(ByteView update, UpdateFormat format)
{
    return scanned(update, format, [](const auto& structs) { return summaryOf(structs); });
}

Result<StateVector, DecodeError> stateVectorOf(ByteView update, UpdateFormat format)
{
    return scanned(update, format, [](const auto& structs) { return vectorOf(structs); });
}

Result<Bytes, DecodeError> mergeUpdates(std::span<const Bytes> updates, UpdateFormat format)
{
    return format == UpdateFormat::v2 ? merged<UpdateEncoderV2>(updates, scanUpdateV2)
                                      : merged<UpdateEncoderV1>(updates, scanUpdateV1);
}

Result<Bytes, DecodeError> diffUpdate(ByteView update, const StateVector& known, UpdateFormat format)
{
    return scanned(update, format, [&](const auto& structs) {
        return encoded(format, [&](auto& encoder) { writeDiff(encoder, structs, known); });
    });
}

Result<Bytes, DecodeError> convertUpdate(ByteView update, UpdateFormat from, UpdateFormat to)
{
    return scanned(update, from, [&](const auto& structs) {
        return encoded(to, [&](auto& encoder) { writeAgain(encoder, structs); });
    });
}

bool isEmptyUpdate(ByteView update) { return update.size() == 2 && update[0] == 0 && update[1] == 0; }

} // namespace tessera::crdt
