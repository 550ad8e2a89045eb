#include <algorithm>

#include <core/crdt/snapshot.h>

#include "struct_view.h"

namespace tessera::crdt {
namespace {

/// In v2 a range says how far it lies behind the one before, and its length less one.
void writeRanges(ByteWriter& writer, const std::vector<ClockRange>& ranges, UpdateFormat format)
{
    Clock last = 0;
    for (const ClockRange& range : ranges) {
        writer.writeVarUint(format == UpdateFormat::v1 ? range.clock : range.clock - last);
        writer.writeVarUint(format == UpdateFormat::v1 ? range.length : range.length - 1);
        last = range.end();
    }
}

Result<ClockRange, DecodeError> readRange(ByteReader& reader, UpdateFormat format, Clock last)
{
    const std::size_t start = reader.offset();
    TESSERA_TRY(clock, reader.readVarUint());
    TESSERA_TRY(length, reader.readVarUint());
    if (format == UpdateFormat::v2) {
        clock += last;
        ++length;
    }
    if (clock > maxClock || length > maxClock - clock)
        return fail(DecodeError{DecodeErrc::tooLarge, start});
    return ClockRange{clock, length};
}

/// Ascending and apart.
void normalise(std::vector<ClockRange>& ranges)
{
    std::erase_if(ranges, [](const ClockRange& range) { return range.length == 0; });
    std::sort(ranges.begin(), ranges.end(),
              [](const auto& a, const auto& b) { return a.clock < b.clock; });
    std::vector<ClockRange> apart;
    for (const ClockRange& range : ranges) {
        if (!apart.empty() && apart.back().end() >= range.clock)
            apart.back().length = std::max(apart.back().end(), range.end()) - apart.back().clock;
        else
            apart.push_back(range);
    }
    ranges = std::move(apart);
}

Result<std::map<ClientId, std::vector<ClockRange>>, DecodeError> readDeletes(ByteReader& reader,
                                                                             UpdateFormat format)
{
    std::map<ClientId, std::vector<ClockRange>> deletes;
    TESSERA_TRY(clientCount, reader.readVarUint());
    for (std::uint64_t i = 0; i < clientCount; ++i) {
        TESSERA_TRY(client, reader.readVarUint());
        TESSERA_TRY(rangeCount, reader.readVarUint());
        std::vector<ClockRange>& ranges = deletes[ClientId{client}];
        Clock last = 0;
        for (std::uint64_t j = 0; j < rangeCount; ++j) {
            TESSERA_TRY(range, readRange(reader, format, last));
            last = range.end();
            ranges.push_back(range);
        }
    }
    for (auto& [client, ranges] : deletes)
        normalise(ranges);
    std::erase_if(deletes, [](const auto& entry) { return entry.second.empty(); });
    return deletes;
}

} // namespace

Bytes encodeSnapshot(const Snapshot& snapshot, UpdateFormat format)
{
    ByteWriter writer;
    writer.writeVarUint(snapshot.deletes.size());
    for (auto entry = snapshot.deletes.rbegin(); entry != snapshot.deletes.rend(); ++entry) {
        writer.writeVarUint(number(entry->first));
        writer.writeVarUint(entry->second.size());
        writeRanges(writer, entry->second, format);
    }
    writer.writeBytes(encodeStateVector(snapshot.stateVector));
    return writer.take();
}

Result<Snapshot, DecodeError> decodeSnapshot(ByteView bytes, UpdateFormat format)
{
    ByteReader reader(bytes);
    Snapshot snapshot;
    TESSERA_TRY(deletes, readDeletes(reader, format));
    snapshot.deletes = std::move(deletes);
    auto vector = decodeStateVector(reader.rest());
    if (!vector) {
        const DecodeError error = vector.error();
        return fail(DecodeError{error.code, error.offset + reader.offset()});
    }
    snapshot.stateVector = std::move(vector).value();
    return snapshot;
}

} // namespace tessera::crdt
