#include <render/text/layout.h>

#include <algorithm>
#include <cmath>

#include "case_map.h"
#include "positioned.h"
#include "rules.h"
#include "shape.h"

namespace tessera::text {

namespace {

bool rightToLeft(const ShapedItem& item) { return item.level % 2 != 0; }

class Layouter
{
public:
    Layouter(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts)
        : m_runs(runs), m_options(options), m_fonts(fonts), m_text(sourceOf(runs))
    {
        applyCase(m_text, runs);
    }

    Layout run()
    {
        m_layout.unitCount = static_cast<std::uint32_t>(m_text.units.size());
        for (const Run& run : m_runs) {
            const auto face = m_fonts.find(queryOf(run.style));
            m_metrics.push_back(face ? face->metrics() : FaceMetrics{0.8, 0.2, 0});
            m_shifts.push_back(baselineOffset(run.style, m_metrics.back()));
            const Extent extent = extentOf(run.style, m_fonts);
            m_extents.push_back({extent.above - m_shifts.back(), extent.below + m_shifts.back()});
        }
        std::uint32_t first = 0;
        while (true) {
            std::uint32_t end = first;
            while (end < m_layout.unitCount && !isLineEnd(m_text.units[end]))
                ++end;
            paragraph(first, end);
            if (end == m_layout.unitCount || m_layout.truncated)
                break;
            if (isFull()) {
                m_layout.truncated = true;
                break;
            }
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
            const bool isLast = m_options.maxLines > 0 && m_layout.lines.size() + 1 == m_options.maxLines;
            if (isLast && (next < end || end < m_layout.unitCount)) {
                lastLine(shaped, start, next);
                return;
            }
            line(shaped, start, next, next == end);
            start = next;
        } while (start < end);
    }

    /// The last line that there is room for, of text that goes on: its end gives way to an ellipsis.
    void lastLine(const ShapedParagraph& shaped, std::uint32_t start, std::uint32_t end)
    {
        m_layout.truncated = true;
        if (!m_options.ellipsis || m_runs.empty()) {
            line(shaped, start, end, true);
            return;
        }
        const std::uint32_t run = m_text.runOf[start == end && start > 0 ? start - 1 : end > start ? end - 1 : start];
        const std::vector<Run> mark{{"\u2026", m_runs[run].style}};
        const SourceText source = sourceOf(mark);
        ShapedParagraph ellipsis = shapeParagraph(source, mark, 0, static_cast<std::uint32_t>(source.units.size()), m_fonts);
        double width = 0;
        for (const ShapedItem& item : ellipsis.items) {
            for (const ShapedGlyph& glyph : item.glyphs)
                width += glyph.advance;
        }
        std::uint32_t cut = start;
        double x = 0;
        for (std::uint32_t u = start; u < end; ++u) {
            x += advance(u);
            if (m_options.wrapWidth && x + width > *m_options.wrapWidth + 1e-6)
                break;
            if (m_text.graphemeStart[u + 1] && !isSpace(m_text.units[u]))
                cut = u + 1;
        }
        line(shaped, start, cut, true);
        addEllipsis(ellipsis, run, cut, width, shaped.baseLevel % 2 != 0);
    }

    void addEllipsis(const ShapedParagraph& ellipsis, std::uint32_t run, std::uint32_t unit, double width, bool leftOfLine)
    {
        Line& line = m_layout.lines.back();
        if (leftOfLine) { // all else moves right
            for (std::size_t i = 0; i < m_layout.glyphs.size(); ++i)
                m_layout.glyphs[i].at.x += m_glyphLine[i] + 1 == m_layout.lines.size() ? width : 0;
            for (std::size_t i = 0; i < m_layout.rules.size(); ++i)
                m_layout.rules[i].place.e += m_ruleLine[i] + 1 == m_layout.lines.size() ? width : 0;
            for (CaretStop& caret : line.carets)
                caret.x += width;
        }
        double x = leftOfLine ? 0 : line.width;
        for (const ShapedItem& item : ellipsis.items) {
            for (const ShapedGlyph& g : item.glyphs) {
                const Point at{x + g.offset.x, line.baseline + g.offset.y + m_shifts[run]};
                m_layout.glyphs.push_back({item.face, g.id, at, honouredSize(m_runs[run].style), 0, run, unit});
                m_glyphLine.push_back(m_layout.lines.size() - 1);
                x += g.advance;
            }
        }
        line.width += width;
    }

