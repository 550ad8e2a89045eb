#include <cassert>

#include <core/base/utf.h>

#include "update_codec.h"

namespace tessera::crdt {
namespace {

void writeId(ByteWriter& writer, Id id)
{
    writer.writeVarUint(number(id.client));
    writer.writeVarUint(id.clock);
}

void writeText(ByteWriter& writer, const std::string& text, Clock offset)
{
    const Utf16Position at = findUtf16Unit(text, offset);
    if (!at.insidePair)
        return writer.writeVarString(std::string_view(text).substr(at.byteOffset));
    writer.writeVarString("\xef\xbf\xbd" + text.substr(at.byteOffset + 4));
}

void writeContent(ByteWriter& writer, const Item& item, Clock offset)
{
    const Content& content = item.content;
    switch (content.kind) {
    case ContentKind::gc:
    case ContentKind::skip:
    case ContentKind::deleted: writer.writeVarUint(item.length - offset); break;
    case ContentKind::json:
    case ContentKind::any:
        writer.writeVarUint(item.length - offset);
        for (std::size_t i = offset; i < content.values().size(); ++i) {
            if (content.kind == ContentKind::any)
                writeAny(writer, content.values()[i]);
            else
                writer.writeVarString(toJson(content.values()[i]));
        }
        break;
    case ContentKind::binary: writer.writeVarBuffer(*content.value().bytes()); break;
    case ContentKind::string: writeText(writer, content.text(), offset); break;
    case ContentKind::embed: writer.writeVarString(toJson(content.value())); break;
    case ContentKind::format:
        writer.writeVarString(content.format().key);
        writer.writeVarString(toJson(content.format().value));
        break;
    case ContentKind::type: {
        const Branch& branch = *content.branch();
        writer.writeVarUint(static_cast<std::uint64_t>(*branch.kind));
        if (branch.kind == TypeKind::xmlElement || branch.kind == TypeKind::xmlHook)
            writer.writeVarString(branch.name);
        break;
    }
    case ContentKind::subdocument: {
        const auto& subdocument = *std::get<std::unique_ptr<SubdocumentContent>>(content.data);
        writer.writeVarString(subdocument.guid);
        writeAny(writer, subdocument.options);
        break;
    }
    }
}

void writeParent(ByteWriter& writer, const Item& item, const ParentRef* parent)
{
    const bool isRoot = parent ? parent->kind == ParentRef::Kind::root : item.parent->isRoot;
    writer.writeVarUint(isRoot ? 1 : 0);
    if (isRoot)
        writer.writeVarString(parent ? parent->rootName : item.parent->name);
    else
        writeId(writer, parent ? parent->item : item.parent->item->id);
    if (item.key)
        writer.writeVarString(*item.key);
}

} // namespace

void writeStruct(ByteWriter& writer, const Item& item, Clock offset, const ParentRef* parent)
{
    assert(offset < item.length);
    const ContentKind kind = item.content.kind;
    if (kind == ContentKind::gc || kind == ContentKind::skip) {
        writer.writeByte(static_cast<std::uint8_t>(kind));
        writeContent(writer, item, offset);
        return;
    }
    const auto origin = offset > 0 ? Id{item.id.client, item.id.clock + offset - 1} : item.origin;
    writer.writeByte(static_cast<std::uint8_t>(static_cast<unsigned>(kind) | (origin ? 0x80u : 0u) |
                                               (item.rightOrigin ? 0x40u : 0u) | (item.key ? 0x20u : 0u)));
    if (origin)
        writeId(writer, *origin);
    if (item.rightOrigin)
        writeId(writer, *item.rightOrigin);
    if (!origin && !item.rightOrigin)
        writeParent(writer, item, parent);
    writeContent(writer, item, offset);
}

Bytes encodeUpdate(const UpdateData& update)
{
    ByteWriter writer;
    writer.writeVarUint(update.clients.size());
    for (const auto& [client, blocks] : update.clients) {
        writer.writeVarUint(blocks.size());
        writer.writeVarUint(number(client));
        writer.writeVarUint(blocks.front().clock());
        for (const Block& block : blocks)
            writeStruct(writer, *block.item, 0, &block.parent);
    }
    writeDeleteSet(writer, update.deletes);
    return writer.take();
}

} // namespace tessera::crdt
