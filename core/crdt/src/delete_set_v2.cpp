#include "delete_set_v2.h"

#include "struct_view.h"

namespace tessera::crdt {

Result<DeleteSet, DecodeError> readDeleteSetV2(ByteReader& reader)
{
    DeleteSet set;
    TESSERA_TRY(clientCount, reader.readVarUint());
    for (std::uint64_t i = 0; i < clientCount; ++i) {
        TESSERA_TRY(client, reader.readVarUint());
        TESSERA_TRY(rangeCount, reader.readVarUint());
        Clock end = 0;
        for (std::uint64_t k = 0; k < rangeCount; ++k) {
            TESSERA_TRY(gap, reader.readVarUint());
            TESSERA_TRY(lengthLessOne, reader.readVarUint());
            const Clock clock = end + gap;
            end = clock + lengthLessOne + 1;
            if (end > maxClock)
                return fail(reader.errorHere(DecodeErrc::varintTooLong));
            set.add(ClientId{client}, clock, end - clock);
        }
    }
    set.sortAndMerge();
    return set;
}

void writeDeleteSetV2(WireWriter& out, const DeleteSet& set)
{
    const std::vector<const DeleteSet::Entry*> entries = set.byDescendingClient();
    out.varUint(entries.size());
    for (const DeleteSet::Entry* entry : entries) {
        out.varUint(number(entry->client));
        out.varUint(entry->ranges.size());
        Clock end = 0;
        for (const ClockRange& range : entry->ranges) {
            out.varUint(range.clock - end);
            out.varUint(range.length - 1);
            end = range.end();
        }
    }
}

} // namespace tessera::crdt
