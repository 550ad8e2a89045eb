#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <core/base/geometry.h>
#include <core/base/path.h>
#include <render/text/font_library.h>

/// Styled text to placed glyphs: paragraphs, bidi (UAX 9), line breaks (the common part of UAX 14), alignment; or text whose
/// characters say themselves where they stand (Options::positioned), as SVG's do. The result serves drawing and editing
/// alike. Positions in text are UTF-16 code units. Pure apart from the library's caches: the library's thread.
namespace tessera::text {

/// An OpenType feature: 0 off, 1 on, more: which alternative.
struct Feature {
    FontTag tag{};
    std::uint32_t value = 1;
    friend bool operator==(const Feature&, const Feature&) = default;
};

/// How the text is shown; what is stored keeps its letters. Upper, lower and title case map one letter to one letter.
enum class Case : std::uint8_t { asTyped, upper, lower, title, smallCaps };

enum class RuleKind : std::uint8_t { underline, overline, lineThrough };
/// A line along the text, at the height that the font says.
struct RuleStyle {
    RuleKind kind = RuleKind::underline;
    std::optional<double> thickness; ///< layout units; absent: the font's
    friend bool operator==(const RuleStyle&, const RuleStyle&) = default;
};

/// The line of the font that stands on the text's baseline.
enum class BaselineAlign : std::uint8_t { alphabetic, middle, central, hanging, mathematical, ideographic, beforeEdge, afterEdge };
struct BaselineShift {
    double rise = 0;      ///< layout units, up
    int superscripts = 0; ///< times the font's superscript height
    int subscripts = 0;
    friend bool operator==(const BaselineShift&, const BaselineShift&) = default;
};

struct Style {
    std::string family = "Inter";        ///< or a list, FaceQuery::family
    double size = 16;                    ///< em in layout units; at most 10,000 is honoured
    int weight = 400;
    bool italic = false;
    double letterSpacing = 0;            ///< after each cluster
    std::optional<double> lineHeight;    ///< multiple of size; absent: the font's own
    double wordSpacing = 0;              ///< added to spaces
    double widthPercent = 100;           ///< of the face: 50..200
    Case letterCase = Case::asTyped;
    std::vector<Feature> features;
    std::vector<AxisValue> axes;
    std::string language;                ///< BCP 47; empty: unknown
    std::vector<RuleStyle> rules;
    BaselineShift baselineShift;
    BaselineAlign baselineAlign = BaselineAlign::alphabetic; ///< positioned text
};

enum class Anchor : std::uint8_t { start, middle, end };
/// Where the first character of a run stands, in positioned text.
struct Start {
    std::optional<double> x, y; ///< either one starts a chunk, which is shaped and anchored by itself
    double dx = 0, dy = 0;      ///< moves this character and all after it
    friend bool operator==(const Start&, const Start&) = default;
};
/// The advance that neighbouring runs of one group are stretched to.
struct Fit {
    double length{};
    bool glyphs = false;   ///< stretch the glyphs too, not only the gaps
    std::uint32_t group{}; ///< neighbours of another group are another stretch
    friend bool operator==(const Fit&, const Fit&) = default;
};
/// Text along Options::paths[path]; the run's Start::x is a further offset. Each stretch of equal values is one chunk.
struct OnPath {
    std::size_t path{};
    double offset = 0;            ///< layout units, or with `isShare` a share of the path's length
    bool isShare = false;
    std::uint32_t group{};        ///< neighbours of another group are another chunk
    friend bool operator==(const OnPath&, const OnPath&) = default;
};

struct Run {
    std::string text; ///< UTF-8; \n, \r\n, U+2029 end a paragraph, U+2028 a line
    Style style;
    // In positioned text:
    std::optional<Start> start = {};
    std::optional<Anchor> anchor = {}; ///< of a chunk that begins here; absent: Options::align
    double rotation = 0;               ///< of each character, degrees clockwise
    std::optional<Fit> fit = {};
    std::optional<OnPath> onPath = {};
};

enum class Align : std::uint8_t { left, center, right, justify };
enum class VerticalAlign : std::uint8_t { top, middle, bottom };

struct Options {
    Align align = Align::left;
    VerticalAlign verticalAlign = VerticalAlign::top;
    std::optional<double> wrapWidth; ///< absent: one line per paragraph
    Size box;                        ///< what alignment refers to; a zero width means the widest line
    std::size_t maxLines = 0;        ///< 0: any number; text beyond is not laid out
    bool ellipsis = false;           ///< the last of maxLines ends in one where text is left over
    /// Chunks go where their runs' Start says, from (0, 0); a line break begins a chunk one line below. Nothing wraps, and
    /// the box and vertical alignment do not count.
    bool positioned = false;
    std::vector<Path> paths = {};    ///< for OnPath
};

struct Glyph {
    std::shared_ptr<const Face> face;
    std::uint32_t id{};
    Point at;              ///< origin on the baseline
    double size{};
    double slant{};        ///< of a synthetic italic, else 0
    std::uint32_t run{};   ///< index of the input run
    std::uint32_t unit{};  ///< first UTF-16 unit of its cluster
    double rotation = 0;   ///< radians clockwise, around `at`
    double stretch = 1;    ///< along the glyph's own baseline
};

/// A piece of an underline, overline or strike: `rect` mapped by `place`. Pieces of one run and kind belong together.
struct Rule {
    RuleKind kind = RuleKind::underline;
    std::uint32_t run{};
    std::size_t index{}; ///< in the run's Style::rules
    Rect rect;
    Transform place;
};

/// Where a cluster of positioned text stands: its advance by the font's height, mapped by `place`.
struct Cell {
    std::uint32_t unit{}, endUnit{};
    Rect rect;            ///< baseline at y = 0
    Transform place;
    bool rightToLeft = false;
};

/// Where the insertion point stands before unit `unit`.
struct CaretStop {
    std::uint32_t unit{};
    double x{};
};

struct Line {
    double top{};
    double bottom{};
    double baseline{};
    double left{};
    double width{};                  ///< without trailing space
    std::uint32_t firstUnit{};
    std::uint32_t endUnit{};         ///< before the line break character, if one ends the line
    std::vector<CaretStop> carets;   ///< ascending by unit, one per grapheme boundary, ends included
};

struct Layout {
    std::vector<Glyph> glyphs;
    std::vector<Line> lines;   ///< at least one, also of empty text; positioned: one per chunk
    std::vector<Rule> rules;
    std::vector<Cell> cells;   ///< positioned text only, ascending by unit; hidden clusters have none
    Size size;                 ///< widest line by total height; positioned: of `bounds`
    Rect bounds;               ///< positioned: box of cells and rules; else of the lines
    std::uint32_t unitCount{};
    bool positioned = false;
    bool truncated = false;    ///< text is left over (Options::maxLines)
};

[[nodiscard]] Layout layoutText(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts);

struct Caret {
    Point top;
    double height{};
    std::size_t line{};
    double rotation = 0; ///< radians clockwise, around `top`; of rotated text
};
/// Which line a position at a soft wrap belongs to: the end of the upper one or the start of the lower one.
enum class Affinity : std::uint8_t { downstream, upstream };

/// Positions inside a grapheme snap to its start, past the end to the end.
[[nodiscard]] Caret caretAt(const Layout& layout, std::uint32_t unit, Affinity affinity = Affinity::downstream);
/// Nearest position to a point; points outside snap to the nearest line and its ends.
[[nodiscard]] std::uint32_t unitAt(const Layout& layout, Point point);
/// One or more rectangles per line for units [from, to).
[[nodiscard]] std::vector<Rect> selectionRects(const Layout& layout, std::uint32_t from, std::uint32_t to);
/// Grapheme boundary after or before `unit`; stays at the ends.
[[nodiscard]] std::uint32_t nextStop(const Layout& layout, std::uint32_t unit);
[[nodiscard]] std::uint32_t previousStop(const Layout& layout, std::uint32_t unit);

} // namespace tessera::text
