#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include <render/scene/image.h>

namespace tessera::strips {

struct ImageLevel {
    scene::ImageRef image;
    double scaleX = 1; ///< pixels of this level per pixel of the original
    double scaleY = 1;
};

/// Reduced copies of images, each half the one before (box filter on premultiplied values), made when first needed and
/// dropped after a number of frames without use.
class ImageLevels
{
public:
    void beginFrame();
    /// The level of which one device pixel spans one to two texels, given how many of the original it spans.
    [[nodiscard]] ImageLevel levelFor(const scene::ImageRef& original, double texelsPerPixel);

private:
    struct Entry {
        std::vector<scene::ImageRef> levels;
        std::uint64_t lastUse{};
    };
    std::unordered_map<scene::ImageRef, Entry> m_entries;
    std::uint64_t m_frame = 0;
};

} // namespace tessera::strips
