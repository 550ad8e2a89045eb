#pragma once

#include <string>

#include <render/scene/image.h>

/// One reference picture per scene, for every back end. Test code only.
namespace tessera::testing {

struct Difference {
    int largest = 0;       ///< over all channels of all pixels, 0..255
    double mean = 0;       ///< per channel
    long pixelsOver = 0;   ///< pixels with a channel above the tolerance
};
/// Sizes must be equal; others differ by 255 everywhere.
[[nodiscard]] Difference compare(const scene::Image& a, const scene::Image& b, int tolerance);

struct Tolerance {
    int channel = 1;       ///< a pixel differs when any premultiplied channel does by more
    long pixels = 0;       ///< how many may differ
};
/// Empty when the picture equals tests/render/reference/<name>.png. Otherwise what differs; the picture, and the
/// difference times 8, then lie in <build>/render-failures. With TESSERA_UPDATE_REFERENCES=1 the reference is
/// written instead: only the CPU test's picture should be.
[[nodiscard]] std::string checkAgainstReference(const std::string& name, const scene::Image& picture,
                                                const Tolerance& tolerance);

} // namespace tessera::testing
