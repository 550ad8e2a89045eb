#include <render/export/preset.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace tessera::exports {

namespace {

struct Ending {
    std::string_view text;
    std::optional<ImageFormat> picture;
};
constexpr std::array endings{Ending{"png", ImageFormat::png}, Ending{"jpg", ImageFormat::jpeg}, Ending{"webp", ImageFormat::webp},
                             Ending{"svg", std::nullopt}};

/// The whole text is the number.
template <class Number> bool readNumber(std::string_view text, Number& out)
{
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

std::string numberText(double value)
{
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), written.ptr};
}

/// Where some file systems give the character a meaning, or forbid it.
bool isRefused(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos; }

} // namespace

std::optional<Preset> parsePreset(std::string_view text)
{
    constexpr double smallest = 0.01, largest = 100;
    constexpr int widest = 16384;
    const std::size_t at = text.find('@');
    const auto ending = std::find_if(endings.begin(), endings.end(), [&](const Ending& e) { return e.text == text.substr(0, at); });
    if (ending == endings.end())
        return std::nullopt;
    Preset preset{ending->picture, 1, std::nullopt};
    if (at == std::string_view::npos)
        return preset;
    const std::string_view size = text.substr(at + 1);
    if (preset.isSvg() || size.empty())
        return std::nullopt;
    if (size.front() == 'w') {
        int width = 0;
        if (!readNumber(size.substr(1), width) || width < 1 || width > widest)
            return std::nullopt;
        preset.widthPx = width;
        return preset;
    }
    const bool isScale = size.back() == 'x' && readNumber(size.substr(0, size.size() - 1), preset.scale);
    if (!isScale || !(preset.scale >= smallest && preset.scale <= largest))
        return std::nullopt;
    return preset;
}

std::string_view extensionOf(const Preset& preset)
{
    return std::find_if(endings.begin(), endings.end(), [&](const Ending& e) { return e.picture == preset.picture; })->text;
}

std::string toText(const Preset& preset)
{
    const std::string format(extensionOf(preset));
    if (preset.widthPx)
        return format + "@w" + std::to_string(*preset.widthPx);
    return preset.scale == 1 ? format : format + "@" + numberText(preset.scale) + "x";
}

std::string fileNameOf(std::string_view nodeName, const Preset& preset)
{
    constexpr std::size_t longest = 160;
    std::string name(nodeName.substr(0, longest));
    while (!name.empty() && nodeName.size() > name.size() && (static_cast<unsigned char>(nodeName[name.size()]) & 0xc0) == 0x80)
        name.pop_back(); // no half characters
    std::replace_if(name.begin(), name.end(), isRefused, '-');
    const std::size_t first = name.find_first_not_of(". ");
    name = first == std::string::npos ? "unnamed" : name.substr(first, name.find_last_not_of(". ") - first + 1);
    if (preset.widthPx)
        name += "-w" + std::to_string(*preset.widthPx);
    else if (preset.scale != 1)
        name += "@" + numberText(preset.scale) + "x";
    return name + "." + std::string(extensionOf(preset));
}

} // namespace tessera::exports
