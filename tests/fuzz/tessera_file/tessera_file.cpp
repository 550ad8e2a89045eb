// Any bytes as a file: they open, or are named as not ours; what opens can be read, and what is damaged goes on in a
// fresh file with the original kept. First byte 1: opened for writing, which takes longer; else for reading.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <core/base/log.h>
#include <core/crdt/doc.h>
#include <core/storage/tessera_file.h>

using namespace tessera;
using namespace tessera::storage;

namespace {

void require(bool holds, const char* what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

const std::filesystem::path& folder()
{
    static const std::filesystem::path made = [] {
        const char* memory = "/dev/shm"; // syncs cost nothing there
        const std::filesystem::path base = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
        log::setLevel(log::Level::error);
        return base / ("tessera-fuzz-" + std::to_string(::getpid()));
    }();
    return made;
}

void useFile(TesseraFile& file)
{
    crdt::Doc doc;
    (void)file.loadInto(doc);
    if (const auto hashes = file.blobHashes()) {
        for (const ContentHash& hash : hashes.value()) {
            const auto blob = file.getBlob(hash);
            require(!blob || !blob.value() || contentHash(blob.value()->data) == hash, "a blob has its hash");
        }
    }
    (void)file.local("link");
    (void)file.info();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    std::filesystem::remove_all(folder());
    std::filesystem::create_directories(folder());
    const std::string path = (folder() / "file.tessera").string();
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data) + 1, static_cast<std::streamsize>(size - 1));
    const bool isWritten = data[0] == 1;
    auto opened = TesseraFile::open(path, isWritten ? OpenMode::readWrite : OpenMode::readOnly);
    if (!opened) {
        require(opened.error().code == StorageErrc::notTessera, "a file is refused only when it is not ours");
        return 0;
    }
    TesseraFile& file = *opened.value();
    useFile(file);
    if (file.readOnlyReason() == ReadOnlyReason::no) {
        require(file.appendUpdate(asBytes("x"), crdt::ClientId{1}, 1, 1).hasValue(), "an open file takes updates");
        (void)file.compact();
        opened.value().reset();
        require(TesseraFile::open(path).hasValue(), "it opens again");
    }
    std::filesystem::remove_all(folder());
    return 0;
}
