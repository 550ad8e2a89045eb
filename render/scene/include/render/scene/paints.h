#pragma once

#include <optional>
#include <vector>

#include <core/document/node.h>
#include <render/scene/display_list.h>
#include <render/text/layout.h>

/// From the document's words to the display list's. Pure.
namespace tessera::scene {

/// Where the pictures come from that paints repeat.
class PatternSource
{
public:
    virtual ~PatternSource() = default;
    /// What is below the node, in the node's coordinates; null when there is none or it is inside itself.
    [[nodiscard]] virtual std::shared_ptr<const DisplayList> pattern(const NodeId& node) = 0;
};

/// The paint of a fill or stroke over a node's box; empty when it paints nothing. A missing image is a grey.
[[nodiscard]] std::optional<Paint> toPaint(const document::Paint& paint, Size box, ImageSource& images, PatternSource& patterns);
[[nodiscard]] std::optional<Paint> toPaint(const document::Paint& paint, const Rect& box, ImageSource& images, PatternSource& patterns);
/// Places an image in a box. Tiles are one document px per image pixel.
[[nodiscard]] Paint imagePaint(ImageRef image, document::ImageFit fit, Size box, double opacity);
/// Stops sorted, offsets within 0..1; at least one.
[[nodiscard]] Gradient toGradient(GradientKind kind, std::vector<GradientStop> stops, const Transform& toLocal);
[[nodiscard]] std::optional<GradientKind> gradientKind(document::PaintKind kind); ///< empty for other paints

/// One glyph run per stretch of text that shares a style run, in the layout's space; `paints` by style run.
[[nodiscard]] std::vector<GlyphRun> glyphRuns(const text::Layout& layout, const std::vector<Paint>& paints);
/// Contains the ink of the run: boxes of the outlines.
[[nodiscard]] Rect inkBounds(const GlyphRun& run);

[[nodiscard]] text::Style toTextStyle(const document::TextStyle& style);

} // namespace tessera::scene
