#include "open_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <render/export/codecs.h>
#include <render/text/font_files.h>

#include "commands.h"

namespace tessera::sdk {

std::unique_ptr<OpenedFile> openForReading(const std::string& path)
{
    auto file = storage::TesseraFile::open(path, storage::OpenMode::readOnly);
    if (!file) {
        complain(storage::describe(file.error()));
        return nullptr;
    }
    auto opened = std::make_unique<OpenedFile>();
    opened->file = std::move(file).value();
    if (const auto& recovery = opened->file->recovery()) {
        for (const std::string& line : recovery->repaired)
            complain(path + ": repaired: " + line);
        for (const std::string& line : recovery->lost)
            complain(path + ": lost: " + line);
    }
    opened->document = std::make_unique<document::Document>(opened->random);
    const auto skipped = opened->file->loadInto(opened->document->crdt());
    if (!skipped) {
        complain(storage::describe(skipped.error()));
        return nullptr;
    }
    for (const std::string& line : *skipped)
        complain(path + ": skipped: " + line);
    return opened;
}

namespace {

/// A file below `root`, links resolved; nothing, without a word, when it is elsewhere or not there.
std::optional<Bytes> readBelow(const std::filesystem::path& root, const std::filesystem::path& file)
{
    std::error_code error;
    const auto top = std::filesystem::canonical(root, error);
    const auto real = error ? std::filesystem::path() : std::filesystem::canonical(file, error);
    if (error || !std::filesystem::is_regular_file(real, error))
        return std::nullopt;
    const bool isBelow = std::mismatch(top.begin(), top.end(), real.begin(), real.end()).first == top.end();
    return isBelow ? readFile(real.string(), std::size_t{64} << 20) : std::nullopt;
}

/// Null, and said, when the bytes are no picture.
scene::ImageRef decoded(const ContentHash& asset, ByteView bytes)
{
    auto image = exports::decodeImage(bytes);
    if (!image) {
        complain("image " + asset.hex + ": " + exports::describe(image.error()));
        return nullptr;
    }
    return std::make_shared<scene::Image>(std::move(image).value());
}

} // namespace

std::unique_ptr<Drawing> Drawing::open(const std::string& path, const std::string& linkedImages)
{
    std::unique_ptr<Drawing> drawing(new Drawing);
    if (formats::importFormatOf(path))
        return drawing->import(path, linkedImages) ? std::move(drawing) : nullptr;
    drawing->m_opened = openForReading(path);
    if (!drawing->m_opened)
        return nullptr;
    drawing->m_fileImages = std::make_unique<FileImages>(*drawing->m_opened->file);
    drawing->m_document = drawing->m_opened->document.get();
    return drawing;
}

bool Drawing::import(const std::string& path, const std::string& linkedImages)
{
    formats::SvgLimits limits;
    if (!linkedImages.empty()) {
        limits.linkedImage = [folder = std::filesystem::path(path).parent_path(), &linkedImages](std::string_view href) {
            return readBelow(linkedImages, folder / std::filesystem::path(href));
        };
    }
    const std::string stem = std::filesystem::path(path).stem().string();
    const auto imported = importedFile(path, stem, limits);
    if (!imported)
        return false;
    m_imported = document::Document::createBlank(m_random, stem);
    const auto commands = formats::toCommands(*imported, {m_imported->tree().pages.front(), std::nullopt}, m_random);
    m_root = std::get<document::CreateNode>(commands.front()).id;
    if (const auto applied = document::apply(*m_imported, commands, "import"); !applied) {
        complain(path + ": " + document::describe(applied.error()));
        return false;
    }
    for (const auto& asset : imported->assets)
        m_assets.emplace(asset.hash, asset.bytes);
    m_document = m_imported.get();
    return true;
}

scene::ImageRef Drawing::image(const ContentHash& asset)
{
    if (m_fileImages)
        return m_fileImages->image(asset);
    const auto found = m_assets.find(asset);
    if (found == m_assets.end())
        return nullptr;
    const auto [slot, isNew] = m_decoded.try_emplace(asset);
    if (isNew)
        slot->second = decoded(asset, found->second);
    return slot->second;
}

std::optional<Bytes> Drawing::bytes(const ContentHash& asset)
{
    if (m_opened) {
        const auto blob = m_opened->file->getBlob(asset);
        if (!blob)
            complain(storage::describe(blob.error()));
        return blob && blob->has_value() ? std::optional((*blob)->data) : std::nullopt;
    }
    const auto found = m_assets.find(asset);
    return found == m_assets.end() ? std::nullopt : std::optional(found->second);
}

scene::ImageRef FileImages::image(const ContentHash& asset)
{
    if (const auto known = m_decoded.find(asset); known != m_decoded.end())
        return known->second;
    scene::ImageRef& slot = m_decoded[asset];
    const auto blob = m_file.getBlob(asset);
    if (!blob) {
        complain(storage::describe(blob.error()));
        return slot;
    }
    if (!blob->has_value()) {
        complain("image " + asset.hex + " is not in this file; a placeholder is drawn");
        return slot;
    }
    return slot = decoded(asset, (*blob)->data);
}

std::optional<formats::Imported> importedFile(const std::string& path, const std::string& name, const formats::SvgLimits& svg)
{
    const formats::ImportFormat* format = formats::importFormatOf(path);
    const auto bytes = readFile(path, format ? format->maxBytes : 0);
    if (!bytes)
        return std::nullopt;
    auto imported = formats::importFile(*bytes, path, name, svg);
    if (!imported) {
        complain(path + ": " + formats::describe(imported.error()));
        return std::nullopt;
    }
    for (const formats::ImportNotice& notice : imported->notices)
        complain(path + ":" + (notice.offset > 0 ? "" : " ") + formats::describe(notice));
    return std::move(imported).value();
}

bool addFonts(text::FontLibrary& fonts, const std::string& folder)
{
    const auto added = folder.empty() ? text::addBundledFonts(fonts) : text::addFontFolder(fonts, folder);
    if (!added)
        complain("fonts: " + added.error().where + ": " + added.error().detail);
    return added.hasValue();
}

bool writeFile(const std::string& path, ByteView bytes)
{
    const std::string temporary = path + ".part";
    {
        std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
        stream.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        stream.flush();
        if (!stream) {
            complain(path + ": cannot be written: " + std::strerror(errno));
            std::remove(temporary.c_str());
            return false;
        }
    }
    std::error_code error;
    std::filesystem::rename(temporary, path, error);
    if (error)
        complain(path + ": cannot be written: " + error.message());
    return !error;
}

std::optional<Bytes> readFile(const std::string& path, std::size_t maxBytes)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) {
        complain(path + ": " + error.message());
        return std::nullopt;
    }
    if (size > maxBytes) {
        complain(path + ": " + std::to_string(size) + " bytes; at most " + std::to_string(maxBytes) + " are read");
        return std::nullopt;
    }
    std::ifstream stream(path, std::ios::binary);
    Bytes bytes(size);
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!stream) {
        complain(path + ": cannot be read: " + std::strerror(errno));
        return std::nullopt;
    }
    return bytes;
}

} // namespace tessera::sdk
