#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "rows.h"

/// Finds our rows in the raw pages of a SQLite file and its write-ahead log, whatever state the trees, the schema or
/// the header are in. Every row carries its checksum, so what is handed out is what was once written. Old versions of
/// rows come too; updates of a CRDT may be applied in any order and twice.
/// https://www.sqlite.org/fileformat2.html, sections 1.3, 1.6, 2.1 and 4.
namespace tessera::storage {

using FoundRow = std::variant<UpdateRow, SnapshotRow, BlobRow, LocalRow>;

struct ScanReport {
    std::uint64_t pages = 0;
    std::uint64_t rows = 0;          ///< handed out
    std::uint64_t brokenRows = 0;    ///< had the shape of a row of ours and failed the checksum
    std::uint64_t missingPages = 0;  ///< the header counts more than the file has
    bool cutShort = false;           ///< the sink asked to stop, or a hostile file wanted too much work
};

struct ScanLimits {
    std::uint64_t maxFileBytes = UINT64_MAX; ///< look at no more than this much of the file
    bool firstRowOnly = false;
};

/// Reads `path` and `path`-wal. `sink` gets each row once per place it stands in. Empty report when unreadable.
ScanReport scanRows(const std::string& path, const ScanLimits& limits, const std::function<void(FoundRow)>& sink);

} // namespace tessera::storage
