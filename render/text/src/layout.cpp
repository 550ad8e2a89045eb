#include <render/text/layout.h>

#include <algorithm>
#include <cmath>

#include "shape.h"

namespace tessera::text {

namespace {

constexpr double syntheticSlant = 0.2; ///< of an upright face asked to be italic; about 11°

bool rightToLeft(const ShapedItem& item) { return item.level % 2 != 0; }

/// Height above and below the baseline that a style asks for: half of what the line height adds goes to each side.
struct Extent {
    double above{}, below{};
};

Extent extentOf(const Style& style, const FontLibrary& fonts)
{
    const auto face = fonts.find({style.family, style.weight, style.italic});
    const FaceMetrics m = face ? face->metrics() : FaceMetrics{0.8, 0.2, 0};
    const double size = honouredSize(style);
    const double height = style.lineHeight && std::isfinite(*style.lineHeight) ? std::clamp(*style.lineHeight, 0.0, 100.0) : m.lineHeight();
    const double leading = (height - m.ascent - m.descent) / 2;
    return {(m.ascent + leading) * size, (m.descent + leading) * size};
}

class Layouter
{
public:
    Layouter(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts)
        : m_runs(runs), m_options(options), m_fonts(fonts), m_text(sourceOf(runs))
    {
    }

    Layout run()
    {
        m_layout.unitCount = static_cast<std::uint32_t>(m_text.units.size());
        for (const Run& run : m_runs)
            m_extents.push_back(extentOf(run.style, m_fonts));
        std::uint32_t first = 0;
        while (true) {
            std::uint32_t end = first;
            while (end < m_layout.unitCount && !isLineEnd(m_text.units[end]))
                ++end;
            paragraph(first, end);
            if (end == m_layout.unitCount)
                break;
            const bool pair = m_text.units[end] == '\r' && end + 1 < m_layout.unitCount && m_text.units[end + 1] == '\n';
            first = end + (pair ? 2 : 1);
        }
        align();
        return std::move(m_layout);
    }

private:
    struct Piece {
        const ShapedItem* item;
        std::uint32_t firstUnit, endUnit;
        std::uint8_t level;
    };

    void paragraph(std::uint32_t first, std::uint32_t end)
    {
        const ShapedParagraph shaped = shapeParagraph(m_text, m_runs, first, end, m_fonts);
        measure(shaped, first, end);
        std::uint32_t start = first;
        do {
            const std::uint32_t next = lineEnd(start, end);
            line(shaped, start, next, next == end);
            start = next;
        } while (start < end);
    }

    /// Advance per unit: a cluster's whole advance, spread over the graphemes it holds.
    void measure(const ShapedParagraph& shaped, std::uint32_t first, std::uint32_t end)
    {
        m_advance.assign(end - first, 0);
        m_paragraphStart = first;
        for (const ShapedItem& item : shaped.items) {
            std::vector<std::uint32_t> starts; // clusters of the item
            for (const ShapedGlyph& g : item.glyphs)
                starts.push_back(g.unit);
            std::sort(starts.begin(), starts.end());
            starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
            starts.push_back(item.endUnit);
            std::vector<double> width(starts.size(), 0);
            for (const ShapedGlyph& g : item.glyphs)
                width[static_cast<std::size_t>(std::lower_bound(starts.begin(), starts.end(), g.unit) - starts.begin())] += g.advance;
            for (std::size_t k = 0; k + 1 < starts.size(); ++k)
                spread(starts[k], starts[k + 1], width[k], m_runs[item.run].style.letterSpacing);
        }
    }

    void spread(std::uint32_t from, std::uint32_t to, double width, double spacing)
    {
        double graphemes = 0;
        for (std::uint32_t u = from; u < to; ++u)
            graphemes += m_text.graphemeStart[u] || u == from;
        for (std::uint32_t u = from; u < to; ++u) {
            if (m_text.graphemeStart[u] || u == from)
                m_advance[u - m_paragraphStart] = width / graphemes + (std::isfinite(spacing) ? spacing : 0);
        }
    }

    [[nodiscard]] double advance(std::uint32_t unit) const { return m_advance[unit - m_paragraphStart]; }

    /// Greedy: the last place to break that fits, else the last grapheme that does, but at least one.
    [[nodiscard]] std::uint32_t lineEnd(std::uint32_t start, std::uint32_t end) const
    {
        if (!m_options.wrapWidth)
            return end;
        const double limit = *m_options.wrapWidth + 1e-6;
        double x = 0;
        std::uint32_t lastBreak = start;
        for (std::uint32_t u = start; u < end; ++u) {
            if (u > start && m_text.mayBreakBefore[u])
                lastBreak = u;
            x += advance(u);
            if (x > limit && !isSpace(m_text.units[u])) {
                if (lastBreak > start)
                    return lastBreak;
                std::uint32_t cut = u;
                while (cut > start && !m_text.graphemeStart[cut])
                    --cut;
                if (cut > start)
                    return cut;
            }
        }
        return end;
    }

