#include "embedded_image.h"

#include <algorithm>

#include "svg_values.h"

namespace tessera::formats {
namespace {

std::optional<Bytes> decodeBase64(std::string_view text)
{
    std::string url;
    for (const char c : text) {
        if (c == '+')
            url += '-';
        else if (c == '/')
            url += '_';
        else if (c != '=' && c != '\n' && c != '\r' && c != ' ' && c != '\t')
            url += c;
    }
    return fromBase64Url(url);
}

std::uint32_t bigEndian(ByteView bytes, std::size_t at, std::size_t count)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | bytes[at + i];
    return value;
}

} // namespace

Size imageSize(ByteView bytes)
{
    if (bytes.size() >= 24 && asText(bytes.first(8)) == "\x89PNG\r\n\x1a\n")
        return {static_cast<double>(bigEndian(bytes, 16, 4)), static_cast<double>(bigEndian(bytes, 20, 4))};
    if (bytes.size() < 4 || bytes[0] != 0xff || bytes[1] != 0xd8)
        return {};
    for (std::size_t at = 2; at + 9 < bytes.size() && bytes[at] == 0xff;) { // JPEG: walk to the frame header
        const std::uint8_t marker = bytes[at + 1];
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
            return {static_cast<double>(bigEndian(bytes, at + 7, 2)), static_cast<double>(bigEndian(bytes, at + 5, 2))};
        at += 2 + bigEndian(bytes, at + 2, 2);
    }
    return {};
}

std::optional<EmbeddedImage> embeddedImage(std::string_view href)
{
    const std::size_t comma = href.find(',');
    if (!href.starts_with("data:") || comma == std::string_view::npos)
        return std::nullopt;
    const std::string_view head = href.substr(5, comma - 5);
    if (!head.ends_with(";base64"))
        return std::nullopt;
    auto bytes = decodeBase64(href.substr(comma + 1));
    if (!bytes)
        return std::nullopt;
    return EmbeddedImage{lowerCase(trimmed(head.substr(0, head.find(';')))), std::move(*bytes)};
}

ImportedAsset imageAsset(EmbeddedImage image, Size pixels, const std::string& name)
{
    ImportedAsset asset;
    asset.hash = contentHash(image.bytes);
    asset.mime = std::move(image.mime);
    asset.bytes = std::move(image.bytes);
    asset.widthPx = static_cast<std::uint32_t>(pixels.width);
    asset.heightPx = static_cast<std::uint32_t>(pixels.height);
    asset.name = name;
    return asset;
}

void addAsset(Imported& imported, ImportedAsset asset)
{
    const auto isKnown = [&](const ImportedAsset& known) { return known.hash == asset.hash; };
    if (std::none_of(imported.assets.begin(), imported.assets.end(), isKnown))
        imported.assets.push_back(std::move(asset));
}

} // namespace tessera::formats
