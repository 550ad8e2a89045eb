#include "positioned.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "case_map.h"
#include "cell.h"
#include "clusters.h"
#include "path_walk.h"
#include "rules.h"

namespace tessera::text {

namespace {

double finite(double value) { return std::isfinite(value) ? value : 0; }
double radians(double degrees) { return finite(degrees) * std::numbers::pi / 180; }

Anchor anchorOf(const Run& run, Align align)
{
    if (run.anchor)
        return *run.anchor;
    return align == Align::center ? Anchor::middle : align == Align::right ? Anchor::end : Anchor::start;
}

/// How much of its length a chunk stands before its anchor point.
double shareBefore(Anchor anchor) { return anchor == Anchor::start ? 0 : anchor == Anchor::middle ? 0.5 : 1; }

class Positioner
{
public:
    Positioner(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts)
        : m_runs(runs), m_options(options), m_fonts(fonts), m_text(sourceOf(runs))
    {
        applyCase(m_text, runs);
        for (const Run& run : runs)
            m_faces.push_back(fonts.find(queryOf(run.style)));
        for (const Path& path : options.paths)
            m_walks.emplace_back(path);
        for (const Run& run : runs)
            m_starts.push_back(run.start);
        startWhereTyped();
    }

    Layout run()
    {
        const auto count = static_cast<std::uint32_t>(m_text.units.size());
        m_layout.positioned = true;
        m_layout.unitCount = count;
        std::uint32_t first = 0;
        bool newLine = true;
        while (true) {
            std::uint32_t end = first;
            while (end < count && !isLineEnd(m_text.units[end]) && (end == first || !beginsChunk(end)))
                ++end;
            chunk(first, end, newLine);
            if (end == count)
                break;
            newLine = isLineEnd(m_text.units[end]);
            const bool pair = m_text.units[end] == '\r' && end + 1 < count && m_text.units[end + 1] == '\n';
            first = end + (!newLine ? 0 : pair ? 2 : 1);
            if (newLine)
                m_pen = {m_lineX, m_pen.y + m_lineHeight};
        }
        std::stable_sort(m_layout.cells.begin(), m_layout.cells.end(), [](const Cell& a, const Cell& b) { return a.unit < b.unit; });
        m_layout.bounds = m_bounds.value_or(Rect{});
        m_layout.size = {m_layout.bounds.width, m_layout.bounds.height};
        return std::move(m_layout);
    }

private:
    [[nodiscard]] bool firstOfRun(std::uint32_t unit) const { return unit == 0 || m_text.runOf[unit] != m_text.runOf[unit - 1]; }

    /// What is typed before the first start has none of its own: it takes that one's place and pushes it on.
    void startWhereTyped()
    {
        const auto isPlaced = [](const std::optional<Start>& start) { return start && (start->x || start->y); };
        const auto first = std::find_if(m_starts.begin(), m_starts.end(), isPlaced);
        const bool isTyped = first != m_starts.end() && first != m_starts.begin() && !m_starts.front() && !m_runs.front().onPath;
        if (!isTyped || std::any_of(m_starts.begin(), first, [](const auto& start) { return start.has_value(); }))
            return;
        m_starts.front() = *first;
        first->reset();
    }

    /// The run's start, at its first unit only: what is typed behind it follows.
    [[nodiscard]] const Start* startAt(std::uint32_t unit) const
    {
        if (unit >= m_text.units.size() || !firstOfRun(unit) || !m_starts[m_text.runOf[unit]])
            return nullptr;
        return &*m_starts[m_text.runOf[unit]];
    }

    [[nodiscard]] bool beginsChunk(std::uint32_t unit) const
    {
        if (!firstOfRun(unit) || !m_text.graphemeStart[unit])
            return false;
        if (walkOf(unit) != walkOf(unit - 1) || m_runs[m_text.runOf[unit]].onPath != m_runs[m_text.runOf[unit - 1]].onPath)
            return true;
        const Start* start = startAt(unit);
        return start && (start->x || start->y);
    }

    [[nodiscard]] const PathWalk* walkOf(std::uint32_t unit) const
    {
        if (unit >= m_text.units.size())
            return nullptr;
        const auto& onPath = m_runs[m_text.runOf[unit]].onPath;
        return onPath && onPath->path < m_walks.size() ? &m_walks[onPath->path] : nullptr;
    }

