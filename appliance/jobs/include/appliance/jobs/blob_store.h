#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include <appliance/jobs/job.h>
#include <core/base/hash.h>

/// Results and previews on disk, named by the BLAKE2b-256 of their bytes. A blob is there completely or not at all:
/// written to a temporary file, synced, renamed, folder synced. Putting the same bytes twice is one blob.
/// Any thread.
namespace tessera::appliance {

/// Greatest blob taken: the relay takes no more either.
inline constexpr std::uint64_t maxBlobBytes = 64ull << 20;

class BlobStore
{
public:
    /// Makes the folder when missing and removes temporary files that a crash left.
    static Result<BlobStore, JournalError> open(std::filesystem::path folder);

    Result<ContentHash, JournalError> put(ByteView bytes);
    [[nodiscard]] bool contains(const std::string& hash) const;
    /// Size in bytes, or unknown (io) when not stored.
    Result<std::uint64_t, JournalError> sizeBytes(const std::string& hash) const;
    /// Up to `count` bytes from `offset`; fewer at the end.
    Result<Bytes, JournalError> read(const std::string& hash, std::uint64_t offset, std::uint64_t count) const;
    /// Removes every blob that is older than `minAgeMs` and not in `keep`; returns how many.
    std::size_t sweep(const std::set<std::string>& keep, std::int64_t minAgeMs);

private:
    explicit BlobStore(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    [[nodiscard]] std::filesystem::path pathOf(const std::string& hash) const;

    std::filesystem::path m_folder;
};

} // namespace tessera::appliance
