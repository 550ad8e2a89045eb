#pragma once

#include <cstdint>
#include <string>

#include <core/base/bytes.h>

/// The rows of a file with the checksums that let salvage tell them from any other bytes on a page.
namespace tessera::storage {

inline constexpr std::size_t checksumBytes = 16; ///< of a BLAKE2b-256

struct UpdateRow {
    std::int64_t seq{};
    std::int64_t client{};
    std::int64_t clock{};
    std::int64_t wallMs{};
    Bytes data;
};
struct SnapshotRow {
    std::int64_t upto{}; ///< seq of the last update inside
    std::int64_t wallMs{};
    Bytes stateVector;
    Bytes state;
};
struct BlobRow {
    std::string hash; ///< 64 hex digits: the checksum of `data` itself
    std::string mime;
    Bytes data;
};
struct LocalRow {
    std::string key;
    Bytes value;
};

[[nodiscard]] Bytes checksumOf(const UpdateRow& row);
[[nodiscard]] Bytes checksumOf(const SnapshotRow& row);
[[nodiscard]] Bytes checksumOf(const LocalRow& row);

} // namespace tessera::storage
