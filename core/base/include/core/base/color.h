#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Unpremultiplied sRGB colour, components 0..1 (gamma encoded). Pure; safe on any thread.
namespace tessera {

struct Color {
    float r{};
    float g{};
    float b{};
    float a = 1;
    friend bool operator==(const Color&, const Color&) = default;
};

/// #rgb, #rgba, #rrggbb and #rrggbbaa, the # optional, any case.
[[nodiscard]] std::optional<Color> parseHexColor(std::string_view text);
/// #RRGGBB, or #RRGGBBAA when not opaque.
[[nodiscard]] std::string toHexColor(const Color& color);
/// WCAG 2 relative luminance of the opaque colour, 0..1.
[[nodiscard]] double relativeLuminance(const Color& color);
/// WCAG 2 contrast ratio, 1..21.
[[nodiscard]] double contrastRatio(const Color& a, const Color& b);

} // namespace tessera
