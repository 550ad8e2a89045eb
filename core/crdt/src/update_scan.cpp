#include "update_scan.h"

#include <algorithm>

#include <core/crdt/any.h>

namespace tessera::crdt {
namespace {

constexpr std::uint8_t originBit = 0x80;
constexpr std::uint8_t rightOriginBit = 0x40;
constexpr std::uint8_t keyBit = 0x20;
constexpr std::uint8_t kindBits = 0x1f;

Id readId(WireReader& reader)
{
    const ClientId client{reader.varUint()};
    return {client, reader.varUint()};
}

/// Passes `count` values that `skip` knows how to pass; gives the bytes they take.
template <class Skip> ByteView passAll(WireReader& reader, std::uint64_t count, Skip skip)
{
    const std::uint8_t* start = reader.position();
    for (std::uint64_t i = 0; i < count && !reader.hasFailed(); ++i)
        skip();
    return {start, reader.hasFailed() ? 0 : static_cast<std::size_t>(reader.position() - start)};
}

/// JSON text that JSON.parse takes: without the literal undefined that parseJson also knows.
ByteView readJson(WireReader& reader)
{
    const std::size_t start = reader.offset();
    const std::string_view text = reader.varString();
    if (reader.hasFailed())
        return {};
    const auto value = parseJson(text);
    if (!value || value->isUndefined()) {
        const bool tooDeep = !value && value.error().code == DecodeErrc::nestedTooDeep;
        reader.fail(tooDeep ? DecodeErrc::nestedTooDeep : DecodeErrc::malformed, start);
        return {};
    }
    return asBytes(text);
}

} // namespace

bool CursorV1::next(StructView& out)
{
    while (m_left > 0 && !m_reader.hasFailed()) {
        --m_left;
        readStruct(out);
        m_clock += out.length;
        if (out.length > 0)
            return !m_reader.hasFailed();
    }
    return false;
}

void CursorV1::readStruct(StructView& out)
{
    const std::size_t start = m_reader.offset();
    const std::uint8_t info = m_reader.byte();
    out.id = {m_client, m_clock};
    out.kind = static_cast<ContentKind>(info & kindBits);
    out.payload = {};
    if (out.kind > ContentKind::skip)
        m_reader.fail(DecodeErrc::unknownTag, start);
    if (out.kind == ContentKind::gc || out.kind == ContentKind::skip) {
        out.hasOrigin = out.hasRightOrigin = out.isKeyed = false;
        out.parent = StructView::Parent::fromNeighbour;
        out.length = m_reader.varUint();
    } else {
        readPlace(out, info);
        readContent(out);
    }
    if (out.length > maxClock - m_clock)
        m_reader.fail(DecodeErrc::varintTooLong, start);
}

void CursorV1::readPlace(StructView& out, std::uint8_t info)
{
    const std::size_t start = m_reader.offset();
    bool refersForward = false;
    const auto readKnownId = [&] {
        const Id id = readId(m_reader);
        refersForward |= id.client == m_client && id.clock >= m_clock;
        return id;
    };
    out.hasOrigin = info & originBit;
    out.hasRightOrigin = info & rightOriginBit;
    out.isKeyed = (info & keyBit) && !out.hasOrigin && !out.hasRightOrigin;
    out.parent = StructView::Parent::fromNeighbour;
    if (out.hasOrigin)
        out.origin = readKnownId();
    if (out.hasRightOrigin)
        out.rightOrigin = readKnownId();
    if (!out.hasOrigin && !out.hasRightOrigin) {
        if (m_reader.varUint() == 1) {
            out.parent = StructView::Parent::root;
            out.parentRoot = m_reader.varString();
        } else {
            out.parent = StructView::Parent::item;
            out.parentItem = readKnownId();
        }
        if (out.isKeyed)
            out.key = m_reader.varString();
    }
    if (refersForward)
        m_reader.fail(DecodeErrc::malformed, start);
}

void CursorV1::readContent(StructView& out)
{
    const std::size_t start = m_reader.offset();
    out.length = 1;
    switch (out.kind) {
    case ContentKind::deleted: out.length = m_reader.varUint(); break;
    case ContentKind::json:
        out.length = m_reader.varUint();
        out.payload = passAll(m_reader, out.length, [&] {
            const std::size_t at = m_reader.offset();
            if (!parseJson(m_reader.varString()))
                m_reader.fail(DecodeErrc::malformed, at);
        });
        break;
    case ContentKind::binary: out.payload = m_reader.varBuffer(); break;
    case ContentKind::string:
        out.payload = asBytes(m_reader.varString());
        out.length = utf16Length(asText(out.payload));
        break;
    case ContentKind::format: out.name = m_reader.varString(); [[fallthrough]];
    case ContentKind::embed:
        out.payload = readJson(m_reader);
        out.isJsonValue = true;
        break;
    case ContentKind::type: {
        const std::uint64_t reference = m_reader.varUint();
        if (reference > static_cast<std::uint64_t>(TypeKind::xmlText))
            m_reader.fail(DecodeErrc::unknownTag, start);
        out.typeKind = static_cast<TypeKind>(reference);
        const bool isNamed = out.typeKind == TypeKind::xmlElement || out.typeKind == TypeKind::xmlHook;
        out.name = isNamed ? m_reader.varString() : std::string_view();
        break;
    }
    case ContentKind::any:
        out.length = m_reader.varUint();
        out.payload = passAll(m_reader, out.length, [&] { skipAny(m_reader); });
        break;
    case ContentKind::subdocument:
        out.name = m_reader.varString();
        out.payload = passAll(m_reader, 1, [&] { skipAny(m_reader); });
        break;
    case ContentKind::gc:
    case ContentKind::skip: break;
    }
}

Result<ScannedUpdate<CursorV1>, DecodeError> scanUpdateV1(ByteView update)
{
    WireReader reader(update);
    ScannedUpdate<CursorV1> scanned;
    const std::uint64_t clientCount = reader.varUint();
    for (std::uint64_t i = 0; i < clientCount && !reader.hasFailed(); ++i) {
        ScannedClient<CursorV1> block;
        block.offset = reader.offset();
        const std::uint64_t structCount = reader.varUint();
        block.client = ClientId{reader.varUint()};
        block.firstClock = block.end = reader.varUint();
        block.structs = CursorV1(reader, block.client, block.firstClock, structCount);
        CursorV1 pass = block.structs;
        for (StructView view; pass.next(view); block.end = view.end())
            block.firstClock = block.structCount++ == 0 ? view.id.clock : block.firstClock;
        reader = pass.reader();
        if (block.structCount > 0)
            scanned.clients.push_back(block);
    }
    if (reader.hasFailed())
        return fail(reader.error());
    if (const auto twice = sortByClient(scanned.clients))
        return fail(DecodeError{DecodeErrc::duplicateClient, *twice});
    ByteReader rest(update.subspan(reader.offset()));
    auto deletes = readDeleteSet(rest);
    if (!deletes)
        return fail(DecodeError{deletes.error().code, deletes.error().offset + reader.offset()});
    if (!rest.atEnd())
        return fail(DecodeError{DecodeErrc::trailingBytes, reader.offset() + rest.offset()});
    scanned.deletes = std::move(*deletes);
    return scanned;
}

} // namespace tessera::crdt
