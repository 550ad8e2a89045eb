#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <core/base/random.h>
#include <core/document/document.h>
#include <core/formats/import_file.h>
#include <core/storage/tessera_file.h>
#include <render/export/svg_export.h>
#include <render/scene/image.h>
#include <render/text/font_library.h>

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

/// A document in memory with its images: from a .tessera file, or imported from a file of another tool.
class Drawing final : public scene::ImageSource, public exports::AssetSource
{
public:
    /// Null when it cannot be opened; said on stderr already, as is what an import could not model.
    /// `linkedImages`: images that an SVG links to are read when they lie below this folder; empty: none is.
    [[nodiscard]] static std::unique_ptr<Drawing> open(const std::string& path, const std::string& linkedImages = {});
    [[nodiscard]] const document::Document& document() const { return *m_document; }
    /// What a picture shows when nobody says otherwise: the imported frame, or nothing (the first page).
    [[nodiscard]] const std::optional<NodeId>& root() const { return m_root; }
    [[nodiscard]] scene::ImageRef image(const ContentHash& asset) override;
    [[nodiscard]] std::optional<Bytes> bytes(const ContentHash& asset) override;

private:
    Drawing() = default;
    [[nodiscard]] bool import(const std::string& path, const std::string& linkedImages);

    std::unique_ptr<OpenedFile> m_opened;
    std::unique_ptr<FileImages> m_fileImages;
    SystemRandom m_random;
    std::unique_ptr<document::Document> m_imported;
    const document::Document* m_document = nullptr;
    std::optional<NodeId> m_root;
    std::map<ContentHash, Bytes> m_assets;
    std::map<ContentHash, scene::ImageRef> m_decoded;
};

/// Imports a file of another tool (core/formats/import_file.h) and says on stderr what could not be modelled. Nothing when it cannot; said already.
[[nodiscard]] std::optional<formats::Imported> importedFile(const std::string& path, const std::string& name, const formats::SvgLimits& svg = {});

/// Adds the fonts of a folder, or the bundled ones when it is empty. False when that fails; said on stderr.
[[nodiscard]] bool addFonts(text::FontLibrary& fonts, const std::string& folder);

/// Writes through a temporary file and rename, so that `path` is whole or unchanged. Said on stderr when it fails.
[[nodiscard]] bool writeFile(const std::string& path, ByteView bytes);
/// Whole file, at most `maxBytes`; empty and said when it cannot be read or is larger.
[[nodiscard]] std::optional<Bytes> readFile(const std::string& path, std::size_t maxBytes);

} // namespace tessera::sdk
