#include <appliance/jobs/blob_store.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace tessera::appliance {
namespace {

JournalError ioError(const std::filesystem::path& path, int number)
{
    return {JobErrc::io, path.string(), std::generic_category().message(number)};
}

class File
{
public:
    File(const std::filesystem::path& path, int flags) : m_descriptor(::open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
    ~File()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }
    [[nodiscard]] int descriptor() const { return m_descriptor; }

private:
    int m_descriptor;
};

bool writeAll(int descriptor, ByteView bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

bool syncFolder(const std::filesystem::path& folder)
{
    const File handle(folder, O_RDONLY | O_DIRECTORY);
    return handle.isOpen() && ::fsync(handle.descriptor()) == 0;
}

} // namespace

Result<BlobStore, JournalError> BlobStore::open(std::filesystem::path folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        return fail(JournalError{JobErrc::io, folder.string(), error.message()});
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".part")
            std::filesystem::remove(entry.path(), error);
    }
    return BlobStore(std::move(folder));
}

std::filesystem::path BlobStore::pathOf(const std::string& hash) const
{
    return m_folder / hash;
}

Result<ContentHash, JournalError> BlobStore::put(ByteView bytes)
{
    if (bytes.size() > maxBlobBytes)
        return fail(JournalError{JobErrc::io, m_folder.string(), std::to_string(bytes.size()) + " bytes, greatest is " +
                                                                     std::to_string(maxBlobBytes)});
    ContentHash hash = contentHash(bytes);
    const std::filesystem::path target = pathOf(hash.hex);
    if (contains(hash.hex))
        return hash;
    static std::atomic<std::uint64_t> counter{0};
    const auto part = m_folder / (hash.hex + "." + std::to_string(counter++) + ".part");
    {
        const File file(part, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file.isOpen())
            return fail(ioError(part, errno));
        if (!writeAll(file.descriptor(), bytes) || ::fsync(file.descriptor()) != 0) {
            const int number = errno;
            ::unlink(part.c_str());
            return fail(ioError(part, number));
        }
    }
    if (::rename(part.c_str(), target.c_str()) != 0 || !syncFolder(m_folder))
        return fail(ioError(target, errno));
    return hash;
}

bool BlobStore::contains(const std::string& hash) const
{
    return parseContentHash(hash) && ::access(pathOf(hash).c_str(), R_OK) == 0;
}

Result<std::uint64_t, JournalError> BlobStore::sizeBytes(const std::string& hash) const
{
    if (!parseContentHash(hash))
        return fail(JournalError{JobErrc::io, hash, "not a content hash"});
    struct stat status {};
    if (::stat(pathOf(hash).c_str(), &status) != 0)
        return fail(ioError(pathOf(hash), errno));
    return static_cast<std::uint64_t>(status.st_size);
}

Result<Bytes, JournalError> BlobStore::read(const std::string& hash, std::uint64_t offset, std::uint64_t count) const
{
    TESSERA_TRY(size, sizeBytes(hash));
    if (offset > size)
        return fail(JournalError{JobErrc::io, hash, "offset " + std::to_string(offset) + " is past the end at " +
                                                        std::to_string(size)});
    const File file(pathOf(hash), O_RDONLY);
    if (!file.isOpen())
        return fail(ioError(pathOf(hash), errno));
    Bytes bytes(static_cast<std::size_t>(std::min(count, size - offset)));
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t got = ::pread(file.descriptor(), bytes.data() + filled, bytes.size() - filled,
                                    static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(ioError(pathOf(hash), got < 0 ? errno : EIO));
        filled += static_cast<std::size_t>(got);
    }
    return bytes;
}

std::size_t BlobStore::sweep(const std::set<std::string>& keep, std::int64_t minAgeMs)
{
    using namespace std::chrono;
    const auto youngest = std::filesystem::file_time_type::clock::now() - milliseconds(minAgeMs);
    std::size_t removed = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, error)) {
        const bool old = entry.last_write_time(error) <= youngest;
        if (!error && old && !keep.contains(entry.path().filename().string()))
            removed += std::filesystem::remove(entry.path(), error) ? 1 : 0;
    }
    return removed;
}

} // namespace tessera::appliance
