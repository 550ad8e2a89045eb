#include <core/base/utf.h>

#include "update_codec.h"

namespace tessera::crdt {
namespace {

constexpr std::uint8_t hasOrigin = 0x80;
constexpr std::uint8_t hasRightOrigin = 0x40;
constexpr std::uint8_t hasKey = 0x20;
constexpr std::uint8_t kindBits = 0x1f;

/// A content together with the clocks it takes.
struct SizedContent {
    Content content;
    Clock length = 1;
};
using ContentResult = Result<SizedContent, DecodeError>;

Result<Id, DecodeError> readId(ByteReader& reader)
{
    TESSERA_TRY(client, reader.readVarUint());
    TESSERA_TRY(clock, reader.readVarUint());
    return Id{ClientId{client}, clock};
}

/// JSON.parse: without the literal undefined that parseJson also takes.
Result<Any, DecodeError> readJson(ByteReader& reader)
{
    const std::size_t start = reader.offset();
    TESSERA_TRY(text, reader.readVarString());
    auto value = parseJson(text);
    if (!value || value->isUndefined()) {
        const bool tooDeep = !value && value.error().code == DecodeErrc::nestedTooDeep;
        return fail(DecodeError{tooDeep ? DecodeErrc::nestedTooDeep : DecodeErrc::malformed, start});
    }
    return value;
}

ContentResult readLength(ByteReader& reader, ContentKind kind)
{
    TESSERA_TRY(length, reader.readVarUint());
    return SizedContent{Content::ofKind(kind), length};
}

ContentResult readValues(ByteReader& reader)
{
    TESSERA_TRY(count, reader.readVarUint());
    std::vector<Any> values;
    for (std::uint64_t i = 0; i < count; ++i) {
        TESSERA_TRY(value, readAny(reader));
        values.push_back(std::move(value));
    }
    return SizedContent{Content::ofValues(std::move(values)), count};
}

ContentResult readJsonValues(ByteReader& reader)
{
    TESSERA_TRY(count, reader.readVarUint());
    std::vector<Any> values;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t start = reader.offset();
        TESSERA_TRY(text, reader.readVarString());
        auto value = parseJson(text);
        if (!value)
            return fail(DecodeError{DecodeErrc::malformed, start});
        values.push_back(std::move(*value));
    }
    return SizedContent{Content{ContentKind::json, std::move(values)}, count};
}

ContentResult readType(ByteReader& reader)
{
    const std::size_t start = reader.offset();
    TESSERA_TRY(reference, reader.readVarUint());
    if (reference > static_cast<std::uint64_t>(TypeKind::xmlText))
        return fail(DecodeError{DecodeErrc::unknownTag, start});
    auto branch = std::make_unique<Branch>();
    branch->kind = static_cast<TypeKind>(reference);
    if (branch->kind == TypeKind::xmlElement || branch->kind == TypeKind::xmlHook) {
        TESSERA_TRY(name, reader.readVarString());
        branch->name = name;
    }
    return SizedContent{Content::ofType(std::move(branch))};
}

ContentResult readContent(ByteReader& reader, ContentKind kind)
{
    switch (kind) {
    case ContentKind::deleted: return readLength(reader, kind);
    case ContentKind::json: return readJsonValues(reader);
    case ContentKind::binary: {
        TESSERA_TRY(bytes, reader.readVarBuffer());
        return SizedContent{Content::ofBinary(Bytes(bytes.begin(), bytes.end()))};
    }
    case ContentKind::string: {
        TESSERA_TRY(text, reader.readVarString());
        return SizedContent{Content::ofString(std::string(text)), utf16Length(text)};
    }
    case ContentKind::embed: {
        TESSERA_TRY(value, readJson(reader));
        return SizedContent{Content::ofEmbed(std::move(value))};
    }
    case ContentKind::format: {
        TESSERA_TRY(key, reader.readVarString());
        TESSERA_TRY(value, readJson(reader));
        return SizedContent{Content::ofFormat(std::string(key), std::move(value))};
    }
    case ContentKind::type: return readType(reader);
    case ContentKind::any: return readValues(reader);
    case ContentKind::subdocument: {
        TESSERA_TRY(guid, reader.readVarString());
        TESSERA_TRY(options, readAny(reader));
        auto subdocument = std::make_unique<SubdocumentContent>(SubdocumentContent{std::string(guid), std::move(options)});
        return SizedContent{Content{kind, std::move(subdocument)}};
    }
    case ContentKind::gc:
    case ContentKind::skip: break;
    }
    return fail(reader.errorHere(DecodeErrc::unknownTag));
}

/// Reads origin, right origin, parent and key into `block`.
Result<void, DecodeError> readPlace(ByteReader& reader, std::uint8_t info, Block& block)
{
    Item& item = *block.item;
    const std::size_t start = reader.offset();
    bool refersForward = false;
    const auto check = [&](Id id) { refersForward |= id.client == item.id.client && id.clock >= item.id.clock; };
    if (info & hasOrigin) {
        TESSERA_TRY(id, readId(reader));
        check(id);
        item.origin = id;
    }
    if (info & hasRightOrigin) {
        TESSERA_TRY(id, readId(reader));
        check(id);
        item.rightOrigin = id;
    }
    if (!(info & (hasOrigin | hasRightOrigin))) {
        TESSERA_TRY(parentInfo, reader.readVarUint());
        if (parentInfo == 1) {
            TESSERA_TRY(name, reader.readVarString());
            block.parent.kind = ParentRef::Kind::root;
            block.parent.rootName = name;
        } else {
            TESSERA_TRY(id, readId(reader));
            check(id);
            block.parent.kind = ParentRef::Kind::item;
            block.parent.item = id;
        }
        if (info & hasKey) {
            TESSERA_TRY(key, reader.readVarString());
            item.key = std::make_shared<const std::string>(key);
        }
    }
    if (refersForward)
        return fail(DecodeError{DecodeErrc::malformed, start});
    return {};
}

Result<Block, DecodeError> readBlock(ByteReader& reader, Id id)
{
    Block block;
    block.item = std::make_unique<Item>();
    Item& item = *block.item;
    item.id = id;
    const std::size_t start = reader.offset();
    TESSERA_TRY(info, reader.readByte());
    const auto kind = static_cast<ContentKind>(info & kindBits);
    if (kind > ContentKind::skip)
        return fail(DecodeError{DecodeErrc::unknownTag, start});
    if (kind == ContentKind::gc || kind == ContentKind::skip) {
        TESSERA_TRY(sized, readLength(reader, kind));
        item.content = std::move(sized.content);
        item.length = sized.length;
        item.isDeleted = true;
    } else {
        TESSERA_CHECK(readPlace(reader, info, block));
        TESSERA_TRY(sized, readContent(reader, kind));
        item.content = std::move(sized.content);
        item.length = sized.length;
    }
    if (item.length > maxClock - id.clock)
        return fail(DecodeError{DecodeErrc::varintTooLong, start});
    return block;
}

Result<void, DecodeError> readClient(ByteReader& reader, UpdateData& update)
{
    const std::size_t start = reader.offset();
    TESSERA_TRY(structCount, reader.readVarUint());
    TESSERA_TRY(client, reader.readVarUint());
    TESSERA_TRY(firstClock, reader.readVarUint());
    Clock clock = firstClock;
    std::vector<Block> blocks;
    for (std::uint64_t i = 0; i < structCount; ++i) {
        TESSERA_TRY(block, readBlock(reader, Id{ClientId{client}, clock}));
        clock = block.end();
        if (block.item->length > 0)
            blocks.push_back(std::move(block));
    }
    if (!blocks.empty() && !update.clients.emplace(ClientId{client}, std::move(blocks)).second)
        return fail(DecodeError{DecodeErrc::duplicateClient, start});
    return {};
}

} // namespace

Result<UpdateData, DecodeError> decodeUpdate(ByteView bytes)
{
    ByteReader reader(bytes);
    UpdateData update;
    TESSERA_TRY(clientCount, reader.readVarUint());
    for (std::uint64_t i = 0; i < clientCount; ++i)
        TESSERA_CHECK(readClient(reader, update));
    TESSERA_TRY(deletes, readDeleteSet(reader));
    update.deletes = std::move(deletes);
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return update;
}

} // namespace tessera::crdt
