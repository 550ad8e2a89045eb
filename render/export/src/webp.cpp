#include <algorithm>
#include <memory>

#include <webp/decode.h>
#include <webp/encode.h>

#include <render/export/codecs.h>

#include "premultiply.h"

namespace tessera::exports {

Result<scene::Image, ImageError> decodeWebp(ByteView bytes, const ImageLimits& limits)
{
    WebPBitstreamFeatures features{};
    if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
        return fail(ImageError{ImageErrc::damaged, "webp", "header does not decode"});
    if (features.has_animation)
        return fail(ImageError{ImageErrc::damaged, "webp", "animated images are not read"});
    if (!fits(features.width, features.height, limits))
        return fail(tooLarge("webp", features.width, features.height));
    scene::Image image = scene::Image::blank(features.width, features.height);
    if (!WebPDecodeRGBAInto(bytes.data(), bytes.size(), image.pixels.data(), image.pixels.size(), image.strideBytes))
        return fail(ImageError{ImageErrc::damaged, "webp", "pixels do not decode"});
    premultiply(image);
    return image;
}

Result<Bytes, ImageError> encodeWebp(const scene::Image& image, int quality)
{
    if (image.widthPx < 1 || image.heightPx < 1)
        return fail(ImageError{ImageErrc::emptyImage, "webp", "no pixels"});
    if (std::max(image.widthPx, image.heightPx) > WEBP_MAX_DIMENSION)
        return fail(tooLarge("webp", image.widthPx, image.heightPx));
    const scene::Image plain = unpremultiplied(image);
    std::uint8_t* made = nullptr;
    const std::size_t size = quality >= 100 ? WebPEncodeLosslessRGBA(plain.pixels.data(), plain.widthPx, plain.heightPx, plain.strideBytes, &made)
                                            : WebPEncodeRGBA(plain.pixels.data(), plain.widthPx, plain.heightPx, plain.strideBytes,
                                                             static_cast<float>(std::max(1, quality)), &made);
    const std::unique_ptr<std::uint8_t, decltype(&WebPFree)> owned(made, &WebPFree);
    if (size == 0)
        return fail(ImageError{ImageErrc::codecFailed, "webp", "out of memory"});
    return Bytes(made, made + size);
}

} // namespace tessera::exports
