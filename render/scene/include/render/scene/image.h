#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <core/base/hash.h>

/// Pixels as plain data. Images handed around by ImageRef never change. Safe on any thread.
namespace tessera::scene {

/// RGBA, 8 bits each, red first, premultiplied by alpha, sRGB encoded; rows top to bottom.
struct Image {
    int widthPx{};
    int heightPx{};
    int strideBytes{};                ///< 4 * widthPx or more
    std::vector<std::uint8_t> pixels; ///< strideBytes * heightPx

    [[nodiscard]] static Image blank(int widthPx, int heightPx)
    {
        const auto size = static_cast<std::size_t>(widthPx) * static_cast<std::size_t>(heightPx) * 4;
        return {widthPx, heightPx, widthPx * 4, std::vector<std::uint8_t>(size)};
    }
    [[nodiscard]] std::uint8_t* row(int y) { return pixels.data() + static_cast<std::size_t>(y) * strideBytes; }
    [[nodiscard]] const std::uint8_t* row(int y) const
    {
        return pixels.data() + static_cast<std::size_t>(y) * strideBytes;
    }
};

using ImageRef = std::shared_ptr<const Image>;

/// Where decoded images come from. The owner decides about loading, decoding threads and memory.
class ImageSource
{
public:
    virtual ~ImageSource() = default;
    /// Null when the bytes are not here yet or do not decode: a placeholder is drawn until
    /// SceneBuilder::assetArrived(). Called on the scene's thread; must not block.
    [[nodiscard]] virtual ImageRef image(const ContentHash& asset) = 0;
};

/// For documents without images and for tests.
class NoImages final : public ImageSource
{
public:
    [[nodiscard]] ImageRef image(const ContentHash&) override { return nullptr; }
};

} // namespace tessera::scene
