#pragma once

#include <string>
#include <vector>

#include <core/base/color.h>
#include <core/base/random.h>

/// The colours of one composition, by role. From the brand's colours when there are any, else from colour and mood
/// words of the prompt, else from the seed. Pure; deterministic for the same random state.
namespace tessera::appliance {

struct Palette {
    Color background;
    Color backgroundEnd;       ///< other end of the background's gradient
    std::vector<Color> shapes; ///< at least 4
    Color text;                ///< WCAG contrast of at least 4.5 to both ends of the background
};

[[nodiscard]] Palette makePalette(const std::vector<Color>& brand, const std::vector<std::string>& words, Random& random);

/// Mixes in OKLab, `t` 0..1.
[[nodiscard]] Color mixed(const Color& a, const Color& b, double t);
/// The same hue with another OKLCH lightness (0..1) and chroma factor, brought into sRGB.
[[nodiscard]] Color withLightness(const Color& color, double lightness, double chromaFactor = 1);
/// The colour itself, or moved towards black or white until its contrast to `background` is at least `ratio`.
[[nodiscard]] Color readableOn(const Color& background, const Color& wanted, double ratio);

} // namespace tessera::appliance
