#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <core/base/geometry.h>
#include <core/formats/imported_node.h>

/// Images that stand within a file.
namespace tessera::formats {

struct EmbeddedImage {
    std::string mime; ///< lower case
    Bytes bytes;
};
/// The media type and the bytes of a data URL with base64.
[[nodiscard]] std::optional<EmbeddedImage> embeddedImage(std::string_view href);
[[nodiscard]] Size imageSize(ByteView bytes); ///< from a PNG or JPEG header; 0x0 when unknown
[[nodiscard]] ImportedAsset imageAsset(EmbeddedImage image, Size pixels, const std::string& name);
/// Once each, however often it is used.
void addAsset(Imported& imported, ImportedAsset asset);

} // namespace tessera::formats
