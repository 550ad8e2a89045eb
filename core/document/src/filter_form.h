#pragma once

#include <memory>

#include <core/document/filter.h>

namespace tessera::document {

/// Null when the graph cannot be drawn as stored: no region, no primitives or too many, an operation we do not know.
/// Single numbers that make no sense take their defaults.
[[nodiscard]] std::shared_ptr<const Filter> readFilter(const crdt::Any* value);

} // namespace tessera::document
