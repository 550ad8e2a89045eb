#include <cassert>

#include <render/export/codecs.h>

/// decodeImage on any bytes: an error, or an image that fits its limits and is validly premultiplied; a PNG written from
/// it reads back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace tessera::exports;
    const ImageLimits limits{512, 100'000};
    (void)readImageInfo({data, size}, limits);
    const auto decoded = decodeImage({data, size}, limits);
    if (!decoded) {
        assert(!decoded.error().where.empty());
        return 0;
    }
    const tessera::scene::Image& image = decoded.value();
    assert(image.widthPx <= limits.maxSidePx && image.heightPx <= limits.maxSidePx);
    for (std::size_t i = 0; i < image.pixels.size(); i += 4) {
        for (std::size_t c = 0; c < 3; ++c)
            assert(image.pixels[i + c] <= image.pixels[i + 3]);
    }
    const auto png = encodePng(image);
    assert(png && decodePng(png.value(), limits));
    return 0;
}
