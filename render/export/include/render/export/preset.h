#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <render/export/codecs.h>

/// How a node is written as a file, in a few letters, so that people can type it and documents can keep it. Pure.
namespace tessera::exports {

/// `format`, `format@2x` (device px per document px) or `format@w800` (a picture 800 px wide); format: png, jpg, webp or svg.
struct Preset {
    std::optional<ImageFormat> picture = ImageFormat::png; ///< absent: SVG
    double scale = 1;                                      ///< 0.01 .. 100
    std::optional<int> widthPx;                            ///< in place of scale; 1 .. 16384

    [[nodiscard]] bool isSvg() const { return !picture; }
    friend bool operator==(const Preset&, const Preset&) = default;
};

/// Empty when it is none. SVG takes no size.
[[nodiscard]] std::optional<Preset> parsePreset(std::string_view text);
/// What parsePreset reads.
[[nodiscard]] std::string toText(const Preset& preset);
/// png, jpg, webp or svg.
[[nodiscard]] std::string_view extensionOf(const Preset& preset);
/// A file name for a node of that name: characters that some file system refuses become "-", "@2x" or "-w800" tells sizes
/// apart. Never empty, never more than 200 bytes and an ending.
[[nodiscard]] std::string fileNameOf(std::string_view nodeName, const Preset& preset);

} // namespace tessera::exports