    void chunk(std::uint32_t first, std::uint32_t end, bool newLine)
    {
        const Start* start = startAt(first);
        const PathWalk* walk = walkOf(first);
        if (start && !walk)
            m_pen = {finite(start->x.value_or(m_pen.x)), finite(start->y.value_or(m_pen.y))};
        if (newLine)
            m_lineX = m_pen.x;
        auto clusters = visualClusters(shapeParagraph(m_text, m_runs, first, end, m_fonts), m_text);
        applySpacing(clusters, m_text, m_runs);
        applyFit(clusters, m_runs);
        double total = 0;
        for (const Cluster& cluster : clusters)
            total += cluster.advance;
        const Style style = m_runs.empty() ? Style{} : m_runs[m_text.runOf[first]].style;
        const double before = m_runs.empty() ? 0 : total * shareBefore(anchorOf(m_runs[m_text.runOf[first]], m_options.align));
        const std::size_t firstCell = m_layout.cells.size();
        const Point origin = m_pen;
        m_rules.clear();
        if (walk)
            alongPath(clusters, *walk, first, before);
        else
            alongLine(clusters, before);
        finishRule();
        m_layout.rules.insert(m_layout.rules.end(), m_rules.begin(), m_rules.end());
        addLine(first, end, firstCell, origin, extentOf(style, m_fonts));
    }

    void alongLine(const std::vector<Cluster>& clusters, double before)
    {
        m_pen.x -= before;
        for (const Cluster& cluster : clusters) {
            bool moved = false;
            if (const Start* start = startAt(cluster.unit)) {
                m_pen = m_pen + Point{finite(start->dx), finite(start->dy)};
                moved = finite(start->dx) != 0 || finite(start->dy) != 0;
            }
            const double angle = radians(m_runs[cluster.run].rotation);
            const double down = baselineOf(cluster);
            place(cluster, Transform::translation(m_pen.x, m_pen.y + down) * Transform::rotation(angle), angle, moved || angle != 0);
            m_pen.x += cluster.advance;
        }
    }

    /// Each cluster turns around the middle of its advance, which lies on the path (SVG 2, 11.8.2). Hidden: off the ends.
    void alongPath(const std::vector<Cluster>& clusters, const PathWalk& walk, std::uint32_t first, double before)
    {
        const OnPath& onPath = *m_runs[m_text.runOf[first]].onPath;
        double along = finite(onPath.isShare ? onPath.offset * walk.length() : onPath.offset) - before;
        double down = 0;
        if (const Start* start = startAt(first); start && start->x)
            along += finite(*start->x);
        for (const Cluster& cluster : clusters) {
            if (const Start* start = startAt(cluster.unit)) {
                along += finite(start->dx);
                down += finite(start->dy);
            }
            const double half = cluster.width * cluster.stretch / 2;
            if (const auto at = walk.at(along + half)) {
                const double own = radians(m_runs[cluster.run].rotation);
                const Transform turned = Transform::translation(at->at.x, at->at.y) * Transform::rotation(at->angle) *
                                         Transform::translation(-half, down + baselineOf(cluster)) * Transform::rotation(own);
                place(cluster, turned, at->angle + own, true);
                m_pen = {at->at.x + cluster.advance, at->at.y};
            }
            along += cluster.advance;
        }
    }

    [[nodiscard]] double baselineOf(const Cluster& cluster) const
    {
        return baselineOffset(m_runs[cluster.run].style, m_faces[cluster.run]->metrics());
    }

    void place(const Cluster& cluster, const Transform& place, double angle, bool apart)
    {
        const Style& style = m_runs[cluster.run].style;
        const double size = honouredSize(style);
        const double slant = style.italic && !cluster.face->isItalic() ? syntheticSlant : 0;
        double x = 0;
        for (const ShapedGlyph& g : cluster.glyphs) {
            const Point at = place.apply({(x + g.offset.x) * cluster.stretch, g.offset.y});
            m_layout.glyphs.push_back({cluster.face, g.id, at, size, slant, cluster.run, g.unit, angle, cluster.stretch});
            x += g.advance;
        }
        const FaceMetrics& m = cluster.face->metrics();
        const Rect rect{0, -m.ascent * size, cluster.advance > 0 ? cluster.advance : 0, (m.ascent + m.descent) * size};
        m_layout.cells.push_back({cluster.unit, cluster.endUnit, rect, place, cluster.rightToLeft});
        cover(place.mapBounds({rect.x, rect.y, cluster.advance > 0 ? cluster.advance : 1, rect.height}));
        extendRule(cluster, place, apart);
    }

