#pragma once

#include <memory>
#include <vector>

#include "face.h"
#include "source_text.h"

namespace tessera::text {

/// Neighbouring units of one style, direction, script and face, shaped together.
struct ShapedGlyph {
    std::uint32_t id{};
    std::uint32_t unit{};  ///< first unit of its cluster
    double advance{};      ///< layout units, letter spacing left out
    Point offset;
};
struct ShapedItem {
    std::uint32_t firstUnit{}, endUnit{};
    std::uint32_t run{};
    std::uint8_t level{};  ///< bidi embedding level; odd: right to left
    std::shared_ptr<const HarfBuzzFace> face;
    std::vector<ShapedGlyph> glyphs; ///< in visual order
};

/// One paragraph, units [first, end), without its end character. Base level: of the first strong character, else 0.
struct ShapedParagraph {
    std::vector<ShapedItem> items; ///< in logical order
    std::uint8_t baseLevel{};
};
[[nodiscard]] ShapedParagraph shapeParagraph(const SourceText& text, const std::vector<Run>& runs, std::uint32_t first,
                                             std::uint32_t end, const FontLibrary& fonts);

/// Sizes that a layout honours: finite, 0..10,000.
[[nodiscard]] double honouredSize(const Style& style);

} // namespace tessera::text
