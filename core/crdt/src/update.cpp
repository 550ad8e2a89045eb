#include <core/crdt/update.h>

#include "update_encoder_v1.h"
#include "update_merge.h"

namespace tessera::crdt {
namespace {

template <class Encoder, class Write> Bytes encoded(Write write)
{
    WireWriter out;
    Encoder encoder(out);
    write(encoder);
    encoder.finish();
    return out.copy();
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

template <class Encoder, class Cursor, class Scan>
Result<Bytes, DecodeError> merged(std::span<const Bytes> updates, Scan scan)
{
    std::vector<ScannedUpdate<Cursor>> parts;
    parts.reserve(updates.size());
    for (const Bytes& update : updates) {
        TESSERA_TRY(part, scan(update));
        parts.push_back(std::move(part));
    }
    if (updates.size() == 1)
        return updates.front();
    return encoded<Encoder>([&](Encoder& encoder) { writeMerged<Encoder, Cursor>(encoder, parts); });
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
    if (format == UpdateFormat::v2)
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    TESSERA_TRY(scanned, scanUpdateV1(update));
    return summaryOf(scanned);
}

Result<StateVector, DecodeError> stateVectorOf(ByteView update, UpdateFormat format)
{
    if (format == UpdateFormat::v2)
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    TESSERA_TRY(scanned, scanUpdateV1(update));
    return vectorOf(scanned);
}

Result<Bytes, DecodeError> mergeUpdates(std::span<const Bytes> updates, UpdateFormat format)
{
    if (format == UpdateFormat::v2)
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    return merged<UpdateEncoderV1, CursorV1>(updates, scanUpdateV1);
}

Result<Bytes, DecodeError> diffUpdate(ByteView update, const StateVector& known, UpdateFormat format)
{
    if (format == UpdateFormat::v2)
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    TESSERA_TRY(scanned, scanUpdateV1(update));
    return encoded<UpdateEncoderV1>([&](UpdateEncoderV1& encoder) { writeDiff(encoder, scanned, known); });
}

Result<Bytes, DecodeError> convertUpdate(ByteView update, UpdateFormat from, UpdateFormat to)
{
    if (from == UpdateFormat::v2 || to == UpdateFormat::v2)
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    TESSERA_TRY(scanned, scanUpdateV1(update));
    return encoded<UpdateEncoderV1>([&](UpdateEncoderV1& encoder) { writeAgain(encoder, scanned); });
}

bool isEmptyUpdate(ByteView update) { return update.size() == 2 && update[0] == 0 && update[1] == 0; }

} // namespace tessera::crdt
