#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include <core/base/hash.h>
#include <core/service/worker_thread.h>
#include <relay/rooms/room_store.h>

/// Blobs by content hash: bytes in DIR/blobs/HA/HASH once for all rooms, and a row for each room that has one. A room
/// reads only what it has a row for. Called on the loop's thread; hashing and file access happen on a worker, answers
/// come back on the loop's thread.
namespace tessera::relay {

enum class BlobErrc : std::uint8_t {
    wrongHash = 1,
    tooLarge = 2,
    missing = 3,   ///< the room has no such blob
    disk = 4,
    busy = 5,      ///< too much is waiting; try again
};
using BlobError = ErrorOf<BlobErrc>;

inline constexpr std::size_t maxBlobBytes = std::size_t{64} << 20;

struct BlobInfo {
    std::uint64_t sizeBytes{};
    std::string mime;
};

class BlobStore
{
public:
    enum class Stored : std::uint8_t { added, alreadyThere };
    using PutDone = std::function<void(Result<Stored, BlobError>)>;
    using GetDone = std::function<void(Result<Bytes, BlobError>)>;

    BlobStore(service::EventLoop& loop, RoomStore& rooms, std::filesystem::path folder);
    ~BlobStore();

    /// Answers after file and row are on disk.
    void put(std::uint32_t room, const ContentHash& hash, std::string mime, std::string content, PutDone done);
    /// Gives the room a blob whose bytes are stored already.
    void link(std::uint32_t room, const ContentHash& hash, std::uint64_t sizeBytes, std::string mime, PutDone done);
    Result<std::optional<BlobInfo>, SqliteError> info(std::uint32_t room, const ContentHash& hash);
    /// The same for a blob that any room has.
    Result<std::optional<BlobInfo>, SqliteError> infoAnywhere(const ContentHash& hash);
    /// The file's bytes, checked against the hash; the caller has asked info() first.
    void read(const ContentHash& hash, GetDone done);

private:
    [[nodiscard]] std::filesystem::path fileOf(const ContentHash& hash) const;
    void answerLater(std::function<void()> answer);

    service::EventLoop& m_loop;
    RoomStore& m_rooms;
    std::filesystem::path m_folder;
    std::size_t m_pendingBytes = 0; ///< of bodies given to the worker
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
    service::WorkerThread m_worker;
};

} // namespace tessera::relay
