#include <cmath>

#include <core/crdt/relative_position.h>

namespace tessera::crdt {
namespace {

enum WireKind : std::uint64_t { itemId = 0, rootName = 1, typeId = 2 };

void writeId(ByteWriter& writer, Id id)
{
    writer.writeVarUint(number(id.client));
    writer.writeVarUint(id.clock);
}

Result<Id, DecodeError> readId(ByteReader& reader)
{
    TESSERA_TRY(client, reader.readVarUint());
    TESSERA_TRY(clock, reader.readVarUint());
    return Id{ClientId{client}, clock};
}

Any jsonOf(Id id)
{
    return Any::Object{{"client", Any(number(id.client))}, {"clock", Any(id.clock)}};
}

bool isAbsent(const Any* member)
{
    return !member || member->isNull() || member->isUndefined();
}

/// A whole number from `least` to 2^53 - 1.
std::optional<std::int64_t> wholeNumber(const Any* member, double least)
{
    const double* value = member ? member->number() : nullptr;
    if (!value || !(*value >= least) || *value > 9007199254740991.0 || std::trunc(*value) != *value)
        return std::nullopt;
    return static_cast<std::int64_t>(*value);
}

std::optional<Id> idOfJson(const Any& json)
{
    const auto client = wholeNumber(json.find("client"), 0);
    const auto clock = wholeNumber(json.find("clock"), 0);
    if (!client || !clock)
        return std::nullopt;
    return Id{ClientId{static_cast<std::uint64_t>(*client)}, static_cast<Clock>(*clock)};
}

/// False when the member is there and no id.
bool takeId(std::optional<Id>& id, const Any* member)
{
    if (!isAbsent(member))
        id = idOfJson(*member);
    return id || isAbsent(member);
}

} // namespace

Bytes encodeRelativePosition(const RelativePosition& position)
{
    ByteWriter writer;
    if (position.item) {
        writer.writeVarUint(itemId);
        writeId(writer, *position.item);
    } else if (position.rootName || !position.type) {
        writer.writeVarUint(rootName);
        writer.writeVarString(position.rootName.value_or(std::string()));
    } else {
        writer.writeVarUint(typeId);
        writeId(writer, *position.type);
    }
    writer.writeVarInt(position.association);
    return writer.take();
}

Result<RelativePosition, DecodeError> decodeRelativePosition(ByteView bytes)
{
    ByteReader reader(bytes);
    RelativePosition position;
    TESSERA_TRY(kind, reader.readVarUint());
    if (kind == itemId) {
        TESSERA_TRY(id, readId(reader));
        position.item = id;
    } else if (kind == rootName) {
        TESSERA_TRY(name, reader.readVarString());
        position.rootName = std::string(name);
    } else if (kind == typeId) {
        TESSERA_TRY(id, readId(reader));
        position.type = id;
    } else {
        return fail(DecodeError{DecodeErrc::unknownTag, 0});
    }
    if (!reader.atEnd()) {
        TESSERA_TRY(association, reader.readVarInt());
        position.association = association.value;
    }
    if (!reader.atEnd())
        return fail(reader.errorHere(DecodeErrc::trailingBytes));
    return position;
}

Any toJsonForm(const RelativePosition& position)
{
    Any::Object json;
    if (position.type)
        json.emplace_back("type", jsonOf(*position.type));
    if (position.rootName)
        json.emplace_back("tname", *position.rootName);
    if (position.item)
        json.emplace_back("item", jsonOf(*position.item));
    json.emplace_back("assoc", Any(position.association));
    return json;
}

std::optional<RelativePosition> relativePositionOfJson(const Any& json)
{
    RelativePosition position;
    if (!takeId(position.type, json.find("type")) || !takeId(position.item, json.find("item")))
        return std::nullopt;
    if (const Any* name = json.find("tname"); !isAbsent(name)) {
        if (!name->string())
            return std::nullopt;
        position.rootName = *name->string();
    }
    if (const Any* association = json.find("assoc"); !isAbsent(association)) {
        const auto value = wholeNumber(association, -9007199254740991.0);
        if (!value)
            return std::nullopt;
        position.association = *value;
    }
    if (!position.item && !position.type && !position.rootName)
        return std::nullopt;
    return position;
}

} // namespace tessera::crdt