    /// The items' parts within the line, trailing white space at the paragraph's level (UAX 9, L1).
    [[nodiscard]] std::vector<Piece> piecesOf(const ShapedParagraph& shaped, std::uint32_t start, std::uint32_t trailing,
                                              std::uint32_t end) const
    {
        std::vector<Piece> pieces;
        for (const ShapedItem& item : shaped.items) {
            const std::uint32_t from = std::max(start, item.firstUnit), to = std::min(end, item.endUnit);
            if (from >= to)
                continue;
            const std::uint32_t mid = std::clamp(trailing, from, to);
            if (from < mid)
                pieces.push_back({&item, from, mid, item.level});
            if (mid < to)
                pieces.push_back({&item, mid, to, shaped.baseLevel});
        }
        return pieces;
    }

    /// UAX 9, L2: from the highest level to the lowest odd one, reverse every run at that level or above.
    static void reorder(std::vector<Piece>& pieces)
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

    void line(const ShapedParagraph& shaped, std::uint32_t start, std::uint32_t end, bool last)
    {
        Line line;
        line.firstUnit = start;
        line.endUnit = end;
        std::uint32_t trailing = end;
        while (trailing > start && isSpace(m_text.units[trailing - 1]))
            --trailing;
        Extent extent = m_extents.empty() ? extentOf({}, m_fonts) : m_extents[m_text.runOf[start]];
        double textWidth = 0, spaces = 0;
        for (std::uint32_t u = start; u < end; ++u) {
            const Extent& e = m_extents[m_text.runOf[u]];
            extent = {std::max(extent.above, e.above), std::max(extent.below, e.below)};
            textWidth += u < trailing ? advance(u) : 0;
            spaces += u < trailing && isSpace(m_text.units[u]);
        }
        line.top = m_y;
        line.baseline = m_y + extent.above;
        line.bottom = line.baseline + extent.below;
        m_y = line.bottom;
        const double room = m_options.wrapWidth.value_or(0) - textWidth;
        const double extra = m_options.align == Align::justify && !last && spaces > 0 && room > 0 ? room / spaces : 0;
        line.width = textWidth + extra * spaces;
        std::vector<Piece> pieces = piecesOf(shaped, start, trailing, end);
        reorder(pieces);
        place(line, pieces, trailing, extra, shaped.baseLevel);
        m_rightToLeft.push_back(shaped.baseLevel % 2 != 0);
        m_layout.lines.push_back(std::move(line));
    }

    void place(Line& line, const std::vector<Piece>& pieces, std::uint32_t trailing, double extra, std::uint8_t baseLevel)
    {
        std::vector<double> left(line.endUnit - line.firstUnit, 0), right(left);
        double x = 0;
        // In a right-to-left line the trailing spaces come first and hang out to the left.
        for (const Piece& piece : pieces) {
            if (baseLevel % 2 != 0 && piece.firstUnit >= trailing)
                x -= widthOf(piece, trailing, 0);
        }
        for (const Piece& piece : pieces) {
            placeUnits(piece, line, trailing, extra, x, left, right);
            placeGlyphs(piece, line, left);
            x += widthOf(piece, trailing, extra);
        }
        for (std::uint32_t u = line.firstUnit; u < line.endUnit; ++u) {
            if (m_text.graphemeStart[u])
                line.carets.push_back({u, isReversed(pieces, u) ? right[u - line.firstUnit] : left[u - line.firstUnit]});
        }
        double endX = baseLevel % 2 != 0 ? 0 : line.width;
        if (line.endUnit > line.firstUnit) {
            const std::uint32_t u = line.endUnit - 1 - line.firstUnit;
            endX = isReversed(pieces, line.endUnit - 1) ? left[u] : right[u];
        } else {
            endX = 0;
        }
        line.carets.push_back({line.endUnit, endX});
    }

    [[nodiscard]] static bool isReversed(const std::vector<Piece>& pieces, std::uint32_t unit)
    {
        for (const Piece& p : pieces) {
            if (unit >= p.firstUnit && unit < p.endUnit)
                return p.level % 2 != 0;
        }
        return false;
    }

    [[nodiscard]] double widthOfUnit(std::uint32_t u, std::uint32_t trailing, double extra) const
    {
        return advance(u) + (u < trailing && isSpace(m_text.units[u]) ? extra : 0);
    }

