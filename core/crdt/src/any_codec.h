#pragma once

#include <core/crdt/any.h>

#include "wire_reader.h"
#include "wire_writer.h"

namespace tessera::crdt {

namespace any_codec {

inline constexpr int maxDepth = 64;

/// lib0's tags; they count down from 127.
enum Tag : std::uint8_t {
    undefinedTag = 127,
    nullTag = 126,
    integerTag = 125,
    float32Tag = 124,
    float64Tag = 123,
    bigIntTag = 122,
    falseTag = 121,
    trueTag = 120,
    stringTag = 119,
    objectTag = 118,
    arrayTag = 117,
    bytesTag = 116,
};

} // namespace any_codec

/// Numbers take the shortest form that keeps them, as lib0 writes them.
void writeNumber(WireWriter& writer, double value);
/// Malformed UTF-8 becomes U+FFFD; what nests deeper than maxDepth becomes null.
void writeAny(WireWriter& writer, const Any& value);

} // namespace tessera::crdt
