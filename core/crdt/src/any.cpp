#include <core/crdt/any.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "any_codec.h"

namespace tessera::crdt {
namespace {

using namespace any_codec;

/// The number of a key that JavaScript treats as an array index: canonical decimal, below 2^32 - 1.
std::optional<std::uint32_t> arrayIndex(std::string_view key)
{
    if (key.empty() || key.size() > 10 || (key[0] == '0' && key.size() > 1))
        return std::nullopt;
    std::uint64_t index = 0;
    for (const char c : key) {
        if (c < '0' || c > '9')
            return std::nullopt;
        index = index * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (index >= std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(index);
}

void dropRepeatedKeys(Any::Object& object)
{
    std::unordered_map<std::string_view, std::size_t> positions;
    std::vector<std::size_t> lastOf(object.size());
    bool repeated = false;
    for (std::size_t i = 0; i < object.size(); ++i) {
        const auto [entry, isNew] = positions.try_emplace(object[i].first, i);
        lastOf[entry->second] = i;
        repeated = repeated || !isNew;
    }
    if (!repeated)
        return;
    Any::Object unique;
    for (std::size_t i = 0; i < object.size(); ++i) {
        if (positions.at(object[i].first) == i)
            unique.emplace_back(object[i].first, object[lastOf[i]].second);
    }
    object = std::move(unique);
}

Any::Object inScriptOrder(Any::Object object)
{
    if (object.size() > 1) {
        dropRepeatedKeys(object);
        const auto isIndex = [](const auto& member) { return arrayIndex(member.first).has_value(); };
        if (std::any_of(object.begin(), object.end(), isIndex)) {
            const auto rest = std::stable_partition(object.begin(), object.end(), isIndex);
            std::sort(object.begin(), rest,
                      [](const auto& a, const auto& b) { return *arrayIndex(a.first) < *arrayIndex(b.first); });
        }
    }
    return object;
}

bool sameNumber(double a, double b)
{
    if (std::isnan(a) || std::isnan(b))
        return std::isnan(a) && std::isnan(b);
    return a == b && std::signbit(a) == std::signbit(b);
}

bool sameMembers(const Any::Object& a, const Any::Object& b)
{
    if (a.size() != b.size())
        return false;
    std::unordered_map<std::string_view, const Any*> members;
    for (const auto& [key, value] : b)
        members.emplace(key, &value);
    return std::all_of(a.begin(), a.end(), [&](const auto& member) {
        const auto found = members.find(member.first);
        return found != members.end() && member.second == *found->second;
    });
}

Result<Any, DecodeError> readAnyAt(ByteReader& reader, int depth);

Result<Any, DecodeError> readObject(ByteReader& reader, int depth)
{
    TESSERA_TRY(count, reader.readVarUint());
    Any::Object object;
    for (std::uint64_t i = 0; i < count; ++i) {
        TESSERA_TRY(key, reader.readVarString());
        TESSERA_TRY(value, readAnyAt(reader, depth + 1));
        object.emplace_back(std::string(key), std::move(value));
    }
    return Any(std::move(object));
}

Result<Any, DecodeError> readArray(ByteReader& reader, int depth)
{
    TESSERA_TRY(count, reader.readVarUint());
    Any::Array array;
    for (std::uint64_t i = 0; i < count; ++i) {
        TESSERA_TRY(value, readAnyAt(reader, depth + 1));
        array.push_back(std::move(value));
    }
    return Any(std::move(array));
}

Result<Any, DecodeError> readAnyAt(ByteReader& reader, int depth)
{
    if (depth > maxDepth)
        return fail(reader.errorHere(DecodeErrc::nestedTooDeep));
    const std::size_t start = reader.offset();
    TESSERA_TRY(tag, reader.readByte());
    switch (tag) {
    case undefinedTag: return Any();
    case nullTag: return Any(nullptr);
    case falseTag: return Any(false);
    case trueTag: return Any(true);
    case integerTag: {
        TESSERA_TRY(integer, reader.readVarInt());
        return Any(integer.negativeZero ? -0.0 : static_cast<double>(integer.value));
    }
    case float32Tag: {
        TESSERA_TRY(number, reader.readFloat32());
        return Any(static_cast<double>(number));
    }
    case float64Tag: {
        TESSERA_TRY(number, reader.readFloat64());
        return Any(number);
    }
    case bigIntTag: {
        TESSERA_TRY(number, reader.readBigInt64());
        return Any(Any::BigInt{number});
    }
    case stringTag: {
        TESSERA_TRY(text, reader.readVarString());
        return Any(text);
    }
    case objectTag: return readObject(reader, depth);
    case arrayTag: return readArray(reader, depth);
    case bytesTag: {
        TESSERA_TRY(bytes, reader.readVarBuffer());
        return Any(Bytes(bytes.begin(), bytes.end()));
    }
    default: return fail(DecodeError{DecodeErrc::unknownTag, start});
    }
}

} // namespace

Any::Any(Object value) : m_value(std::make_shared<const Object>(inScriptOrder(std::move(value)))) {}

const Any::Array* Any::array() const
{
    const auto* shared = std::get_if<std::shared_ptr<const Array>>(&m_value);
    return shared ? shared->get() : nullptr;
}

const Any::Object* Any::object() const
{
    const auto* shared = std::get_if<std::shared_ptr<const Object>>(&m_value);
    return shared ? shared->get() : nullptr;
}

const Bytes* Any::bytes() const
{
    const auto* shared = std::get_if<std::shared_ptr<const Bytes>>(&m_value);
    return shared ? shared->get() : nullptr;
}

const Any* Any::find(std::string_view key) const
{
    const Object* members = object();
    if (!members)
        return nullptr;
    const auto found = std::find_if(members->begin(), members->end(), [&](const auto& m) { return m.first == key; });
    return found == members->end() ? nullptr : &found->second;
}

bool operator==(const Any& a, const Any& b)
{
    if (a.m_value.index() != b.m_value.index())
        return false;
    if (const double* number = a.number())
        return sameNumber(*number, *b.number());
    if (const Any::Array* array = a.array())
        return array == b.array() || *array == *b.array();
    if (const Any::Object* object = a.object())
        return object == b.object() || sameMembers(*object, *b.object());
    if (const Bytes* bytes = a.bytes())
        return *bytes == *b.bytes();
    return a.m_value == b.m_value;
}

void writeAny(ByteWriter& writer, const Any& value)
{
    WireWriter out;
    writeAny(out, value);
    writer.writeBytes(out.view());
}

Result<Any, DecodeError> readAny(ByteReader& reader) { return readAnyAt(reader, 0); }

} // namespace tessera::crdt
