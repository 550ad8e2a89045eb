#include "svg_reader.h"

#include <algorithm>

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

/// Adds the picture of a data: URL to the assets.
std::optional<SvgReader::EmbeddedImage> SvgReader::embedImage(std::string_view href, const std::string& name)
{
    const std::size_t comma = href.find(',');
    if (!href.starts_with("data:image/") || comma == std::string_view::npos || !href.substr(0, comma).ends_with(";base64"))
        return std::nullopt;
    const auto bytes = decodeBase64(href.substr(comma + 1));
    const Size pixels = bytes ? imageSize(*bytes) : Size{};
    if (!bytes || !(pixels.width > 0) || !(pixels.height > 0))
        return std::nullopt;
    ImportedAsset asset;
    asset.hash = contentHash(*bytes);
    asset.mime = std::string(href.substr(5, href.find(';') - 5));
    asset.bytes = *bytes;
    asset.widthPx = static_cast<std::uint32_t>(pixels.width);
    asset.heightPx = static_cast<std::uint32_t>(pixels.height);
    asset.name = name;
    EmbeddedImage image{asset.hash, pixels};
    if (std::none_of(m_result.assets.begin(), m_result.assets.end(), [&](const ImportedAsset& known) { return known.hash == asset.hash; }))
        m_result.assets.push_back(std::move(asset));
    return image;
}

void SvgReader::readImage(pugi::xml_node element, const Style& style, const Transform& transform, const Context& context, std::vector<ImportedNode>& out)
{
    const auto plain = element.attribute("href");
    const std::string_view href = plain ? plain.value() : element.attribute("xlink:href").value();
    const auto image = embedImage(href, nameOf(element));
    if (!image) {
        keepRaw(element, context, href.starts_with("data:image/") ? "embedded image is not a PNG or JPEG" : "linked images are never fetched", out);
        return;
    }
    const Size pixels = image->pixels;
    ImportedNode node;
    node.type = document::NodeType::image;
    node.name = nameOf(element);
    const Point at{parseLength(element.attribute("x").value(), context.viewBox.width).value_or(0), parseLength(element.attribute("y").value(), context.viewBox.height).value_or(0)};
    const Size size{parseLength(element.attribute("width").value(), context.viewBox.width).value_or(pixels.width),
                    parseLength(element.attribute("height").value(), context.viewBox.height).value_or(pixels.height)};
    if (const Transform xf = transform * Transform::translation(at.x, at.y); !xf.isIdentity())
        node.properties.emplace_back("xf", document::toAny(xf));
    node.properties.emplace_back("size", document::toAny(size));
    node.properties.emplace_back("asset", image->hash.hex);
    const std::string_view aspect = element.attribute("preserveAspectRatio").value();
    node.properties.emplace_back("fit", aspect.starts_with("none") ? "stretch" : aspect.find("slice") != std::string_view::npos ? "fill" : "fit");
    if (const double opacity = std::clamp(style.number("opacity", 1), 0.0, 1.0); opacity < 1)
        node.properties.emplace_back("op", document::rounded(opacity));
    out.push_back(std::move(node));
}

} // namespace tessera::formats
