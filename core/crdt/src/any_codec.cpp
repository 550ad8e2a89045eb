#include "any_codec.h"

#include <cfloat>
#include <cmath>
#include <limits>

#include <core/base/utf.h>

namespace tessera::crdt {

using namespace any_codec;

namespace {

constexpr double maxTaggedInteger = 2147483647.0;

void writeString(WireWriter& writer, std::string_view text)
{
    if (isUtf8(text))
        writer.varString(text);
    else
        writer.varString(toValidUtf8(text));
}

void writeAnyAt(WireWriter& writer, const Any& value, int depth)
{
    if (depth == maxDepth && (value.array() || value.object())) {
        writer.byte(nullTag);
    } else if (value.isUndefined()) {
        writer.byte(undefinedTag);
    } else if (value.isNull()) {
        writer.byte(nullTag);
    } else if (const bool* boolean = value.boolean()) {
        writer.byte(*boolean ? trueTag : falseTag);
    } else if (const double* number = value.number()) {
        writeNumber(writer, *number);
    } else if (const Any::BigInt* bigInt = value.bigInt()) {
        writer.byte(bigIntTag);
        writer.bigEndian(static_cast<std::uint64_t>(bigInt->value));
    } else if (const std::string* text = value.string()) {
        writer.byte(stringTag);
        writeString(writer, *text);
    } else if (const Any::Object* object = value.object()) {
        writer.byte(objectTag);
        writer.varUint(object->size());
        for (const auto& [key, member] : *object) {
            writeString(writer, key);
            writeAnyAt(writer, member, depth + 1);
        }
    } else if (const Any::Array* array = value.array()) {
        writer.byte(arrayTag);
        writer.varUint(array->size());
        for (const Any& element : *array)
            writeAnyAt(writer, element, depth + 1);
    } else if (const Bytes* bytes = value.bytes()) {
        writer.byte(bytesTag);
        writer.varBuffer(*bytes);
    }
}

void skipAnyAt(WireReader& reader, int depth)
{
    if (depth > maxDepth)
        return reader.fail(DecodeErrc::nestedTooDeep);
    const std::size_t start = reader.offset();
    switch (reader.byte()) {
    case undefinedTag:
    case nullTag:
    case falseTag:
    case trueTag: return;
    case integerTag: reader.varInt(); return;
    case float32Tag: reader.bytes(4); return;
    case float64Tag:
    case bigIntTag: reader.bytes(8); return;
    case stringTag: reader.varString(); return;
    case bytesTag: reader.varBuffer(); return;
    case objectTag: {
        const std::uint64_t count = reader.varUint();
        for (std::uint64_t i = 0; i < count && !reader.hasFailed(); ++i) {
            reader.varString();
            skipAnyAt(reader, depth + 1);
        }
        return;
    }
    case arrayTag: {
        const std::uint64_t count = reader.varUint();
        for (std::uint64_t i = 0; i < count && !reader.hasFailed(); ++i)
            skipAnyAt(reader, depth + 1);
        return;
    }
    default: reader.fail(DecodeErrc::unknownTag, start); return;
    }
}

} // namespace

void writeNumber(WireWriter& writer, double value)
{
    if (std::isnan(value)) {
        writer.byte(float64Tag);
        writer.bigEndian(std::bit_cast<std::uint64_t>(std::numeric_limits<double>::quiet_NaN()));
    } else if (std::trunc(value) == value && std::abs(value) <= maxTaggedInteger) {
        writer.byte(integerTag);
        writer.varInt(static_cast<std::int64_t>(value), value == 0 && std::signbit(value));
    } else if (std::isinf(value) || (std::abs(value) <= FLT_MAX && static_cast<float>(value) == value)) {
        writer.byte(float32Tag);
        writer.bigEndian(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    } else {
        writer.byte(float64Tag);
        writer.bigEndian(std::bit_cast<std::uint64_t>(value));
    }
}

void writeAny(WireWriter& writer, const Any& value) { writeAnyAt(writer, value, 0); }

void skipAny(WireReader& reader) { skipAnyAt(reader, 0); }

} // namespace tessera::crdt
