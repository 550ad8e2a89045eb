#pragma once

#include <optional>
#include <string_view>

#include <core/base/geometry.h>
#include <core/crdt/any.h>

/// Members of parsed JSON with a fallback: what is missing, of another kind, or no length of a document counts as absent.
namespace tessera::formats {

[[nodiscard]] const crdt::Any& memberOf(const crdt::Any& object, std::string_view key); ///< undefined when absent
[[nodiscard]] std::optional<double> numberAt(const crdt::Any& object, std::string_view key); ///< text that is a number, too
[[nodiscard]] double numberOr(const crdt::Any& object, std::string_view key, double fallback);
[[nodiscard]] std::string_view textOf(const crdt::Any& object, std::string_view key); ///< empty when absent
[[nodiscard]] bool isSet(const crdt::Any& object, std::string_view key);             ///< true, and nothing else
[[nodiscard]] const crdt::Any::Array& listOf(const crdt::Any& object, std::string_view key); ///< empty when absent
[[nodiscard]] Point pointOf(const crdt::Any& object, std::string_view x = "x", std::string_view y = "y");

} // namespace tessera::formats
