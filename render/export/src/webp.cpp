#include <webp/decode.h>

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

} // namespace tessera::exports
