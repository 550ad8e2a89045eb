#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <core/base/geometry.h>
#include <render/text/font_library.h>

/// Styled text to placed glyphs: paragraphs, bidi (UAX 9), line breaks (the common part of UAX 14), alignment. The
/// result serves drawing and editing alike. Positions in text are UTF-16 code units. Pure apart from the library's
/// outline cache: the library's thread.
namespace tessera::text {

struct Style {
    std::string family = "Inter";
    double size = 16;                    ///< em in layout units; at most 10,000 is honoured
    int weight = 400;
    bool italic = false;
    double letterSpacing = 0;            ///< after each cluster
    std::optional<double> lineHeight;    ///< multiple of size; absent: the font's own
};
struct Run {
    std::string text; ///< UTF-8; \n, \r\n, U+2029 end a paragraph, U+2028 a line
    Style style;
};

enum class Align : std::uint8_t { left, center, right, justify };
enum class VerticalAlign : std::uint8_t { top, middle, bottom };

struct Options {
    Align align = Align::left;
    VerticalAlign verticalAlign = VerticalAlign::top;
    std::optional<double> wrapWidth; ///< absent: one line per paragraph
    Size box;                        ///< what alignment refers to; a zero width means the widest line
};

struct Glyph {
    std::shared_ptr<const Face> face;
    std::uint32_t id{};
    Point at;              ///< origin on the baseline
    double size{};
    double slant{};        ///< of a synthetic italic, else 0
    std::uint32_t run{};   ///< index of the input run
    std::uint32_t unit{};  ///< first UTF-16 unit of its cluster
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
    std::vector<Line> lines;   ///< at least one, also of empty text
    Size size;                 ///< widest line by total height
    std::uint32_t unitCount{};
};

[[nodiscard]] Layout layoutText(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts);

struct Caret {
    Point top;
    double height{};
    std::size_t line{};
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
