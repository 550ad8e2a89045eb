#include <core/service/secret_file.h>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera::service {
namespace {

/// Closes on the way out; POSIX because std::fstream neither sets a mode nor syncs.
class Descriptor
{
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }

private:
    int m_fd;
};

FileError errorNow(FileErrc code, const std::filesystem::path& path)
{
    return {code, path.string(), std::strerror(errno)};
}

bool writeAll(int fd, ByteView content)
{
    while (!content.empty()) {
        const ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

Result<void, FileError> writeFileDurably(const std::filesystem::path& path, ByteView content)
{
    std::filesystem::path beside = path;
    beside += ".part";
    {
        const Descriptor file{::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
        if (!file || !writeAll(file.get(), content) || ::fsync(file.get()) != 0)
            return fail(errorNow(FileErrc::cannotWrite, beside));
    }
    if (::rename(beside.c_str(), path.c_str()) != 0)
        return fail(errorNow(FileErrc::cannotWrite, path));
    const Descriptor folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!folder || ::fsync(folder.get()) != 0)
        return fail(errorNow(FileErrc::cannotWrite, path.parent_path()));
    return {};
}

Result<Bytes, FileError> readWholeFile(const std::filesystem::path& path, std::size_t maxBytes)
{
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat info = {};
    if (!file || ::fstat(file.get(), &info) != 0)
        return fail(errorNow(FileErrc::cannotRead, path));
    if (!S_ISREG(info.st_mode))
        return fail(FileError{FileErrc::cannotRead, path.string(), "not a regular file"});
    if (static_cast<std::uint64_t>(info.st_size) > maxBytes)
        return fail(FileError{FileErrc::tooLarge, path.string(), std::to_string(info.st_size) + " bytes"});
    Bytes content(static_cast<std::size_t>(info.st_size));
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(errorNow(FileErrc::cannotRead, path));
        filled += static_cast<std::size_t>(got);
    }
    return content;
}

Result<Bytes, FileError> readOrMakeSecret(const std::filesystem::path& path, const std::function<Bytes()>& make)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        TESSERA_CHECK(writeFileDurably(path, make()));
    return readWholeFile(path, 64 * 1024);
}

} // namespace tessera::service
