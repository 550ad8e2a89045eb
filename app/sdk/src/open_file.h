#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <core/base/random.h>
#include <core/document/document.h>
#include <core/storage/tessera_file.h>
#include <render/scene/image.h>

/// Loading for commands that only read. One thread.
namespace tessera::sdk {

struct OpenedFile {
    SystemRandom random;
    std::unique_ptr<storage::TesseraFile> file;
    std::unique_ptr<document::Document> document;
};

/// Opens read-only beside a running editor and prints repairs and losses on stderr. Null when it cannot; said already.
[[nodiscard]] std::unique_ptr<OpenedFile> openForReading(const std::string& path);

/// Images of a file, decoded on first use. What does not decode is null and said once on stderr.
class FileImages final : public scene::ImageSource
{
public:
    explicit FileImages(storage::TesseraFile& file) : m_file(file) {}
    [[nodiscard]] scene::ImageRef image(const ContentHash& asset) override;

private:
    storage::TesseraFile& m_file;
    std::map<ContentHash, scene::ImageRef> m_decoded;
};

/// Writes through a temporary file and rename, so that `path` is whole or unchanged. Said on stderr when it fails.
[[nodiscard]] bool writeFile(const std::string& path, ByteView bytes);
/// Whole file, at most `maxBytes`; empty and said when it cannot be read or is larger.
[[nodiscard]] std::optional<Bytes> readFile(const std::string& path, std::size_t maxBytes);

} // namespace tessera::sdk
