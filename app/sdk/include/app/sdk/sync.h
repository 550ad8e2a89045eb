#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <collab/protocol/role.h>
#include <core/base/hash.h>
#include <core/base/result.h>

/// `tessera sync LINK FILE`: brings a shared room into a file and the file's changes into the room, without a display.
namespace tessera::sdk {

struct SyncOptions {
    std::chrono::milliseconds connectTimeout{15'000}; ///< until the room's state is here
    std::chrono::milliseconds totalTimeout{300'000};
};

enum class SyncErrc : std::uint8_t {
    badLink = 1,
    badFile = 2,     ///< cannot be opened, made or written
    unreachable = 3, ///< the relay did not answer
    denied = 4,      ///< the link does not let us in, or not do this
    timedOut = 5,    ///< part of it is done, and is in the file; the next run goes on from there
    blobFailed = 6,  ///< an image could not be brought over
};
/// `where`: the link without its token, or the file. `detail`: one sentence.
using SyncError = ErrorOf<SyncErrc>;
[[nodiscard]] std::string describe(const SyncError& error);

struct SyncReport {
    std::string room;               ///< the link without its token
    std::string file;
    bool isNewFile = false;
    bool isDurable = false;         ///< the relay said that our changes are on its disk; plain Yjs relays do not
    std::uint64_t localUpdates{};   ///< changes the relay lacked
    std::uint64_t remoteUnits{};    ///< elements and characters the file lacked
    std::uint64_t remoteClients{};  ///< writers they came from
    std::uint64_t blobsUp{};
    std::uint64_t blobsDown{};
    std::vector<ContentHash> blobsMissing; ///< named by the document, but neither side has them
};
/// "FILE and http://HOST:PORT/d/ROOM are the same: …" in one line.
[[nodiscard]] std::string describe(const SyncReport& report);

/// Returns after everything is on both disks: our changes acknowledged as durable, the room's committed to the file,
/// blobs copied both ways. `path` is made when it is not there, and only once the room's state is here. Blocks; runs its
/// own event loop; any thread.
Result<SyncReport, SyncError> syncFile(const std::string& linkText, const std::string& path, const SyncOptions& options = {});

} // namespace tessera::sdk
