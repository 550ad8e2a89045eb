#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <core/formats/imported_node.h>

struct zip;

/// A zip archive in memory, read only. Whatever the archive claims, no more is unpacked than the limits allow. One thread.
namespace tessera::formats {

struct ZipLimits {
    std::size_t maxEntries = 300'000;
    std::size_t maxEntryBytes = std::size_t{64} << 20;
    std::size_t maxTotalBytes = std::size_t{512} << 20; ///< of all reads together
};

class ZipArchive
{
public:
    /// `bytes` must outlive the archive. Errors: notThisFormat (no zip), tooComplex (entries).
    static Result<ZipArchive, ImportError> open(ByteView bytes, const ZipLimits& limits);

    /// Names of the files whose name begins with `prefix`, sorted, once each; valid as long as the archive.
    [[nodiscard]] std::span<const std::string> filesBelow(std::string_view prefix) const;
    [[nodiscard]] bool has(const std::string& name) const;
    /// Errors name the entry: malformed (missing, damaged, encrypted), tooLarge (its limit or the total's).
    Result<Bytes, ImportError> read(const std::string& name);

private:
    struct Close {
        void operator()(zip* archive) const;
    };
    ZipArchive(zip* archive, const ZipLimits& limits) : m_archive(archive), m_limits(limits) {}

    std::unique_ptr<zip, Close> m_archive;
    ZipLimits m_limits;
    std::vector<std::string> m_names;
    std::size_t m_totalBytes = 0;
};

} // namespace tessera::formats
