#pragma once

#include <memory>
#include <string>

#include <core/storage/tessera_file.h>

/// The file system below SQLite: locks, syncs and names that appear whole or not at all. Any thread.
namespace tessera::storage {

/// The right to write a file: held against other processes (flock) and other TesseraFiles of this one. Released when
/// destroyed. Not the locks SQLite itself takes, which readers share.
class WriterLock
{
public:
    static Result<std::unique_ptr<WriterLock>, StorageError> take(const std::string& path);
    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;

private:
    WriterLock() = default;
    int m_descriptor = -1;
    std::string m_identity; ///< device and inode
};

/// This process holds the writer lock of that file: nobody here may open and close it apart from SQLite.
[[nodiscard]] bool isWrittenHere(const std::string& path);

[[nodiscard]] StorageError systemError(StorageErrc code, const std::string& path, const char* doing);

/// Waits until the bytes of a file, or the names in a folder, are on the disk.
Result<void, StorageError> syncFile(const std::string& path);
Result<void, StorageError> syncFolderOf(const std::string& path);

/// Gives `from` the name `to`, which must not exist; synced.
Result<void, StorageError> renameToNew(const std::string& from, const std::string& to);
/// A name beside `path` that nobody uses: path + suffix, or path + suffix + "-2" and so on.
[[nodiscard]] std::string unusedName(const std::string& path, const std::string& suffix);
[[nodiscard]] bool pathExists(const std::string& path);
[[nodiscard]] std::uint64_t fileBytes(const std::string& path);
/// Removes a database that is being made, and what SQLite put beside it.
void removeScratch(const std::string& path);

/// First bytes of a file; notTessera when it is no regular file.
Result<Bytes, StorageError> readStart(const std::string& path, std::size_t count);

} // namespace tessera::storage
