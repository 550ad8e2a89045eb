#include "picture.h"

#include <algorithm>
#include <cmath>

#include <render/export/codecs.h>

namespace tessera::appliance {
namespace {

/// diffusers: clamp(x/2 + 0.5) * 255, halves to even. What is not a number is black.
std::uint8_t toByte(float value)
{
    const float scaled = std::clamp(std::isfinite(value) ? value / 2 + 0.5F : 0.0F, 0.0F, 1.0F) * 255;
    return static_cast<std::uint8_t>(std::nearbyint(scaled));
}

Bytes encoded(const scene::Image& image)
{
    auto png = exports::encodePng(image);
    return png ? std::move(*png) : Bytes();
}

} // namespace

Bytes pictureToPng(const std::vector<float>& planes, int planeWidth, int planeHeight, int width, int height)
{
    scene::Image image = scene::Image::blank(width, height);
    const int left = (planeWidth - width) / 2, top = (planeHeight - height) / 2;
    const auto planeSize = static_cast<std::size_t>(planeWidth) * static_cast<std::size_t>(planeHeight);
    for (int y = 0; y < height; ++y) {
        std::uint8_t* row = image.row(y);
        for (int x = 0; x < width; ++x) {
            const std::size_t at = static_cast<std::size_t>(top + y) * static_cast<std::size_t>(planeWidth) + static_cast<std::size_t>(left + x);
            for (std::size_t k = 0; k < 3; ++k)
                row[4 * x + static_cast<int>(k)] = toByte(planes[k * planeSize + at]);
            row[4 * x + 3] = 255;
        }
    }
    return encoded(image);
}

Bytes latentToPng(const std::vector<float>& latent, int width, int height, const ModelFolder& model)
{
    const auto planeSize = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    std::vector<float> planes(3 * planeSize);
    for (std::size_t channel = 0; channel < model.latentRgb.size(); ++channel) {
        for (std::size_t k = 0; k < 3; ++k) {
            const float factor = model.latentRgb[channel][k];
            for (std::size_t i = 0; i < planeSize; ++i)
                planes[k * planeSize + i] += factor * latent[channel * planeSize + i];
        }
    }
    return pictureToPng(planes, width, height, width, height);
}

} // namespace tessera::appliance
