#include <render/export/codecs.h>

#include <algorithm>

#include <webp/decode.h>

#include "premultiply.h"

namespace tessera::exports {

namespace {

bool startsWith(ByteView bytes, std::string_view magic, std::size_t at = 0)
{
    return bytes.size() >= at + magic.size() && asText(bytes.subspan(at, magic.size())) == magic;
}

std::uint32_t bigEndian(ByteView bytes, std::size_t at, int count)
{
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i)
        value = value << 8 | bytes[at + static_cast<std::size_t>(i)];
    return value;
}

/// Width and height stand in the first start-of-frame segment (T.81, B.2.2).
Result<ImageInfo, ImageError> jpegInfo(ByteView bytes)
{
    std::size_t at = 2;
    while (at + 9 <= bytes.size()) {
        if (bytes[at] != 0xff)
            return fail(ImageError{ImageErrc::damaged, "jpeg", "no marker at byte " + std::to_string(at)});
        const std::uint8_t marker = bytes[at + 1];
        if (marker == 0xff) {
            ++at;
            continue;
        }
        const bool isFrame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (isFrame)
            return ImageInfo{ImageFormat::jpeg, static_cast<int>(bigEndian(bytes, at + 7, 2)),
                             static_cast<int>(bigEndian(bytes, at + 5, 2))};
        at += 2 + std::max(2u, bigEndian(bytes, at + 2, 2));
    }
    return fail(ImageError{ImageErrc::damaged, "jpeg", "no frame header"});
}

Result<ImageInfo, ImageError> infoOf(ByteView bytes)
{
    switch (sniffFormat(bytes)) {
    case ImageFormat::png:
        if (bytes.size() < 24 || !startsWith(bytes, "IHDR", 12))
            return fail(ImageError{ImageErrc::damaged, "png", "no IHDR"});
        return ImageInfo{ImageFormat::png, static_cast<int>(bigEndian(bytes, 16, 4) & 0x7fffffff),
                         static_cast<int>(bigEndian(bytes, 20, 4) & 0x7fffffff)};
    case ImageFormat::jpeg:
        return jpegInfo(bytes);
    case ImageFormat::webp: {
        int width = 0, height = 0;
        if (!WebPGetInfo(bytes.data(), bytes.size(), &width, &height))
            return fail(ImageError{ImageErrc::damaged, "webp", "header does not decode"});
        return ImageInfo{ImageFormat::webp, width, height};
    }
    case ImageFormat::unknown:
        break;
    }
    return fail(ImageError{ImageErrc::unknownFormat, "image", "neither PNG, JPEG nor WebP"});
}

} // namespace

std::string describe(const ImageError& error)
{
    switch (error.code) {
    case ImageErrc::unknownFormat:
        return error.where + ": unknown format: " + error.detail;
    case ImageErrc::damaged:
        return error.where + ": damaged: " + error.detail;
    case ImageErrc::tooLarge:
        return error.where + ": too large: " + error.detail;
    case ImageErrc::emptyImage:
        return error.where + ": empty: " + error.detail;
    case ImageErrc::codecFailed:
        break;
    }
    return error.where + ": codec failed: " + error.detail;
}

ImageFormat sniffFormat(ByteView bytes)
{
    if (startsWith(bytes, "\x89PNG\r\n\x1a\n"))
        return ImageFormat::png;
    if (startsWith(bytes, "\xff\xd8\xff"))
        return ImageFormat::jpeg;
    if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8))
        return ImageFormat::webp;
    return ImageFormat::unknown;
}

std::string_view mimeOf(ImageFormat format)
{
    switch (format) {
    case ImageFormat::png:
        return "image/png";
    case ImageFormat::jpeg:
        return "image/jpeg";
    case ImageFormat::webp:
        return "image/webp";
    case ImageFormat::unknown:
        break;
    }
    return {};
}

Result<ImageInfo, ImageError> readImageInfo(ByteView bytes, const ImageLimits& limits)
{
    TESSERA_TRY(info, infoOf(bytes));
    if (!fits(info.widthPx, info.heightPx, limits))
        return fail(tooLarge("image", info.widthPx, info.heightPx));
    return info;
}

Result<scene::Image, ImageError> decodeImage(ByteView bytes, const ImageLimits& limits)
{
    switch (sniffFormat(bytes)) {
    case ImageFormat::png:
        return decodePng(bytes, limits);
    case ImageFormat::jpeg:
        return decodeJpeg(bytes, limits);
    case ImageFormat::webp:
        return decodeWebp(bytes, limits);
    case ImageFormat::unknown:
        break;
    }
    return fail(ImageError{ImageErrc::unknownFormat, "image", "neither PNG, JPEG nor WebP"});
}

Result<Bytes, ImageError> encodeImage(const scene::Image& image, ImageFormat format, int quality)
{
    switch (format) {
    case ImageFormat::png:
        return encodePng(image);
    case ImageFormat::jpeg:
        return encodeJpeg(image, quality);
    case ImageFormat::webp:
        return encodeWebp(image, quality);
    case ImageFormat::unknown:
        break;
    }
    return fail(ImageError{ImageErrc::unknownFormat, "image", "neither PNG, JPEG nor WebP"});
}

} // namespace tessera::exports
