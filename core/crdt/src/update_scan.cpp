#include "update_scan.h"

#include <core/crdt/any.h>

#include "read_struct.h"
#include "scan_clients.h"

namespace tessera::crdt {

ByteView SourceV1::jsonTexts(std::uint64_t count)
{
    const std::uint8_t* start = m_reader.position();
    for (std::uint64_t i = 0; i < count && !m_reader.hasFailed(); ++i) {
        const std::size_t at = m_reader.offset();
        const std::string_view text = m_reader.varString();
        if (!m_reader.isTrusted() && !parseJson(text))
            m_reader.fail(DecodeErrc::malformed, at);
    }
    return m_reader.since(start);
}

/// JSON text that JSON.parse takes: without the literal undefined that parseJson also knows.
ByteView SourceV1::jsonValue()
{
    const std::size_t start = m_reader.offset();
    const std::string_view text = m_reader.varString();
    if (m_reader.isTrusted() || m_reader.hasFailed())
        return asBytes(text);
    const auto value = parseJson(text);
    if (!value || value->isUndefined()) {
        const bool tooDeep = !value && value.error().code == DecodeErrc::nestedTooDeep;
        m_reader.fail(tooDeep ? DecodeErrc::nestedTooDeep : DecodeErrc::malformed, start);
        return {};
    }
    return asBytes(text);
}

template class StructCursor<SourceV1>;

Result<ScannedUpdate<CursorV1>, DecodeError> scanUpdateV1(ByteView update)
{
    SourceV1 source{WireReader(update)};
    return scanUpdate(update, source, maxClock, readDeleteSet); // each struct takes a byte
}

} // namespace tessera::crdt
