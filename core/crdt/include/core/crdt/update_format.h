#pragma once

#include <cstdint>

namespace tessera::crdt {

/// How an update is written. v1 is what Yjs peers speak; v2 puts the same structs into columns and so is smaller,
/// most of all for small edits in large numbers.
enum class UpdateFormat : std::uint8_t { v1, v2 };

} // namespace tessera::crdt
