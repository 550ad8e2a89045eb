#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include <core/base/bytes.h>
#include <core/base/result.h>

/// Small files that must exist whole or not at all, and be read by their owner only (keys).
namespace tessera::service {

enum class FileErrc : std::uint8_t { cannotRead = 1, cannotWrite = 2, tooLarge = 3 };
using FileError = ErrorOf<FileErrc>;

/// Writes beside `path`, syncs, renames over it and syncs the folder. Mode 0600.
Result<void, FileError> writeFileDurably(const std::filesystem::path& path, ByteView content);
Result<Bytes, FileError> readWholeFile(const std::filesystem::path& path, std::size_t maxBytes);
/// The file's content; a missing file is made from `make()` first.
Result<Bytes, FileError> readOrMakeSecret(const std::filesystem::path& path, const std::function<Bytes()>& make);

} // namespace tessera::service
