#include <core/base/color.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <core/base/bytes.h>

namespace tessera {

std::optional<Color> parseHexColor(std::string_view text)
{
    if (text.starts_with('#'))
        text.remove_prefix(1);
    std::string full;
    if (text.size() == 3 || text.size() == 4) {
        for (const char c : text)
            full.append(2, c);
    } else {
        full = text;
    }
    if (full.size() != 6 && full.size() != 8)
        return std::nullopt;
    const auto bytes = fromHex(full);
    if (!bytes)
        return std::nullopt;
    const auto unit = [&](std::size_t i) { return static_cast<float>((*bytes)[i]) / 255.0f; };
    return Color{unit(0), unit(1), unit(2), bytes->size() == 4 ? unit(3) : 1.0f};
}

std::string toHexColor(const Color& color)
{
    const auto byte = [](float v) { return static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0f, 1.0f) * 255)); };
    Bytes bytes{byte(color.r), byte(color.g), byte(color.b)};
    if (byte(color.a) != 255)
        bytes.push_back(byte(color.a));
    std::string text = "#" + toHex(bytes);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

double relativeLuminance(const Color& color)
{
    const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
}

double contrastRatio(const Color& a, const Color& b)
{
    const double la = relativeLuminance(a), lb = relativeLuminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace tessera
