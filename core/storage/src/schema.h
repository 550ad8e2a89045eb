#pragma once

#include "database.h"
#include "rows.h"

/// Tables of a file, versions, and the statements that read and write rows.
namespace tessera::storage {

/// Brings an empty or older database to fileVersion, in one transaction.
Result<void, StorageError> migrate(Database& database);

enum class SchemaState : std::uint8_t { sound, older, newer, damaged };
/// Compares the stored schema with what fileVersion has. A file of a newer version only has to have our tables.
Result<SchemaState, StorageError> inspectSchema(Database& database);
/// Walks the b-trees (of a large file without the bytes of blobs); `damaged` with the first finding.
Result<void, StorageError> checkTables(Database& database);

/// The newest snapshot (seq 0) and the updates after it, in order; `damaged` at the first row whose checksum fails.
Result<std::vector<StoredUpdate>, StorageError> readDocument(Database& database);
/// Seq of the last update the file has ever had, snapshot included.
Result<std::int64_t, StorageError> readLastSeq(Database& database);

Result<void, StorageError> insertUpdate(Database& database, const UpdateRow& row);
Result<void, StorageError> insertSnapshot(Database& database, const SnapshotRow& row);
Result<void, StorageError> insertBlob(Database& database, const BlobRow& row);
Result<void, StorageError> insertLocal(Database& database, const LocalRow& row);

} // namespace tessera::storage
