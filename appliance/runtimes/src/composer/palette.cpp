#include "palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>

namespace tessera::appliance {
namespace {

struct Lch {
    double lightness;
    double chroma;
    double hueRadians;
};

double linear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }
double encoded(double c) { return c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1 / 2.4) - 0.055; }

/// OKLab, Bjoern Ottosson 2020.
std::array<double, 3> toOklab(const Color& color)
{
    const double r = linear(color.r), g = linear(color.g), b = linear(color.b);
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

Color fromOklab(const std::array<double, 3>& lab)
{
    const double l = std::pow(lab[0] + 0.3963377774 * lab[1] + 0.2158037573 * lab[2], 3);
    const double m = std::pow(lab[0] - 0.1055613458 * lab[1] - 0.0638541728 * lab[2], 3);
    const double s = std::pow(lab[0] - 0.0894841775 * lab[1] - 1.2914855480 * lab[2], 3);
    const auto channel = [](double value) {
        // 1/255 steps: layers keep colours that a hex field shows exactly.
        return static_cast<float>(std::round(encoded(std::clamp(value, 0.0, 1.0)) * 255) / 255);
    };
    return {channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

Lch toLch(const Color& color)
{
    const auto lab = toOklab(color);
    return {lab[0], std::hypot(lab[1], lab[2]), std::atan2(lab[2], lab[1])};
}

Color fromLch(const Lch& lch)
{
    return fromOklab({lch.lightness, lch.chroma * std::cos(lch.hueRadians), lch.chroma * std::sin(lch.hueRadians)});
}

struct Mood {
    std::string_view word;
    std::string_view colors[4]; ///< background first
};

constexpr Mood moods[] = {
    {"ocean", {"#0b2545", "#13a89e", "#8ecae6", "#ffb703"}},   {"sea", {"#0b2545", "#13a89e", "#8ecae6", "#ffb703"}},
    {"sunset", {"#3d1e6d", "#f25f5c", "#ffb347", "#ffe066"}},  {"sunrise", {"#fff1e0", "#ff9770", "#ffd670", "#e9547d"}},
    {"forest", {"#10302a", "#3a7d44", "#9dc08b", "#f2e8cf"}},  {"nature", {"#f3f7ec", "#3a7d44", "#9dc08b", "#e09f3e"}},
    {"night", {"#0d1026", "#3a3f8f", "#7d6bd6", "#f5d547"}},   {"space", {"#0d1026", "#3a3f8f", "#c86bd6", "#f5d547"}},
    {"jazz", {"#1b1b2f", "#e43f5a", "#f2b134", "#4ea5d9"}},    {"summer", {"#fff4d6", "#ff7a59", "#ffce54", "#2bb3c0"}},
    {"winter", {"#eaf3fa", "#5b8db8", "#a7c7e7", "#2e4a7d"}},  {"spring", {"#f4faf0", "#f49ac2", "#9bd770", "#ffd166"}},
    {"autumn", {"#fbf1e3", "#b5532a", "#e09f3e", "#6a4c2f"}},  {"coffee", {"#f4ece1", "#6f4e37", "#c08552", "#2f1b12"}},
    {"tech", {"#0e1420", "#2f6bff", "#22d3ee", "#e5e9f2"}},    {"retro", {"#f6e7c1", "#d1495b", "#edae49", "#00798c"}},
    {"luxury", {"#17140f", "#c9a227", "#7d6b3d", "#f4ecd8"}},  {"party", {"#2b0a3d", "#ff3d81", "#ffd23f", "#3bceac"}},
    {"music", {"#1b1b2f", "#e43f5a", "#f2b134", "#4ea5d9"}},   {"festival", {"#2b0a3d", "#ff3d81", "#ffd23f", "#3bceac"}},
    {"red", {"#fbefed", "#d62839", "#ff8c8c", "#2b2d42"}},     {"orange", {"#fff3e6", "#f77f00", "#fcbf49", "#3d2c1e"}},
    {"yellow", {"#fffbe6", "#ffc300", "#ffdd57", "#3a3326"}},  {"green", {"#eef7ee", "#2d9d5a", "#9ad1a5", "#163a2a"}},
    {"teal", {"#e8f6f5", "#0f8b8d", "#7fd1ca", "#143642"}},    {"blue", {"#eaf2fd", "#1d5fd0", "#8ab6f9", "#0f254d"}},
    {"purple", {"#f4eefb", "#7b3fc4", "#c3a3ea", "#2a174a"}},  {"pink", {"#fdeef4", "#e0488b", "#f7a8c8", "#4a1530"}},
    {"dark", {"#14161b", "#5566ff", "#2dd4bf", "#f5b83d"}},    {"minimal", {"#f6f5f2", "#22252b", "#b8b4aa", "#e4572e"}},
};

std::vector<Color> fromWords(const std::vector<std::string>& words)
{
    for (const std::string& word : words) {
        for (const Mood& mood : moods) {
            if (word != mood.word)
                continue;
            std::vector<Color> colors;
            for (const std::string_view hex : mood.colors)
                colors.push_back(*parseHexColor(hex));
            return colors;
        }
    }
    return {};
}

std::vector<Color> fromSeed(Random& random)
{
    const double hue = random.unit() * 2 * std::numbers::pi;
    const double spread = random.below(2) == 0 ? 0.55 : 2.1; // neighbours, or a triad
    const bool dark = random.below(2) == 0;
    return {fromLch({dark ? 0.23 : 0.96, dark ? 0.06 : 0.02, hue}), fromLch({0.62, 0.17, hue}),
            fromLch({0.74, 0.14, hue + spread}), fromLch({0.8, 0.13, hue - spread})};
}

} // namespace

Color mixed(const Color& a, const Color& b, double t)
{
    const auto x = toOklab(a), y = toOklab(b);
    return fromOklab({x[0] + (y[0] - x[0]) * t, x[1] + (y[1] - x[1]) * t, x[2] + (y[2] - x[2]) * t});
}

Color withLightness(const Color& color, double lightness, double chromaFactor)
{
    Lch lch = toLch(color);
    lch.lightness = std::clamp(lightness, 0.0, 1.0);
    lch.chroma *= chromaFactor;
    return fromLch(lch);
}

Color readableOn(const Color& background, const Color& wanted, double ratio)
{
    if (contrastRatio(background, wanted) >= ratio)
        return wanted;
    const Color black{0, 0, 0, 1}, white{1, 1, 1, 1};
    const Color& end = contrastRatio(background, black) > contrastRatio(background, white) ? black : white;
    for (int i = 1; i < 20; ++i) {
        const Color candidate = mixed(wanted, end, i / 20.0);
        if (contrastRatio(background, candidate) >= ratio)
            return candidate;
    }
    return end;
}

Palette makePalette(const std::vector<Color>& brand, const std::vector<std::string>& words, Random& random)
{
    std::vector<Color> base;
    for (const Color& color : brand)
        base.push_back({color.r, color.g, color.b, 1});
    // A mood's first colour is its background; a brand's may be any of them.
    const bool firstIsGround = base.empty();
    if (base.empty())
        base = fromWords(words);
    if (base.empty())
        base = fromSeed(random);
    if (base.size() == 1)
        base.insert(base.begin(), withLightness(base[0], random.below(2) == 0 ? 0.95 : 0.22, 0.4));

    // The background is the lightest or the darkest colour: whatever lies on it can be told apart.
    const auto lighter = [](const Color& a, const Color& b) { return toLch(a).lightness < toLch(b).lightness; };
    const auto [darkest, lightest] = std::minmax_element(base.begin(), base.end(), lighter);
    const double darkness = toLch(*darkest).lightness, light = toLch(*lightest).lightness;
    const bool onDark = firstIsGround ? toLch(base[0]).lightness < 0.5 : darkness < 0.45 && (light < 0.85 || random.below(2) == 0);
    const auto chosen = firstIsGround ? base.begin() : onDark ? darkest : lightest;
    const Color ground = *chosen;
    base.erase(chosen);

    Palette palette;
    palette.background = onDark ? withLightness(ground, std::min(darkness, 0.3)) : withLightness(ground, std::max(light, 0.93), 0.6);
    palette.backgroundEnd = onDark ? mixed(palette.background, base[0], 0.22) : mixed(palette.background, base[0], 0.16);
    palette.shapes = base;
    for (std::size_t i = 0; palette.shapes.size() < 4; ++i) {
        const Lch lch = toLch(base[i % base.size()]);
        palette.shapes.push_back(fromLch({std::clamp(lch.lightness + (i % 2 == 0 ? 0.14 : -0.14), 0.25, 0.9),
                                          lch.chroma * 0.85, lch.hueRadians + (i % 2 == 0 ? 0.25 : -0.35)}));
    }
    for (Color& shape : palette.shapes)
        shape = readableOn(palette.background, shape, 1.25);
    const Color wanted = withLightness(ground, onDark ? 0.98 : 0.2, onDark ? 0.2 : 0.8);
    palette.text = readableOn(palette.backgroundEnd, readableOn(palette.background, wanted, 4.5), 4.5);
    return palette;
}

} // namespace tessera::appliance
