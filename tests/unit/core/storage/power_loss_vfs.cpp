#include "power_loss_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace power_loss {
namespace {

using tessera::Bytes;

constexpr std::size_t sectorBytes = 512;

/// A write, or with no data a truncation to `offset`.
struct Change {
    std::size_t offset{};
    Bytes data;
    bool isTruncation = false;
};

struct Disk {
    Bytes synced;
    std::vector<Change> later;
};

struct State {
    sqlite3_vfs* real = nullptr;
    sqlite3_vfs vfs{};
    std::function<void()> beforeChange;
    std::map<std::string, Disk> disks;
};
State* state = nullptr;

struct File {
    sqlite3_file base;
    Disk* disk;        ///< null: not of interest (temporary files)
    sqlite3_file* real; ///< stands behind this struct
};

sqlite3_file* realOf(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

void applyTo(Bytes& bytes, const Change& change, std::size_t count)
{
    if (change.isTruncation) {
        bytes.resize(change.offset);
        return;
    }
    if (bytes.size() < change.offset + count)
        bytes.resize(change.offset + count);
    std::copy_n(change.data.begin(), count, bytes.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

void note(sqlite3_file* file, Change change)
{
    if (Disk* disk = reinterpret_cast<File*>(file)->disk)
        disk->later.push_back(std::move(change));
}

int closeFile(sqlite3_file* file) { return realOf(file)->pMethods->xClose(realOf(file)); }
int readFile(sqlite3_file* file, void* out, int count, sqlite3_int64 offset)
{
    return realOf(file)->pMethods->xRead(realOf(file), out, count, offset);
}
int writeFile(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset)
{
    state->beforeChange();
    const auto* bytes = static_cast<const std::uint8_t*>(data);
    note(file, {static_cast<std::size_t>(offset), Bytes(bytes, bytes + count)});
    return realOf(file)->pMethods->xWrite(realOf(file), data, count, offset);
}
int truncateFile(sqlite3_file* file, sqlite3_int64 size)
{
    state->beforeChange();
    note(file, {static_cast<std::size_t>(size), {}, true});
    return realOf(file)->pMethods->xTruncate(realOf(file), size);
}
int syncFile(sqlite3_file* file, int)
{
    state->beforeChange();
    if (Disk* disk = reinterpret_cast<File*>(file)->disk) {
        for (const Change& change : disk->later)
            applyTo(disk->synced, change, change.data.size());
        disk->later.clear();
    }
    return SQLITE_OK; // the synced state is kept here; the real disk need not be waited for
}
int fileSize(sqlite3_file* file, sqlite3_int64* size) { return realOf(file)->pMethods->xFileSize(realOf(file), size); }
int lockFile(sqlite3_file* file, int level) { return realOf(file)->pMethods->xLock(realOf(file), level); }
int unlockFile(sqlite3_file* file, int level) { return realOf(file)->pMethods->xUnlock(realOf(file), level); }
int checkLock(sqlite3_file* file, int* out) { return realOf(file)->pMethods->xCheckReservedLock(realOf(file), out); }
int control(sqlite3_file* file, int code, void* arg) { return realOf(file)->pMethods->xFileControl(realOf(file), code, arg); }
int sectorSize(sqlite3_file*) { return sectorBytes; }
int characteristics(sqlite3_file*) { return 0; } // promises nothing: no atomic writes, no safe appends
int mapShared(sqlite3_file* file, int page, int size, int extend, void volatile** out)
{
    return realOf(file)->pMethods->xShmMap(realOf(file), page, size, extend, out);
}
int lockShared(sqlite3_file* file, int offset, int count, int flags)
{
    return realOf(file)->pMethods->xShmLock(realOf(file), offset, count, flags);
}
void shareBarrier(sqlite3_file* file) { realOf(file)->pMethods->xShmBarrier(realOf(file)); }
int unmapShared(sqlite3_file* file, int remove) { return realOf(file)->pMethods->xShmUnmap(realOf(file), remove); }

const sqlite3_io_methods methods{2,          closeFile,  readFile,  writeFile, truncateFile, syncFile,        fileSize,
                                 lockFile,   unlockFile, checkLock, control,   sectorSize,   characteristics, mapShared,
                                 lockShared, shareBarrier, unmapShared, nullptr, nullptr};

int openFile(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* outFlags)
{
    File* file = reinterpret_cast<File*>(out);
    file->real = reinterpret_cast<sqlite3_file*>(file + 1);
    file->disk = nullptr;
    const int code = state->real->xOpen(state->real, name, file->real, flags, outFlags);
    out->pMethods = code == SQLITE_OK ? &methods : nullptr;
    if (code == SQLITE_OK && name != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
        const auto [found, isNew] = state->disks.try_emplace(name);
        if (isNew) {
            std::ifstream in(name, std::ios::binary);
            found->second.synced.assign(std::istreambuf_iterator<char>(in), {});
        }
        file->disk = &found->second;
    }
    return code;
}
int deleteFile(sqlite3_vfs*, const char* name, int syncFolder)
{
    state->disks.erase(name);
    return state->real->xDelete(state->real, name, syncFolder);
}

} // namespace

Vfs::Vfs(std::function<void()> beforeChange)
{
    state = new State;
    state->beforeChange = std::move(beforeChange);
    state->real = sqlite3_vfs_find(nullptr);
    state->vfs = *state->real; // what is not about files goes to the system's
    state->vfs.zName = "power_loss";
    state->vfs.szOsFile = static_cast<int>(sizeof(File)) + state->real->szOsFile;
    state->vfs.pNext = nullptr;
    state->vfs.xOpen = openFile;
    state->vfs.xDelete = deleteFile;
    sqlite3_vfs_register(&state->vfs, 1);
}

Vfs::~Vfs()
{
    sqlite3_vfs_register(state->real, 1);
    sqlite3_vfs_unregister(&state->vfs);
    delete state;
    state = nullptr;
}

Image Vfs::imageAfterLoss(tessera::Random& random) const
{
    Image image;
    for (const auto& [path, disk] : state->disks) {
        Bytes bytes = disk.synced;
        const std::uint64_t fate = random.below(3); // nothing later arrived, all of it, or any part
        for (const Change& change : disk.later) {
            std::size_t count = change.data.size();
            if (fate == 0 || (fate == 2 && random.below(3) == 0))
                continue;
            if (fate == 2 && count > sectorBytes && random.below(3) == 0)
                count = sectorBytes * (1 + random.below(count / sectorBytes));
            applyTo(bytes, change, count);
        }
        image.emplace(path.substr(path.rfind('/') + 1), std::move(bytes));
    }
    return image;
}

} // namespace power_loss
