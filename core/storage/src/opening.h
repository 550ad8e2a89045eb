#pragma once

#include <optional>

#include "database.h"
#include "file_ops.h"

/// From a path to an open database that passed its checks, whatever was at the path.
namespace tessera::storage {

struct OpenedFile {
    std::unique_ptr<WriterLock> lock; ///< null when read-only
    std::unique_ptr<Database> database;
    ReadOnlyReason reason = ReadOnlyReason::no;
    std::optional<Recovery> recovery;
    std::vector<StoredUpdate> document; ///< read while checking
};

Result<void, StorageError> createFile(const std::string& path);
Result<OpenedFile, StorageError> openFile(const std::string& path, OpenMode mode);

/// What salvage found, in words.
struct Salvaged {
    std::vector<std::string> repaired;
    std::vector<std::string> lost;
};
/// Copies every row that can still be found in `path` into an empty, migrated database.
Result<Salvaged, StorageError> salvageRows(const std::string& path, Database& target);

} // namespace tessera::storage
