#include <collab/session/sync_record.h>

#include <algorithm>

#include <core/crdt/update.h>

namespace tessera::collab {

namespace {

constexpr std::uint8_t recordVersion = 1;

} // namespace

bool DocExtent::isWithin(const DocExtent& other) const
{
    const auto isKnown = [&other](const auto& item) {
        const auto found = other.stateVector.find(item.first);
        return item.second == 0 || (found != other.stateVector.end() && item.second <= found->second);
    };
    return deletedUnits <= other.deletedUnits && std::ranges::all_of(stateVector, isKnown);
}

DocExtent extentOf(const crdt::Doc& doc)
{
    DocExtent extent;
    extent.stateVector = doc.stateVector();
    // An update for one who has every struct still carries the whole delete set.
    if (const auto summary = crdt::inspectUpdate(doc.encodeStateAsUpdate(extent.stateVector)))
        extent.deletedUnits = summary->deletedUnits;
    return extent;
}

Bytes encodeSyncRecord(const SyncRecord& record)
{
    ByteWriter writer;
    writer.writeByte(recordVersion);
    writer.writeVarUint(record.unsyncedCount);
    writer.writeVarUint(record.covered.deletedUnits);
    writer.writeVarBuffer(crdt::encodeStateVector(record.covered.stateVector));
    return writer.take();
}

Result<SyncRecord, DecodeError> decodeSyncRecord(ByteView bytes)
{
    ByteReader reader{bytes};
    TESSERA_TRY(version, reader.readByte());
    if (version != recordVersion)
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    TESSERA_TRY(unsyncedCount, reader.readVarUint());
    TESSERA_TRY(deletedUnits, reader.readVarUint());
    TESSERA_TRY(vectorBytes, reader.readVarBuffer());
    const std::size_t vectorOffset = reader.offset() - vectorBytes.size();
    auto vector = crdt::decodeStateVector(vectorBytes);
    if (!vector)
        return fail(DecodeError{vector.error().code, vectorOffset + vector.error().offset});
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return SyncRecord{unsyncedCount, {std::move(vector).value(), deletedUnits}};
}

} // namespace tessera::collab
