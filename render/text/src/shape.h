#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "face.h"
#include "source_text.h"

namespace tessera::text {

/// Neighbouring units of one direction, script and face whose styles shape alike, shaped together.
struct ShapedGlyph {
    std::uint32_t id{};
    std::uint32_t unit{};  ///< first unit of its cluster
    double advance{};      ///< layout units, letter spacing left out
    Point offset;
};
struct ShapedItem {
    std::uint32_t firstUnit{}, endUnit{};
    std::uint32_t run{};   ///< of the first unit; later ones may belong to runs that only look different
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

/// UAX 9, L2: from the highest level to the lowest odd one, reverse every run at that level or above.
template <class Piece>
void reorderVisually(std::vector<Piece>& pieces)
{
    std::uint8_t highest = 0;
    for (const Piece& p : pieces)
        highest = std::max(highest, p.level);
    for (std::uint8_t level = highest; level >= 1; --level) {
        for (std::size_t i = 0; i < pieces.size();) {
            std::size_t j = i;
            while (j < pieces.size() && pieces[j].level >= level)
                ++j;
            std::reverse(pieces.begin() + static_cast<std::ptrdiff_t>(i), pieces.begin() + static_cast<std::ptrdiff_t>(j));
            i = std::max(j, i + 1);
        }
    }
}

/// Height above and below the baseline that a style asks for: half of what the line height adds goes to each side.
struct Extent {
    double above{}, below{};
};
[[nodiscard]] Extent extentOf(const Style& style, const FontLibrary& fonts);

inline constexpr double syntheticSlant = 0.2; ///< of an upright face asked to be italic; about 11°

[[nodiscard]] FaceQuery queryOf(const Style& style);
/// Sizes that a layout honours: finite, 0..10,000.
[[nodiscard]] double honouredSize(const Style& style);

} // namespace tessera::text
