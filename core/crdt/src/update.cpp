#include <core/crdt/update.h>

#include <algorithm>

#include "update_codec.h"

namespace tessera::crdt {

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

Result<UpdateSummary, DecodeError> inspectUpdate(ByteView update)
{
    TESSERA_TRY(decoded, decodeUpdate(update));
    UpdateSummary summary;
    for (const auto& [client, blocks] : decoded.clients) {
        summary.from[client] = blocks.front().clock();
        summary.to[client] = blocks.back().end();
    }
    for (const DeleteSet::Entry& entry : decoded.deletes.entries()) {
        for (const ClockRange& range : entry.ranges)
            summary.deletedUnits += range.length;
    }
    return summary;
}

Result<Bytes, DecodeError> mergeUpdates(std::span<const Bytes> updates)
{
    std::vector<UpdateData> parts;
    for (const Bytes& update : updates) {
        TESSERA_TRY(decoded, decodeUpdate(update));
        parts.push_back(std::move(decoded));
    }
    return encodeUpdate(mergeUpdateData(std::move(parts)));
}

bool isEmptyUpdate(ByteView update) { return update.size() == 2 && update[0] == 0 && update[1] == 0; }

} // namespace tessera::crdt
