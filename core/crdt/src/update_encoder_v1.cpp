#include "update_encoder_v1.h"

#include "write_struct.h"

namespace tessera::crdt {

void UpdateEncoderV1::jsonValue(const StructView& view)
{
    if (view.isJsonValue)
        m_out.varBuffer(view.payload);
    else
        jsonValue(decodedValue(view));
}

void UpdateEncoderV1::deletes(const DeleteSet& set)
{
    m_out.varUint(set.entries().size());
    const auto write = [&](const DeleteSet::Entry& entry) {
        m_out.varUint(number(entry.client));
        m_out.varUint(entry.ranges.size());
        for (const ClockRange& range : entry.ranges) {
            m_out.varUint(range.clock);
            m_out.varUint(range.length);
        }
    };
    if (set.entries().size() == 1)
        return write(set.entries().front());
    for (const DeleteSet::Entry* entry : set.byDescendingClient())
        write(*entry);
}

Any decodedValue(const StructView& view)
{
    if (view.isJsonValue)
        return parseJson(asText(view.payload)).valueOr(Any());
    ByteReader reader(view.payload);
    return readAny(reader).valueOr(Any());
}

template void writeStruct(UpdateEncoderV1&, const StructView&, Clock);

} // namespace tessera::crdt
