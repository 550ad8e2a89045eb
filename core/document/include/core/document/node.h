#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <core/base/color.h>
#include <core/base/geometry.h>
#include <core/base/hash.h>
#include <core/base/ids.h>
#include <core/crdt/any.h>
#include <core/crdt/id.h>
#include <core/document/effect.h>

/// Nodes as plain data: what document-model's map entries mean after parsing. Unknown or malformed properties fall
/// back to the stated default here and stay untouched in the document. Lengths in document px. Safe on any thread.
namespace tessera::document {

/// `unknown` covers types of newer versions: kept, drawn as a placeholder.
enum class NodeType : std::uint8_t { page, frame, group, rect, ellipse, line, vector, text, image, svgRaw, unknown };
[[nodiscard]] std::string_view typeName(NodeType type);      ///< the `t` value; "unknown" for unknown
[[nodiscard]] NodeType parseNodeType(std::string_view name);

/// Pass-through: a group whose children blend with what is below the group as if it were not there; of anything else
/// the same as normal. The others are those of CSS compositing level 1, section 10.
enum class BlendMode : std::uint8_t {
    passThrough, normal, multiply, screen, overlay, darken, lighten, colorDodge, colorBurn, hardLight, softLight, difference,
    exclusion, hue, saturation, color, luminosity
};
[[nodiscard]] std::string_view blendName(BlendMode mode);                        ///< "pass-through", "color-dodge", …
[[nodiscard]] std::optional<BlendMode> parseBlendMode(std::string_view name);

/// A node with a mask is not drawn itself: it shows the siblings above it, up to the next masking sibling, only where it
/// would have been painted (alpha, vector: its shape) or where it is bright (luminance: alpha times the luminance).
enum class MaskKind : std::uint8_t { none, alpha, vector, luminance };

struct GradientStop {
    double offset{}; ///< 0..1
    Color color;
    friend bool operator==(const GradientStop&, const GradientStop&) = default;
};

enum class PaintKind : std::uint8_t { solid, linearGradient, radialGradient, angularGradient, diamondGradient, image, pattern, unknown };
/// Beyond the first and last stop: their colours, or the gradient mirrored or again.
enum class GradientSpread : std::uint8_t { pad, reflect, repeat };
enum class ImageFit : std::uint8_t { fill, fit, tile, stretch };

/// One item of `fills` or `strokes`. `type` values: solid | gradient (with `gradient`: linear, radial, angular, diamond)
/// | image | pattern (with `node`, `cell`). A gradient's matrix maps the unit square of the gradient ((0,0)-(1,0) the axis
/// of a linear one; centre (0.5,0.5), radius 0.5 of the others; an angular one starts along +x and turns clockwise) to the
/// node's unit box (a side of 0 counts as 1 px), SVG order; with `units: "node"` to the node's own coordinates. A
/// pattern's matrix maps the pattern node's own coordinates to this node's, in px.
struct Paint {
    std::string id;
    PaintKind kind = PaintKind::solid;
    bool visible = true;
    double opacity = 1;
    Color color;                     ///< solid
    Transform gradientMatrix;        ///< gradient, pattern: `matrix`
    bool inNodeSpace = false;        ///< gradient, `units: "node"`
    std::vector<GradientStop> stops; ///< gradient
    GradientSpread spread = GradientSpread::pad; ///< gradient, `spread`
    std::optional<Point> focus;      ///< radial, `focus`: where t is 0, in the gradient's unit square; absent: the centre
    double focusRadius = 0;          ///< radial, `focusRadius`: t is 0 up to there; the whole gradient's radius is 0.5
    NodeId pattern;                  ///< pattern: its children are the cell's content; hidden nodes serve
    Rect cell;                       ///< pattern: what repeats, in the pattern node's coordinates; never empty
    std::optional<ContentHash> asset; ///< image
    ImageFit fit = ImageFit::fill;   ///< image
    crdt::Any rest;                  ///< stored members that are not modelled here (unknown: all); toAny() keeps them
    friend bool operator==(const Paint&, const Paint&) = default;
};

enum class StrokeAlign : std::uint8_t { center, inside, outside };
enum class LineCap : std::uint8_t { butt, round, square };
enum class LineJoin : std::uint8_t { miter, round, bevel };
enum class FillRule : std::uint8_t { nonzero, evenodd };

struct StrokeStyle {
    double width = 1;
    StrokeAlign align = StrokeAlign::center;
    LineCap cap = LineCap::butt;
    LineJoin join = LineJoin::miter;
    double miterLimit = 4;
    std::vector<double> dash;
    double dashOffset = 0;      ///< where in the dashes a line starts, `sDashOffset`
    friend bool operator==(const StrokeStyle&, const StrokeStyle&) = default;
};

/// Handles are absolute, in node coordinates; equal to the point when there is none.
struct PathPoint {
    Point at;
    Point in;
    Point out;
    friend bool operator==(const PathPoint&, const PathPoint&) = default;
};
struct SubPath {
    bool closed = false;
    std::vector<PathPoint> points;
    friend bool operator==(const SubPath&, const SubPath&) = default;
};
/// `path` of a vector node: {rule, subs: [{closed, points: [x,y,inX,inY,outX,outY, ...flat]}]}.
struct VectorPath {
    FillRule rule = FillRule::nonzero;
    std::vector<SubPath> subPaths;
    friend bool operator==(const VectorPath&, const VectorPath&) = default;
};

enum class TextAlign : std::uint8_t { left, center, right, justify };
enum class VerticalAlign : std::uint8_t { top, middle, bottom };
enum class AutoSize : std::uint8_t { none, widthAndHeight, height };

/// Four-letter OpenType name with a number: a feature's value (`features: {smcp: 1}`) or an axis' (`axes: {wght: 350}`).
struct FontSetting {
    std::string tag;
    double value{};
    friend bool operator==(const FontSetting&, const FontSetting&) = default;
};

/// `case`: upper | lower | title | smallCaps.
enum class TextCase : std::uint8_t { asTyped, upper, lower, title, smallCaps };
/// `baselineAlign`: middle | central | hanging | mathematical | ideographic | beforeEdge | afterEdge.
enum class BaselineAlign : std::uint8_t { alphabetic, middle, central, hanging, mathematical, ideographic, beforeEdge, afterEdge };
/// `anchor`: start | middle | end.
enum class TextAnchor : std::uint8_t { start, middle, end };

/// `stroke` of a run or of a decoration: {paint, width, cap, join, miter, dash, dashOffset, align}.
struct TextStroke {
    Paint paint;
    StrokeStyle style;
    friend bool operator==(const TextStroke&, const TextStroke&) = default;
};

enum class DecorationLine : std::uint8_t { underline, overline, lineThrough };
/// One of `decoration`: a list of {line: underline|overline|line-through, fill, stroke, thickness}; a string names lines alone.
struct TextDecoration {
    DecorationLine line = DecorationLine::underline;
    std::optional<Paint> fill;        ///< absent: the run's
    std::optional<TextStroke> stroke; ///< absent: the run's when `fill` is absent too, else none
    std::optional<double> thickness;  ///< px; absent: the font's
    friend bool operator==(const TextDecoration&, const TextDecoration&) = default;
};

/// `baseline`: super | sub | px up | a list of these, which add up.
struct BaselineShift {
    double rise = 0;
    int superscripts = 0;
    int subscripts = 0;
    friend bool operator==(const BaselineShift&, const BaselineShift&) = default;
};

/// Positioned text (ParagraphStyle): `start` {x, y, dx, dy, n} places the run's first character. x or y begin a chunk. A
/// different n keeps neighbouring runs apart that are else equal.
struct TextStart {
    std::optional<double> x, y;
    double dx = 0, dy = 0;
    std::uint32_t n = 0;
    friend bool operator==(const TextStart&, const TextStart&) = default;
};
/// Positioned text: `fit` {length, glyphs, n} stretches neighbouring runs that share it to a length, in px.
struct TextFit {
    double length{};
    bool glyphs = false; ///< not only the gaps between them
    std::uint32_t n = 0;
    friend bool operator==(const TextFit&, const TextFit&) = default;
};
/// Positioned text: `onPath` {path, offset, n}: along Node::textPaths[path] from an offset in px, or "10%" of its length.
struct TextOnPath {
    std::size_t path{};
    double offset = 0;
    bool isShare = false; ///< offset is a share of the length, 1 the whole
    std::uint32_t n = 0;
    friend bool operator==(const TextOnPath&, const TextOnPath&) = default;
};

/// Character attributes of a run; absent ones take the defaults shown. Stored attributes have the names of the members
/// where nothing else is said.
struct TextStyle {
    std::string family = "Inter";         ///< or a list of fallbacks with generic names, as CSS writes it
    double size = 16;
    int weight = 400;
    bool italic = false;
    Color fill{0, 0, 0, 1};               ///< stored: a colour {space, c, a}, or one paint as in `fills`
    std::optional<Paint> paint;           ///< `fill`, where it is more than a colour
    std::optional<TextStroke> stroke;
    bool strokeFirst = false;             ///< the stroke is below the fill
    double letterSpacing = 0;             ///< px, or a string "5%" of the size
    double wordSpacing = 0;               ///< px, or a string "5%" of the size
    std::optional<double> lineHeight;     ///< multiple of size, or a string "20px" or "120%"; absent or "auto": the font's own
    double stretch = 100;                 ///< width of the face, percent
    TextCase letterCase = TextCase::asTyped; ///< `case`
    std::vector<FontSetting> features;    ///< ascending by tag
    std::vector<FontSetting> axes;        ///< ascending by tag
    std::string lang;                     ///< BCP 47
    std::vector<TextDecoration> decorations; ///< `decoration`
    BaselineShift baseline;
    BaselineAlign baselineAlign = BaselineAlign::alphabetic;
    std::optional<TextStart> start;
    std::optional<TextAnchor> anchor;     ///< of a chunk that begins in the run; absent: the paragraph's align
    double rotate = 0;                    ///< of each character, degrees clockwise
    std::optional<TextFit> fit;
    std::optional<TextOnPath> onPath;
    friend bool operator==(const TextStyle&, const TextStyle&) = default;
};
struct StyledRun {
    std::string text; ///< UTF-8
    TextStyle style;
    friend bool operator==(const StyledRun&, const StyledRun&) = default;
};
/// `para`: {align: left|center|right|justify, verticalAlign: top|middle|bottom, autoSize: none|widthAndHeight|height,
/// maxLines, truncate: none|ellipsis, layout: flow|positioned}. Positioned text does not wrap and does not care for the node's
/// size: runs say where their characters stand (TextStyle::start), in node coordinates.
struct ParagraphStyle {
    TextAlign align = TextAlign::left;
    VerticalAlign verticalAlign = VerticalAlign::top;
    AutoSize autoSize = AutoSize::none;
    std::uint32_t maxLines = 0;     ///< 0: any number
    bool ellipsis = false;          ///< at the end of the last of maxLines, where text is left over
    bool positioned = false;
    friend bool operator==(const ParagraphStyle&, const ParagraphStyle&) = default;
};

/// One node with defaults filled in.
struct Node {
    NodeId id;
    NodeType type = NodeType::unknown;
    std::string typeText;       ///< the `t` value as stored
    NodeId parent;              ///< as stored in `pi`; the tree may show it elsewhere (Tree)
    std::string orderKey;
    std::string name;
    Transform transform;        ///< `xf`, parent-relative
    Size size;
    bool visible = true;
    bool locked = false;
    double opacity = 1;
    BlendMode blend = BlendMode::passThrough;
    MaskKind mask = MaskKind::none;
    std::vector<Effect> effects;     ///< applied in order to the node with all below it
    std::vector<Paint> fills;
    std::vector<Paint> strokes;
    StrokeStyle strokeStyle;
    std::array<double, 4> radii{};   ///< top left, top right, bottom right, bottom left
    bool clip = true;                ///< frames clip unless `clip` is false
    VectorPath path;                 ///< vector
    std::vector<StyledRun> text;     ///< text
    ParagraphStyle paragraph;        ///< text
    std::vector<VectorPath> textPaths; ///< text: `paths`, for runs on a path
    std::optional<ContentHash> asset; ///< image: `asset`
    ImageFit imageFit = ImageFit::fill;
    std::string svg;                 ///< svgRaw: the source markup, key `svg`
    std::string generationId;        ///< `genId`
    friend bool operator==(const Node&, const Node&) = default;

    [[nodiscard]] Rect localBounds() const { return {0, 0, size.width, size.height}; }
    [[nodiscard]] std::string plainText() const;
};

/// The stored form of values, shared by commands, importers and the composer.
[[nodiscard]] crdt::Any toAny(const Color& color);
[[nodiscard]] crdt::Any toAny(const Paint& paint);
[[nodiscard]] crdt::Any toAny(const std::vector<Paint>& paints);
[[nodiscard]] crdt::Any toAny(const Transform& transform);
[[nodiscard]] crdt::Any toAny(Size size);
[[nodiscard]] crdt::Any toAny(const VectorPath& path);
[[nodiscard]] crdt::Any toAny(const TextStroke& stroke);
[[nodiscard]] crdt::Any toAny(const std::vector<TextDecoration>& decorations);
[[nodiscard]] Paint solidPaint(const Color& color, std::string id = "f");
/// At most 4 decimals, -0 becomes 0: what every command writes.
[[nodiscard]] double rounded(double length);

} // namespace tessera::document
