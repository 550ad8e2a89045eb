#pragma once

#include "struct_cursor.h"

/// The functions of StructCursor, for the files that instantiate it for a source.
namespace tessera::crdt {

// One function in the end: a struct is read in less time than its parts take to save registers.
template <class Source> bool StructCursor<Source>::next(StructView& out)
{
    while (m_left > 0 && !m_source.hasFailed()) {
        --m_left;
        readStruct(out);
        m_clock += out.length;
        if (out.length > 0)
            return !m_source.hasFailed();
    }
    return false;
}

template <class Source> inline void StructCursor<Source>::readStruct(StructView& out)
{
    constexpr std::uint8_t kindBits = 0x1f;
    const std::size_t start = m_source.offset();
    const std::uint8_t info = m_source.info();
    out.id = {m_client, m_clock};
    out.kind = static_cast<ContentKind>(info & kindBits);
    out.payload = {};
    if (out.kind == ContentKind::gc || out.kind == ContentKind::skip) {
        out.hasOrigin = out.hasRightOrigin = out.isKeyed = false;
        out.parent = StructView::Parent::fromNeighbour;
        out.length = out.kind == ContentKind::gc ? m_source.length() : m_source.skipLength();
    } else if (out.kind > ContentKind::skip) {
        m_source.fail(DecodeErrc::unknownTag, start);
    } else {
        readPlace(out, info);
        readContent(out);
    }
    if (out.length > maxClock - m_clock)
        m_source.fail(DecodeErrc::varintTooLong, start);
}

template <class Source> inline void StructCursor<Source>::readPlace(StructView& out, std::uint8_t info)
{
    constexpr std::uint8_t originBit = 0x80;
    constexpr std::uint8_t rightOriginBit = 0x40;
    constexpr std::uint8_t keyBit = 0x20;
    const std::size_t start = m_source.offset();
    out.hasOrigin = info & originBit;
    out.hasRightOrigin = info & rightOriginBit;
    out.isKeyed = (info & keyBit) && !out.hasOrigin && !out.hasRightOrigin;
    out.parent = StructView::Parent::fromNeighbour;
    if (!m_source.readPlaceAtOnce(out, info))
        readPlaceByParts(out);
    const auto isForward = [&](bool has, const Id& id) { return has && id.client == m_client && id.clock >= m_clock; };
    if (isForward(out.hasOrigin, out.origin) || isForward(out.hasRightOrigin, out.rightOrigin) ||
        isForward(out.parent == StructView::Parent::item, out.parentItem))
        m_source.fail(DecodeErrc::malformed, start);
}

template <class Source> void StructCursor<Source>::readPlaceByParts(StructView& out)
{
    if (out.hasOrigin)
        out.origin = m_source.leftId();
    if (out.hasRightOrigin)
        out.rightOrigin = m_source.rightId();
    if (out.hasOrigin || out.hasRightOrigin)
        return;
    if (m_source.parentIsRoot()) {
        out.parent = StructView::Parent::root;
        out.parentRoot = m_source.text();
    } else {
        out.parent = StructView::Parent::item;
        out.parentItem = m_source.leftId();
    }
    if (out.isKeyed)
        out.key = m_source.text();
}

template <class Source> inline void StructCursor<Source>::readContent(StructView& out)
{
    if (out.kind == ContentKind::string) { // most of a text
        out.payload = asBytes(m_source.text(out.length));
        return;
    }
    const std::size_t start = m_source.offset();
    out.length = 1;
    switch (out.kind) {
    case ContentKind::deleted: out.length = m_source.length(); break;
    case ContentKind::json:
        out.length = m_source.length();
        out.payload = m_source.jsonTexts(out.length);
        break;
    case ContentKind::binary: out.payload = m_source.buffer(); break;
    case ContentKind::format: out.name = m_source.key(); [[fallthrough]];
    case ContentKind::embed:
        out.payload = m_source.jsonValue();
        out.isJsonValue = Source::hasJsonValues;
        break;
    case ContentKind::type: {
        const std::uint64_t reference = m_source.typeRef();
        if (reference > static_cast<std::uint64_t>(TypeKind::xmlText))
            m_source.fail(DecodeErrc::unknownTag, start);
        out.typeKind = static_cast<TypeKind>(reference);
        const bool isNamed = out.typeKind == TypeKind::xmlElement || out.typeKind == TypeKind::xmlHook;
        out.name = isNamed ? m_source.key() : std::string_view();
        break;
    }
    case ContentKind::any:
        out.length = m_source.length();
        out.payload = m_source.anyValues(out.length);
        break;
    case ContentKind::subdocument:
        out.name = m_source.text();
        out.payload = m_source.anyValues(1);
        break;
    case ContentKind::string:
    case ContentKind::gc:
    case ContentKind::skip: break;
    }
}

} // namespace tessera::crdt