    [[nodiscard]] bool isFull() const { return m_options.maxLines > 0 && m_layout.lines.size() >= m_options.maxLines; }

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
                spread(starts[k], starts[k + 1], width[k]);
        }
    }

    void spread(std::uint32_t from, std::uint32_t to, double width)
    {
        double graphemes = 0;
        for (std::uint32_t u = from; u < to; ++u)
            graphemes += m_text.graphemeStart[u] || u == from;
        for (std::uint32_t u = from; u < to; ++u) {
            if (m_text.graphemeStart[u] || u == from)
                m_advance[u - m_paragraphStart] = width / graphemes + spacing(u);
        }
    }

    /// What letter and word spacing add after a grapheme.
    [[nodiscard]] double spacing(std::uint32_t unit) const
    {
        const Style& style = m_runs[m_text.runOf[unit]].style;
        const double word = isWordSeparator(m_text.units[unit]) ? style.wordSpacing : 0;
        return (std::isfinite(style.letterSpacing) ? style.letterSpacing : 0) + (std::isfinite(word) ? word : 0);
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
        reorderVisually(pieces);
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
        placeRules(pieces, line, trailing, left, right);
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
        std::uint32_t cluster = line.endUnit;
        double x = 0;
        for (const ShapedGlyph& g : item.glyphs) {
            if (g.unit < piece.firstUnit || g.unit >= piece.endUnit)
                continue;
            if (g.unit != cluster) {
                cluster = g.unit;
                x = clusterLeft(item, cluster, piece, line, left);
            }
            const std::uint32_t run = m_text.runOf[g.unit];
            const Style& style = m_runs[run].style;
            const double slant = style.italic && !item.face->isItalic() ? syntheticSlant : 0;
            const Point at{x + g.offset.x, line.baseline + g.offset.y + m_shifts[run]};
            m_layout.glyphs.push_back({item.face, g.id, at, honouredSize(style), slant, run, g.unit});
            m_glyphLine.push_back(m_layout.lines.size());
            x += g.advance;
        }
    }

    /// Under, over and through what is between the line's ends, piece by piece of a run.
    void placeRules(const std::vector<Piece>& pieces, const Line& line, std::uint32_t trailing, const std::vector<double>& left,
                    const std::vector<double>& right)
    {
        for (const Piece& piece : pieces) {
            const std::uint32_t end = std::min(piece.endUnit, trailing);
            for (std::uint32_t u = piece.firstUnit; u < end;) {
                const std::uint32_t run = m_text.runOf[u];
                double from = left[u - line.firstUnit], to = right[u - line.firstUnit];
                for (++u; u < end && m_text.runOf[u] == run; ++u) {
                    from = std::min(from, left[u - line.firstUnit]);
                    to = std::max(to, right[u - line.firstUnit]);
                }
                addRules(m_layout.rules, m_runs, run, m_metrics[run], to - from,
                         Transform::translation(from, line.baseline + m_shifts[run]));
                m_ruleLine.resize(m_layout.rules.size(), m_layout.lines.size());
            }
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
        for (std::size_t i = 0; i < m_layout.rules.size(); ++i) {
            m_layout.rules[i].place.e += shiftX[m_ruleLine[i]];
            m_layout.rules[i].place.f += shiftY;
        }
        for (const Line& line : m_layout.lines)
            m_layout.bounds = united(m_layout.bounds, {line.left, line.top, line.width, line.bottom - line.top});
    }

    const std::vector<Run>& m_runs;
    const Options& m_options;
    const FontLibrary& m_fonts;
    SourceText m_text;
    std::vector<FaceMetrics> m_metrics; ///< per run
    std::vector<double> m_shifts;       ///< per run: of its baseline, down
    std::vector<Extent> m_extents;      ///< per run
    std::vector<double> m_advance;      ///< per unit of the paragraph
    std::uint32_t m_paragraphStart = 0;
    std::vector<std::size_t> m_glyphLine;
    std::vector<std::size_t> m_ruleLine;
    std::vector<bool> m_rightToLeft;    ///< per line
    double m_y = 0;
    Layout m_layout;
};

} // namespace

Layout layoutText(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts)
{
    return options.positioned ? layoutPositioned(runs, options, fonts) : Layouter(runs, options, fonts).run();
}

} // namespace tessera::text
