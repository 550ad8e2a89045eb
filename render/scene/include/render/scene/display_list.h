#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/base/ids.h>
#include <core/base/path.h>
#include <core/document/node.h>
#include <render/scene/image.h>

/// What is drawn, in paint order, as pure data: the one input of every back end. A list is a tree: an item may be a list
/// that others share, so that a change makes anew only the lists above it (decision 9). Lists own nothing that changes and
/// may go to worker threads. Page space is document px on the outermost list; a list inside another has a page space of its
/// own, mapped by its item's `toPage`. Local space is the item's own, mapped by `toPage` too.
namespace tessera::scene {

using PathRef = std::shared_ptr<const Path>;
using document::BlendMode;
using document::Effect;
using document::FillRule;
using document::GradientSpread;
using document::GradientStop;
using document::StrokeStyle;

enum class GradientKind : std::uint8_t { linear, radial, angular, diamond };

/// Colour at position t, after `spread` within 0..1: stops sorted by offset, interpolated unpremultiplied. Gradient space is
/// the unit square. With c = (0.5, 0.5): t = x of a linear one; of a radial one 2 * distance from c, or with a focus the
/// parameter of the largest circle through the point, between the focal circle (t = 0) and that of radius 0.5 around c
/// (t = 1), nothing where there is none; of an angular one the turn from +x around c, clockwise; of a diamond one
/// 2 * (|x - 0.5| + |y - 0.5|).
struct Gradient {
    GradientKind kind = GradientKind::linear;
    std::vector<GradientStop> stops; ///< at least one, offsets ascending within 0..1
    Transform toLocal;               ///< gradient space to local space
    GradientSpread spread = GradientSpread::pad;
    Point focus{0.5, 0.5};           ///< radial
    double focusRadius = 0;          ///< radial; in gradient space, 0.5 is the whole
};

enum class TileMode : std::uint8_t { clamp, repeat };

struct ImageFill {
    ImageRef image;     ///< never null
    Transform toLocal;  ///< image pixels ((0,0) the top left corner of the first one) to local space
    TileMode tile = TileMode::clamp;
    Rect area;          ///< local space; nothing is painted outside (letterboxes of ImageFit::fit)
};

struct DisplayList;

/// A picture that repeats: `cell` of `content` (its page space) at every multiple of the cell's size.
struct PatternFill {
    std::shared_ptr<const DisplayList> content; ///< never null
    Rect cell;
    Transform toLocal; ///< content's page space to local space
};

/// `opacity` multiplies what the source says.
struct Paint {
    std::variant<Color, std::shared_ptr<const Gradient>, std::shared_ptr<const ImageFill>, std::shared_ptr<const PatternFill>> source = Color{};
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
    double rotation = 0; ///< radians clockwise, around `at`
    double stretch = 1;  ///< along the baseline

    /// From the outline's em to local space.
    [[nodiscard]] Transform toLocal() const
    {
        const Transform upright{size * stretch, 0, -slant * size * stretch, size, 0, 0};
        return Transform::translation(at.x, at.y) * (rotation == 0 ? upright : Transform::rotation(rotation) * upright);
    }
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
/// A picture that a filter among the effects shows: an image's, or a node's content in its own space.
struct EffectImage {
    std::optional<ContentHash> asset;
    NodeId node;
    ImageRef image;                             ///< of the asset; else null
    std::shared_ptr<const DisplayList> content; ///< of the node; else null
};
/// Everything up to the matching PopLayer is composed apart on transparent pixels (isolated), goes through the effects in
/// their order, is multiplied by `opacity`, then blended with what is below. Effect lengths are in the item's local space.
struct PushLayer {
    double opacity = 1;
    BlendMode blend = BlendMode::normal; ///< passThrough counts as normal
    std::shared_ptr<const std::vector<Effect>> effects; ///< null: none
    std::shared_ptr<const std::vector<EffectImage>> images; ///< of the effects; null: none
};
struct PopLayer {};
/// Everything up to the matching PopMask is composed apart; then the innermost open layer is multiplied by it: by its
/// alpha, or by alpha times luminance (Rec. 709 weights of the encoded values). Comes last in its layer.
struct PushMask {
    bool luminance = false;
};
struct PopMask {};

/// A list drawn in the place of the item; never null. Every push in it has its pop in it.
using SubList = std::shared_ptr<const DisplayList>;

using ItemContent = std::variant<FillPath, StrokePath, std::shared_ptr<const GlyphRun>, PushClip, PopClip, PushLayer, PopLayer,
                                 PushMask, PopMask, SubList>;

inline constexpr std::uint32_t noNode = 0xffffffff;

struct Item {
    ItemContent content;
    Transform toPage;        ///< local to page space
    Rect boundsPage;         ///< contains all the item paints; of a layer, all its content
    std::uint32_t node{};    ///< index into DisplayList::nodes; noNode: of a sub-list that many nodes share
};

class CellIndex;

struct DisplayList {
    std::vector<Item> items;
    std::vector<NodeId> nodes; ///< the nodes that items name, each once
    Rect boundsPage;           ///< contains what the items paint
    bool blursBackdrop = false; ///< a layer in a sub-list, at any depth, blurs what is below it
    std::shared_ptr<const CellIndex> cells; ///< which items are where; null: look at each. Then all items are sub-lists
};

/// The same picture without sub-lists: items in page space, as many as all the lists have. Pure.
[[nodiscard]] DisplayList flattened(const DisplayList& list);
/// The union of what the items paint, each item's own box mapped once to the page: no larger than boundsPage, which maps
/// boxes of boxes where containers are rotated. Walks all items.
[[nodiscard]] Rect paintedBounds(const DisplayList& list);

/// Space from page to device pixels, and the size of the picture.
struct View {
    Transform pageToDevice;
    int widthPx{};
    int heightPx{};
};

/// The view that shows `boundsPage` at `scale` device px per document px; size rounded up, at least 1 x 1.
[[nodiscard]] View viewOf(const Rect& boundsPage, double scale);

} // namespace tessera::scene
