#pragma once

#include <optional>

#include "page_scan.h"

namespace tessera::storage {

/// A record of the SQLite format with the rowid it stands at, read as one of our rows. `broken` is set when the shape
/// is ours and the checksum is not.
[[nodiscard]] std::optional<FoundRow> readRecord(std::int64_t rowid, ByteView payload, bool& broken);

/// The format's own varint: big-endian groups of 7 bits, the ninth byte whole. Moves `at`; empty past the end.
[[nodiscard]] std::optional<std::uint64_t> readRecordVarint(ByteView bytes, std::size_t& at);

} // namespace tessera::storage
