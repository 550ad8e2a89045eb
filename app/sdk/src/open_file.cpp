#include "open_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <render/export/codecs.h>

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
    auto decoded = exports::decodeImage((*blob)->data);
    if (!decoded) {
        complain("image " + asset.hex + ": " + exports::describe(decoded.error()));
        return slot;
    }
    slot = std::make_shared<scene::Image>(std::move(decoded).value());
    return slot;
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
