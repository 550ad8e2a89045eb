#include <relay/rooms/blob_store.h>

namespace tessera::relay {

using service::Database;

namespace {

constexpr std::size_t maxPendingBytes = 4 * maxBlobBytes;

} // namespace

BlobStore::BlobStore(service::EventLoop& loop, RoomStore& rooms, std::filesystem::path folder)
    : m_loop(loop), m_rooms(rooms), m_folder(std::move(folder)), m_worker(64)
{
}

BlobStore::~BlobStore() { *m_alive = false; }

std::filesystem::path BlobStore::fileOf(const ContentHash& hash) const
{
    return m_folder / hash.hex.substr(0, 2) / hash.hex;
}

void BlobStore::answerLater(std::function<void()> answer)
{
    m_loop.post([alive = m_alive, answer = std::move(answer)] {
        if (*alive)
            answer();
    });
}

void BlobStore::put(std::uint32_t room, const ContentHash& hash, std::string mime, std::string content, PutDone done)
{
    if (content.size() > maxBlobBytes)
        return done(fail(BlobError{BlobErrc::tooLarge, hash.hex, std::to_string(content.size()) + " bytes"}));
    if (m_pendingBytes + content.size() > maxPendingBytes)
        return done(fail(BlobError{BlobErrc::busy, hash.hex, "too many blobs are being stored"}));
    m_pendingBytes += content.size();
    done = [this, size = content.size(), inner = std::move(done)](Result<Stored, BlobError> result) {
        m_pendingBytes -= size;
        inner(std::move(result));
    };
    auto work = [this, room, hash, mime = std::move(mime), content = std::move(content), done]() mutable {
        const ContentHash found = contentHash(asBytes(content));
        if (found != hash)
            return answerLater([done, hash, found] {
                done(fail(BlobError{BlobErrc::wrongHash, hash.hex, "the bytes have the hash " + found.hex}));
            });
        const auto path = fileOf(hash);
        std::error_code error;
        if (std::filesystem::file_size(path, error) != content.size() || error) {
            std::filesystem::create_directories(path.parent_path(), error);
            if (auto written = service::writeFileDurably(path, asBytes(content)); !written)
                return answerLater([done, hash, detail = written.error().detail] {
                    done(fail(BlobError{BlobErrc::disk, hash.hex, detail}));
                });
        }
        answerLater([this, room, hash, size = content.size(), mime, done] { link(room, hash, size, mime, done); });
    };
    if (!m_worker.tryRun(std::move(work)))
        done(fail(BlobError{BlobErrc::busy, hash.hex, "too many blobs are being stored"}));
}

void BlobStore::link(std::uint32_t room, const ContentHash& hash, std::uint64_t sizeBytes, std::string mime, PutDone done)
{
    auto added = std::make_shared<bool>(false);
    m_rooms.writer().run(
        [room, hash, sizeBytes, mime = std::move(mime), added](Database& database) -> Result<void, SqliteError> {
            TESSERA_TRY(insert, database.prepare("INSERT OR IGNORE INTO blobs(room,hash,bytes,mime) VALUES(?,?,?,?)"));
            insert.bind(1, std::int64_t{room}).bind(2, hash.hex).bind(3, static_cast<std::int64_t>(sizeBytes)).bind(4, mime);
            TESSERA_CHECK(insert.run());
            *added = database.changes() > 0;
            return {};
        },
        [hash, added, done](Result<void, SqliteError> result) {
            if (!result)
                return done(fail(BlobError{BlobErrc::disk, hash.hex, result.error().detail}));
            done(*added ? Stored::added : Stored::alreadyThere);
        });
}

Result<std::optional<BlobInfo>, SqliteError> BlobStore::info(std::uint32_t room, const ContentHash& hash)
{
    TESSERA_TRY(select, m_rooms.reader().prepare("SELECT bytes,mime FROM blobs WHERE room=? AND hash=?"));
    TESSERA_TRY(found, select.bind(1, std::int64_t{room}).bind(2, hash.hex).step());
    if (!found)
        return std::optional<BlobInfo>();
    return std::optional(BlobInfo{static_cast<std::uint64_t>(select.integer(0)), select.text(1)});
}

Result<std::optional<BlobInfo>, SqliteError> BlobStore::infoAnywhere(const ContentHash& hash)
{
    TESSERA_TRY(select, m_rooms.reader().prepare("SELECT bytes,mime FROM blobs WHERE hash=? LIMIT 1"));
    TESSERA_TRY(found, select.bind(1, hash.hex).step());
    if (!found)
        return std::optional<BlobInfo>();
    return std::optional(BlobInfo{static_cast<std::uint64_t>(select.integer(0)), select.text(1)});
}

void BlobStore::read(const ContentHash& hash, GetDone done)
{
    auto work = [this, hash, done] {
        auto content = service::readWholeFile(fileOf(hash), maxBlobBytes);
        const bool intact = content && contentHash(*content) == hash;
        const std::string detail = content ? "the file is damaged" : content.error().detail;
        auto shared = std::make_shared<Bytes>(intact ? std::move(content).value() : Bytes());
        answerLater([done, hash, shared, intact, detail] {
            if (intact)
                done(std::move(*shared));
            else
                done(fail(BlobError{BlobErrc::disk, hash.hex, detail}));
        });
    };
    if (!m_worker.tryRun(std::move(work)))
        done(fail(BlobError{BlobErrc::busy, hash.hex, "too many blobs are being read"}));
}

} // namespace tessera::relay
