#include <algorithm>
#include <cmath>

#include <render/text/layout.h>

namespace tessera::text {

namespace {

/// Line that holds the position. At a soft wrap both lines do: the affinity decides.
std::size_t lineOf(const Layout& layout, std::uint32_t unit, Affinity affinity)
{
    std::size_t found = 0;
    for (std::size_t i = 0; i < layout.lines.size(); ++i) {
        const Line& line = layout.lines[i];
        if (unit < line.firstUnit)
            break;
        if (unit == line.firstUnit && i > 0 && affinity == Affinity::upstream && layout.lines[i - 1].endUnit == unit)
            break;
        found = i;
    }
    return found;
}

/// The last stop at or before `unit`.
const CaretStop& stopAt(const Line& line, std::uint32_t unit)
{
    const auto after = std::upper_bound(line.carets.begin(), line.carets.end(), unit,
                                        [](std::uint32_t u, const CaretStop& c) { return u < c.unit; });
    return after == line.carets.begin() ? line.carets.front() : *(after - 1);
}

} // namespace

Caret caretAt(const Layout& layout, std::uint32_t unit, Affinity affinity)
{
    const std::size_t index = lineOf(layout, unit, affinity);
    const Line& line = layout.lines[index];
    return {{stopAt(line, unit).x, line.top}, line.bottom - line.top, index};
}

std::uint32_t unitAt(const Layout& layout, Point point)
{
    const Line* line = &layout.lines.front();
    for (const Line& candidate : layout.lines) {
        if (point.y >= candidate.top)
            line = &candidate;
    }
    const CaretStop* best = &line->carets.front();
    for (const CaretStop& stop : line->carets) {
        if (std::abs(stop.x - point.x) < std::abs(best->x - point.x))
            best = &stop;
    }
    // The end of a softly wrapped line is the start of the next one; a click there means before its last space.
    const bool soft = line != &layout.lines.back() && (line + 1)->firstUnit == line->endUnit;
    if (soft && best->unit == line->endUnit && line->carets.size() > 1)
        return line->carets[line->carets.size() - 2].unit;
    return best->unit;
}

std::vector<Rect> selectionRects(const Layout& layout, std::uint32_t from, std::uint32_t to)
{
    std::vector<Rect> result;
    for (const Line& line : layout.lines) {
        const std::uint32_t first = std::max(from, line.firstUnit), end = std::min(to, line.endUnit);
        if (first >= end)
            continue;
        // Neighbouring graphemes join as long as they touch; direction changes split.
        for (std::size_t i = 0; i + 1 < line.carets.size(); ++i) {
            if (line.carets[i].unit < first || line.carets[i].unit >= end)
                continue;
            const double a = line.carets[i].x, b = line.carets[i + 1].x;
            const Rect piece{std::min(a, b), line.top, std::abs(b - a), line.bottom - line.top};
            Rect* last = result.empty() || result.back().y != line.top ? nullptr : &result.back();
            if (last && piece.x <= last->right() + 1e-6 && piece.right() >= last->x - 1e-6)
                *last = united(*last, piece);
            else
                result.push_back(piece);
        }
    }
    return result;
}

std::uint32_t nextStop(const Layout& layout, std::uint32_t unit)
{
    for (const Line& line : layout.lines) {
        for (const CaretStop& stop : line.carets) {
            if (stop.unit > unit)
                return stop.unit;
        }
    }
    return layout.unitCount;
}

std::uint32_t previousStop(const Layout& layout, std::uint32_t unit)
{
    std::uint32_t result = 0;
    for (const Line& line : layout.lines) {
        for (const CaretStop& stop : line.carets) {
            if (stop.unit < unit)
                result = stop.unit;
        }
    }
    return result;
}

} // namespace tessera::text
