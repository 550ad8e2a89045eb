#pragma once

#include <memory>
#include <vector>

#include "shape.h"

namespace tessera::text {

/// Glyphs that belong to one character, or to a ligature's several: what positioned text moves as one.
struct Cluster {
    std::uint32_t unit{}, endUnit{};
    std::uint32_t run{};
    std::shared_ptr<const HarfBuzzFace> face;
    std::vector<ShapedGlyph> glyphs; ///< left to right
    double width{};                  ///< as shaped
    double advance{};                ///< to the next one; begins as the width
    double stretch = 1;              ///< of the glyphs; the advance has it already
    bool rightToLeft = false;
};

/// All clusters from left to right (UAX 9, L2).
[[nodiscard]] std::vector<Cluster> visualClusters(const ShapedParagraph& paragraph, const SourceText& text);

/// Letter spacing between clusters, not after the last and not in cursive scripts; word spacing after spaces.
void applySpacing(std::vector<Cluster>& clusters, const SourceText& text, const std::vector<Run>& runs);
/// Run::fit; what it stretches loses its spacing.
void applyFit(std::vector<Cluster>& clusters, const std::vector<Run>& runs);

} // namespace tessera::text
