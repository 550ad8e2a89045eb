#include "file_ops.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tessera::storage {
namespace {

/// Files this process writes. Closing any descriptor of a file drops the process's POSIX locks on it, SQLite's
/// included, so a file that is open here is not even opened a second time to try its lock.
struct OpenFiles {
    std::mutex mutex;
    std::set<std::string> identities;
};

OpenFiles& openFiles()
{
    static OpenFiles files;
    return files;
}

std::string identityOf(const struct stat& status)
{
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::string folderOf(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void, StorageError> syncPath(const std::string& path, int flags)
{
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0)
        return fail(systemError(StorageErrc::io, path, "open to sync"));
    const bool synced = ::fsync(descriptor) == 0 || errno == EINVAL; // EINVAL: this kind of file cannot be synced
    StorageError error = systemError(StorageErrc::io, path, "sync");
    ::close(descriptor);
    if (!synced)
        return fail(std::move(error));
    return {};
}

} // namespace

StorageError systemError(StorageErrc code, const std::string& path, const char* doing)
{
    const int number = errno;
    if (number == ENOSPC || number == EDQUOT)
        code = StorageErrc::noSpace;
    if (number == ENOENT && code == StorageErrc::io)
        code = StorageErrc::notFound;
    return {code, path, std::string("could not ") + doing + ": " + std::strerror(number)};
}

Result<std::unique_ptr<WriterLock>, StorageError> WriterLock::take(const std::string& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return fail(systemError(StorageErrc::io, path, "look at the file"));
    std::unique_ptr<WriterLock> lock(new WriterLock());
    const std::string identity = identityOf(status);
    {
        const std::scoped_lock guard(openFiles().mutex);
        if (!openFiles().identities.insert(identity).second)
            return fail(StorageError{StorageErrc::inUse, path, "it is open in this program already"});
    }
    lock->m_identity = identity;
    lock->m_descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (lock->m_descriptor < 0)
        return fail(systemError(StorageErrc::io, path, "open for writing"));
    if (::flock(lock->m_descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(StorageError{StorageErrc::inUse, path, "another program has it open"});
        return fail(systemError(StorageErrc::io, path, "lock the file"));
    }
    return lock;
}

WriterLock::~WriterLock()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_identity.empty()) {
        const std::scoped_lock guard(openFiles().mutex);
        openFiles().identities.erase(m_identity);
    }
}

bool isWrittenHere(const std::string& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return false;
    const std::scoped_lock guard(openFiles().mutex);
    return openFiles().identities.contains(identityOf(status));
}

Result<void, StorageError> syncFile(const std::string& path) { return syncPath(path, O_RDONLY); }

Result<void, StorageError> syncFolderOf(const std::string& path) { return syncPath(folderOf(path), O_RDONLY | O_DIRECTORY); }

Result<void, StorageError> renameToNew(const std::string& from, const std::string& to)
{
    // A hard link fails on an existing name, which rename() would replace.
    if (::link(from.c_str(), to.c_str()) == 0) {
        ::unlink(from.c_str());
    } else if (errno == EEXIST) {
        return fail(StorageError{StorageErrc::exists, to, "something of this name is there already"});
    } else if (pathExists(to) || ::rename(from.c_str(), to.c_str()) != 0) { // file systems without links
        return fail(systemError(StorageErrc::io, to, "give the file its name"));
    }
    return syncFolderOf(to);
}

std::string unusedName(const std::string& path, const std::string& suffix)
{
    std::string name = path + suffix;
    for (int number = 2; pathExists(name); ++number)
        name = path + suffix + "-" + std::to_string(number);
    return name;
}

bool pathExists(const std::string& path)
{
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

std::uint64_t fileBytes(const std::string& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void removeScratch(const std::string& path)
{
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        ::unlink((path + suffix).c_str());
}

Result<Bytes, StorageError> readStart(const std::string& path, std::size_t count)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return fail(systemError(StorageErrc::io, path, "look at the file"));
    if (!S_ISREG(status.st_mode)) {
        const char* what = S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file";
        return fail(StorageError{StorageErrc::notTessera, path, what});
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(systemError(StorageErrc::io, path, "open for reading"));
    Bytes bytes(count);
    const ssize_t got = ::pread(descriptor, bytes.data(), count, 0);
    StorageError error = systemError(StorageErrc::io, path, "read");
    ::close(descriptor);
    if (got < 0)
        return fail(std::move(error));
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

} // namespace tessera::storage
