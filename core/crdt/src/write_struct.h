#pragma once

#include <core/base/utf.h>

#include "update_encoder_v1.h"
#include "wire_reader.h"

/// The body of writeStruct, for the files that instantiate it for an encoder.
namespace tessera::crdt {

inline constexpr std::string_view replacementCharacter = "\xef\xbf\xbd";

/// The info byte of an item.
[[nodiscard]] inline std::uint8_t infoOf(ContentKind kind, bool hasOrigin, bool hasRightOrigin, bool isKeyed)
{
    return static_cast<std::uint8_t>(static_cast<unsigned>(kind) | (hasOrigin ? 0x80u : 0u) |
                                     (hasRightOrigin ? 0x40u : 0u) | (isKeyed ? 0x20u : 0u));
}

/// The value of an embed or a format; the scan has checked that it is one.
[[nodiscard]] Any decodedValue(const StructView& view);

template <class Encoder> void writeText(Encoder& encoder, std::string_view text, Clock offset)
{
    if (offset == 0)
        return encoder.text(text);
    const Utf16Position at = findUtf16Unit(text, offset);
    if (!at.insidePair)
        return encoder.text(text.substr(at.byteOffset));
    encoder.text(std::string(replacementCharacter).append(text.substr(at.byteOffset + 4)));
}

template <class Encoder> void writeContent(Encoder& encoder, const StructView& view, Clock offset)
{
    switch (view.kind) {
    case ContentKind::gc:
    case ContentKind::deleted: encoder.length(view.length - offset); break;
    case ContentKind::skip: encoder.skipLength(view.length - offset); break;
    case ContentKind::json: {
        encoder.length(view.length - offset);
        WireReader reader(view.payload);
        for (Clock i = 0; i < view.length; ++i) {
            const std::string_view text = reader.varString();
            if (i >= offset)
                encoder.text(text);
        }
        break;
    }
    case ContentKind::any: {
        encoder.length(view.length - offset);
        WireReader reader(view.payload);
        for (Clock i = 0; i < offset; ++i)
            skipAny(reader);
        encoder.encodedAny(view.payload.subspan(reader.offset()));
        break;
    }
    case ContentKind::binary: encoder.buffer(view.payload); break;
    case ContentKind::string: writeText(encoder, asText(view.payload), offset); break;
    case ContentKind::embed: encoder.jsonValue(view); break;
    case ContentKind::format:
        encoder.key(view.name);
        encoder.jsonValue(view);
        break;
    case ContentKind::type:
        encoder.typeRef(view.typeKind);
        if (view.typeKind == TypeKind::xmlElement || view.typeKind == TypeKind::xmlHook)
            encoder.key(view.name);
        break;
    case ContentKind::subdocument:
        encoder.text(view.name);
        encoder.encodedAny(view.payload);
        break;
    }
}

template <class Encoder> void writeStruct(Encoder& encoder, const StructView& view, Clock offset)
{
    if (!view.isItem()) {
        encoder.info(static_cast<std::uint8_t>(view.kind));
        return writeContent(encoder, view, offset);
    }
    const bool hasOrigin = view.hasOrigin || offset > 0;
    encoder.info(infoOf(view.kind, hasOrigin, view.hasRightOrigin, view.isKeyed));
    if (hasOrigin)
        encoder.leftId(offset > 0 ? Id{view.id.client, view.id.clock + offset - 1} : view.origin);
    if (view.hasRightOrigin)
        encoder.rightId(view.rightOrigin);
    if (!hasOrigin && !view.hasRightOrigin) {
        encoder.parentIsRoot(view.parent == StructView::Parent::root);
        if (view.parent == StructView::Parent::root)
            encoder.text(view.parentRoot);
        else
            encoder.leftId(view.parentItem);
        if (view.isKeyed)
            encoder.text(view.key);
    }
    writeContent(encoder, view, offset);
}

} // namespace tessera::crdt
