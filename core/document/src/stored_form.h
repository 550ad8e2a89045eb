#pragma once

#include <string_view>

#include <core/document/command.h>

/// What commands may write, and how values look when they are written.
namespace tessera::document {

/// Keys that have commands of their own.
[[nodiscard]] bool isReservedKey(std::string_view key);
/// No NaN or infinite number anywhere, and not nested deeper than decoders accept.
[[nodiscard]] bool isStorable(const crdt::Any& value);
/// The value as written: text made valid UTF-8, lengths of property `key` rounded.
[[nodiscard]] crdt::Any storedForm(std::string_view key, const crdt::Any& value);

} // namespace tessera::document
