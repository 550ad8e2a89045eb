#include "update_encoder_v2.h"

#include "any_codec.h"
#include "delete_set_v2.h"
#include "write_struct.h"

namespace tessera::crdt {

void UpdateEncoderV2::jsonValue(const Any& value) { writeAny(m_rest, value); }

void UpdateEncoderV2::jsonValue(const StructView& view)
{
    if (view.isJsonValue)
        jsonValue(decodedValue(view));
    else
        m_rest.bytes(view.payload);
}

void UpdateEncoderV2::deletes(const DeleteSet& set) { writeDeleteSetV2(m_rest, set); }

void UpdateEncoderV2::finish()
{
    m_out.varUint(0); // features: there are none
    m_out.varBuffer(m_keyClocks.finish());
    m_out.varBuffer(m_clients.finish());
    m_out.varBuffer(m_leftClocks.finish());
    m_out.varBuffer(m_rightClocks.finish());
    m_out.varBuffer(m_infos.finish());
    WireWriter strings;
    m_strings.finish(strings);
    m_out.varBuffer(strings.view());
    m_out.varBuffer(m_parentInfos.finish());
    m_out.varBuffer(m_typeRefs.finish());
    m_out.varBuffer(m_lengths.finish());
    m_out.bytes(m_rest.view());
}

template void writeStruct(UpdateEncoderV2&, const StructView&, Clock);

} // namespace tessera::crdt
