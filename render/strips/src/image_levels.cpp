#include "image_levels.h"

#include <algorithm>
#include <cmath>

namespace tessera::strips {

namespace {

constexpr std::uint64_t framesKept = 120;

scene::ImageRef halved(const scene::Image& from)
{
    const int width = std::max(1, from.widthPx / 2), height = std::max(1, from.heightPx / 2);
    auto to = std::make_shared<scene::Image>(scene::Image::blank(width, height));
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* upper = from.row(std::min(2 * y, from.heightPx - 1));
        const std::uint8_t* lower = from.row(std::min(2 * y + 1, from.heightPx - 1));
        std::uint8_t* out = to->row(y);
        for (int x = 0; x < width; ++x) {
            const std::size_t left = static_cast<std::size_t>(std::min(2 * x, from.widthPx - 1)) * 4;
            const std::size_t right = static_cast<std::size_t>(std::min(2 * x + 1, from.widthPx - 1)) * 4;
            for (std::size_t c = 0; c < 4; ++c)
                out[static_cast<std::size_t>(x) * 4 + c] = static_cast<std::uint8_t>(
                    (upper[left + c] + upper[right + c] + lower[left + c] + lower[right + c] + 2) / 4);
        }
    }
    return to;
}

} // namespace

void ImageLevels::beginFrame()
{
    ++m_frame;
    std::erase_if(m_entries, [this](const auto& entry) { return m_frame - entry.second.lastUse > framesKept; });
}

ImageLevel ImageLevels::levelFor(const scene::ImageRef& original, double texelsPerPixel)
{
    const double wanted = std::isfinite(texelsPerPixel) ? std::clamp(std::floor(std::log2(texelsPerPixel)), 0.0, 30.0) : 30.0;
    if (wanted == 0)
        return {original};
    Entry& entry = m_entries[original];
    entry.lastUse = m_frame;
    if (entry.levels.empty())
        entry.levels.push_back(original);
    while (entry.levels.size() <= static_cast<std::size_t>(wanted) &&
           (entry.levels.back()->widthPx > 1 || entry.levels.back()->heightPx > 1))
        entry.levels.push_back(halved(*entry.levels.back()));
    const auto& image = entry.levels[std::min(static_cast<std::size_t>(wanted), entry.levels.size() - 1)];
    return {image, static_cast<double>(image->widthPx) / original->widthPx,
            static_cast<double>(image->heightPx) / original->heightPx};
}

} // namespace tessera::strips
