#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/base/ids.h>
#include <core/base/path.h>
#include <core/document/node.h>
#include <render/scene/image.h>

/// What is drawn, in paint order, as pure data: the one input of every back end. Items own nothing that changes, so a
/// list may go to a worker thread. Page space is document px; local space is the item's own, mapped by `toPage`.
namespace tessera::scene {

using PathRef = std::shared_ptr<const Path>;
using document::FillRule;
using document::GradientStop;
using document::StrokeStyle;

enum class GradientKind : std::uint8_t { linear, radial };

/// Colour at position t, 0..1 after clamping: stops sorted by offset, interpolated unpremultiplied. Gradient space is
/// the unit square: t = x of a linear one, t = 2 * distance from (0.5, 0.5) of a radial one.
struct Gradient {
    GradientKind kind = GradientKind::linear;
    std::vector<GradientStop> stops; ///< at least one, offsets ascending within 0..1
    Transform toLocal;               ///< gradient space to local space
};

enum class TileMode : std::uint8_t { clamp, repeat };

struct ImageFill {
    ImageRef image;     ///< never null
    Transform toLocal;  ///< image pixels ((0,0) the top left corner of the first one) to local space
    TileMode tile = TileMode::clamp;
    Rect area;          ///< local space; nothing is painted outside (letterboxes of ImageFit::fit)
};

/// `opacity` multiplies what the source says.
struct Paint {
    std::variant<Color, std::shared_ptr<const Gradient>, std::shared_ptr<const ImageFill>> source = Color{};
    double opacity = 1;
};

struct FillPath {
    PathRef path;
    FillRule rule = FillRule::nonzero;
    Paint paint;
};
/// Stroke geometry is made in local space and then mapped, so a skewed node has a skewed stroke. Inside and outside
/// alignment count for closed subpaths under `rule`; open ones are centred.
struct StrokePath {
    PathRef path;
    FillRule rule = FillRule::nonzero;
    StrokeStyle style;
    Paint paint;
};
/// Outlines share their font's cache: 1 unit is 1 em, y down, origin on the baseline.
struct PlacedGlyph {
    PathRef outline;
    Point at;          ///< local space
    double size{};     ///< em in local units
    double slant{};    ///< x shift per unit of height: synthetic italics
};
struct GlyphRun {
    std::vector<PlacedGlyph> glyphs;
    Paint paint;
};
/// Everything up to the matching PopClip is drawn only inside. Clips nest.
struct PushClip {
    PathRef path;
    FillRule rule = FillRule::nonzero;
};
struct PopClip {};
/// Everything up to the matching PopLayer is composed apart, then blended with `opacity`.
struct PushLayer {
    double opacity = 1;
};
struct PopLayer {};

using ItemContent = std::variant<FillPath, StrokePath, std::shared_ptr<const GlyphRun>, PushClip, PopClip, PushLayer, PopLayer>;

struct Item {
    ItemContent content;
    Transform toPage;        ///< local to page space
    Rect boundsPage;         ///< contains all the item paints; of a layer, all its content
    std::uint32_t node{};    ///< index into DisplayList::nodes
};

struct DisplayList {
    std::vector<Item> items;
    std::vector<NodeId> nodes; ///< the nodes that items name, each once
    Rect boundsPage;           ///< union of the painting items
};

/// Space from page to device pixels, and the size of the picture.
struct View {
    Transform pageToDevice;
    int widthPx{};
    int heightPx{};
};

/// The view that shows `boundsPage` at `scale` device px per document px; size rounded up, at least 1 x 1.
[[nodiscard]] View viewOf(const Rect& boundsPage, double scale);

} // namespace tessera::scene