    /// Rules run on while the style does, and break where a character is moved or turned.
    void extendRule(const Cluster& cluster, const Transform& place, bool apart)
    {
        if (apart || m_ruleRun != cluster.run)
            finishRule();
        if (!m_ruleRun) {
            m_ruleRun = cluster.run;
            m_rulePlace = place;
            m_ruleWidth = 0;
        }
        m_ruleWidth += cluster.advance;
    }

    void finishRule()
    {
        if (m_ruleRun) {
            const std::size_t before = m_rules.size();
            addRules(m_rules, m_runs, *m_ruleRun, m_faces[*m_ruleRun]->metrics(), m_ruleWidth, m_rulePlace);
            for (std::size_t i = before; i < m_rules.size(); ++i)
                cover(m_rules[i].place.mapBounds(m_rules[i].rect));
        }
        m_ruleRun.reset();
    }

    void cover(const Rect& box) { m_bounds = m_bounds ? united(*m_bounds, box) : box; }

    /// What keyboards need of a chunk: its span and its carets' places, from the cells.
    void addLine(std::uint32_t first, std::uint32_t end, std::size_t firstCell, Point origin, const Extent& extent)
    {
        Line line;
        line.firstUnit = first;
        line.endUnit = end;
        line.baseline = origin.y;
        line.top = origin.y - extent.above;
        line.bottom = origin.y + extent.below;
        line.left = origin.x;
        m_lineHeight = extent.above + extent.below;
        std::optional<Rect> box;
        for (std::size_t i = firstCell; i < m_layout.cells.size(); ++i) {
            const Rect cell = m_layout.cells[i].place.mapBounds(m_layout.cells[i].rect);
            box = box ? united(*box, cell) : cell;
        }
        if (box) {
            line.left = box->x;
            line.width = box->width;
            if (box->y < line.top || box->bottom() > line.bottom)
                line.top = box->y, line.bottom = box->bottom();
        }
        line.carets = caretsOf(first, end, firstCell, line.left);
        m_layout.lines.push_back(std::move(line));
    }

    /// One per grapheme and one at the end; where a cluster is hidden, at the place of the one before.
    [[nodiscard]] std::vector<CaretStop> caretsOf(std::uint32_t first, std::uint32_t end, std::size_t firstCell, double left) const
    {
        std::vector<std::optional<double>> places(end - first + 1);
        for (std::size_t i = firstCell; i < m_layout.cells.size(); ++i) {
            const Cell& cell = m_layout.cells[i];
            for (std::uint32_t u = cell.unit; u < cell.endUnit; ++u)
                places[u - first] = cell.place.apply({alongCell(cell, u), 0}).x;
            if (cell.endUnit == end)
                places.back() = cell.place.apply({alongCell(cell, end), 0}).x;
        }
        std::vector<CaretStop> carets;
        double x = left;
        for (std::uint32_t u = first; u <= end; ++u) {
            x = places[u - first].value_or(x);
            if (u == end || m_text.graphemeStart[u])
                carets.push_back({u, x});
        }
        return carets;
    }

    const std::vector<Run>& m_runs;
    const Options& m_options;
    const FontLibrary& m_fonts;
    SourceText m_text;
    std::vector<std::shared_ptr<const Face>> m_faces; ///< per run
    std::vector<PathWalk> m_walks;
    std::vector<std::optional<Start>> m_starts;       ///< per run
    Point m_pen;             ///< where the next character stands on its alphabetic baseline
    double m_lineX = 0;      ///< where the line began that a line break ends
    double m_lineHeight = 0;
    std::optional<std::uint32_t> m_ruleRun;
    Transform m_rulePlace;
    double m_ruleWidth = 0;
    std::vector<Rule> m_rules;
    std::optional<Rect> m_bounds;
    Layout m_layout;
};

} // namespace

Layout layoutPositioned(const std::vector<Run>& runs, const Options& options, const FontLibrary& fonts)
{
    return Positioner(runs, options, fonts).run();
}

} // namespace tessera::text
