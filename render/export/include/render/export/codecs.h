#pragma once

#include <cstdint>
#include <string>

#include <core/base/bytes.h>
#include <core/base/result.h>
#include <render/scene/image.h>

/// PNG, JPEG and WebP bytes to pixels and back. Inputs are hostile: sizes are checked against the limits before
/// anything is allocated. Pure; safe on any thread.
namespace tessera::exports {

enum class ImageErrc : std::uint8_t {
    unknownFormat = 1, ///< not one of the formats by its first bytes
    damaged = 2,       ///< the codec's own words are in `detail`
    tooLarge = 3,      ///< width, height or pixel count over the limits
    emptyImage = 4,    ///< nothing to encode
    codecFailed = 5,   ///< out of memory and the like
};
/// `where` names the format.
using ImageError = ErrorOf<ImageErrc>;
[[nodiscard]] std::string describe(const ImageError& error);

struct ImageLimits {
    int maxSidePx = 16384;
    std::int64_t maxPixels = 64'000'000;
};

enum class ImageFormat : std::uint8_t { unknown, png, jpeg, webp };
/// By the first bytes, never by a name.
[[nodiscard]] ImageFormat sniffFormat(ByteView bytes);
/// "image/png" and so on; empty for unknown.
[[nodiscard]] std::string_view mimeOf(ImageFormat format);

struct ImageInfo {
    ImageFormat format = ImageFormat::unknown;
    int widthPx{};
    int heightPx{};
};
/// From the header alone.
Result<ImageInfo, ImageError> readImageInfo(ByteView bytes, const ImageLimits& limits = {});

/// Any of the three formats. Colour profiles are not applied yet: values are taken as sRGB.
Result<scene::Image, ImageError> decodeImage(ByteView bytes, const ImageLimits& limits = {});
Result<scene::Image, ImageError> decodePng(ByteView bytes, const ImageLimits& limits = {});
Result<scene::Image, ImageError> decodeJpeg(ByteView bytes, const ImageLimits& limits = {});
Result<scene::Image, ImageError> decodeWebp(ByteView bytes, const ImageLimits& limits = {});

/// RGBA PNG, unpremultiplied, with an sRGB chunk. The same image gives the same bytes, here and below.
Result<Bytes, ImageError> encodePng(const scene::Image& image);
/// `quality` 1..100; from 90 on colours have as many samples as brightness. JPEG has no transparency: what is behind is white.
Result<Bytes, ImageError> encodeJpeg(const scene::Image& image, int quality = 90);
/// `quality` 1..100; 100 keeps every pixel that is not fully transparent. At most 16383 px a side.
Result<Bytes, ImageError> encodeWebp(const scene::Image& image, int quality = 90);
/// By the format; PNG has no quality. Errors: unknownFormat as well.
Result<Bytes, ImageError> encodeImage(const scene::Image& image, ImageFormat format, int quality = 90);

} // namespace tessera::exports