    [[nodiscard]] double widthOf(const Piece& piece, std::uint32_t trailing, double extra) const
    {
        double sum = 0;
        for (std::uint32_t u = piece.firstUnit; u < piece.endUnit; ++u)
            sum += widthOfUnit(u, trailing, extra);
        return sum;
    }

    /// Left and right side of every unit; units without an advance stand at their grapheme's far side.
    void placeUnits(const Piece& piece, const Line& line, std::uint32_t trailing, double extra, double x,
                    std::vector<double>& left, std::vector<double>& right) const
    {
        const auto set = [&](std::uint32_t u) {
            left[u - line.firstUnit] = x;
            x += widthOfUnit(u, trailing, extra);
            right[u - line.firstUnit] = x;
        };
        if (piece.level % 2 != 0) {
            for (std::uint32_t u = piece.endUnit; u-- > piece.firstUnit;)
                set(u);
        } else {
            for (std::uint32_t u = piece.firstUnit; u < piece.endUnit; ++u)
                set(u);
        }
    }

    /// Glyphs of a cluster follow each other from the cluster's left side.
    void placeGlyphs(const Piece& piece, const Line& line, const std::vector<double>& left)
    {
        const ShapedItem& item = *piece.item;
        const Style& style = m_runs[item.run].style;
        const double slant = style.italic && !item.face->isItalic() ? syntheticSlant : 0;
        std::uint32_t cluster = line.endUnit;
        double x = 0;
        for (const ShapedGlyph& g : item.glyphs) {
            if (g.unit < piece.firstUnit || g.unit >= piece.endUnit)
                continue;
            if (g.unit != cluster) {
                cluster = g.unit;
                x = clusterLeft(item, cluster, piece, line, left);
            }
            m_layout.glyphs.push_back({item.face, g.id, {x + g.offset.x, line.baseline + g.offset.y}, honouredSize(style),
                                       slant, item.run, g.unit});
            m_glyphLine.push_back(m_layout.lines.size());
            x += g.advance;
        }
    }

    /// A ligature's units are side by side; right to left, its left side is its last unit's.
    [[nodiscard]] double clusterLeft(const ShapedItem& item, std::uint32_t cluster, const Piece& piece, const Line& line,
                                     const std::vector<double>& left) const
    {
        if (!rightToLeft(item))
            return left[cluster - line.firstUnit];
        std::uint32_t end = piece.endUnit;
        for (const ShapedGlyph& g : item.glyphs) {
            if (g.unit > cluster)
                end = std::min(end, g.unit);
        }
        return left[end - 1 - line.firstUnit];
    }

    void align()
    {
        for (const Line& line : m_layout.lines)
            m_layout.size.width = std::max(m_layout.size.width, line.width);
        m_layout.size.height = m_y;
        const double boxWidth = m_options.box.width > 0 ? m_options.box.width : m_layout.size.width;
        const double down = m_options.verticalAlign == VerticalAlign::top ? 0
                            : (m_options.box.height - m_y) * (m_options.verticalAlign == VerticalAlign::middle ? 0.5 : 1);
        const double shiftY = m_options.box.height > 0 ? down : 0;
        std::vector<double> shiftX;
        for (std::size_t i = 0; i < m_layout.lines.size(); ++i) {
            Line& line = m_layout.lines[i];
            const double room = boxWidth - line.width;
            // Left and justified text of a right-to-left paragraph starts on the right.
            const bool start = m_options.align == Align::left || m_options.align == Align::justify;
            double x = start ? (m_rightToLeft[i] ? room : 0) : m_options.align == Align::center ? room / 2 : room;
            line.left = x;
            line.top += shiftY, line.bottom += shiftY, line.baseline += shiftY;
            for (CaretStop& caret : line.carets)
                caret.x += x;
            shiftX.push_back(x);
        }
        for (std::size_t i = 0; i < m_layout.glyphs.size(); ++i) {
            m_layout.glyphs[i].at.x += shiftX[m_glyphLine[i]];
            m_layout.glyphs[i].at.y += shiftY;
        }
    }

    const std::vector<Run>& m_runs;
    const Options& m_options;
    const FontLibrary& m_fonts;
    SourceText m_text;
    std::vector<Extent> m_extents;      ///< per run
    std::vector<double> m_advance;      ///< per unit of the paragraph
    std::uint32_t m_paragraphStart = 0;
    std::vector<std::size_t> m_glyphLine;
    std::vector<bool> m_rightToLeft;    ///< per line
    double m_y = 0;
    Layout m_layout;
};

} // namespace

Layout layoutText(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts)
{
    return Layouter(runs, options, fonts).run();
}

} // namespace tessera::text
