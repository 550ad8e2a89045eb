#include <algorithm>
#include <cmath>
#include <limits>

#include <render/text/layout.h>

#include "cell.h"

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

/// The cell at whose start, inside or, failing that, end the position is.
const Cell* cellAt(const Layout& layout, std::uint32_t unit, Affinity affinity)
{
    const Cell* ending = nullptr;
    const Cell* holding = nullptr;
    for (const Cell& cell : layout.cells) {
        if (unit >= cell.unit && unit < cell.endUnit)
            holding = &cell;
        if (unit == cell.endUnit)
            ending = &cell;
    }
    return holding && (affinity == Affinity::downstream || !ending) ? holding : ending;
}

/// Positions where editing may stop, the line's last included.
bool isStop(const Layout& layout, std::uint32_t unit)
{
    return std::any_of(layout.lines.begin(), layout.lines.end(), [&](const Line& line) {
        return std::any_of(line.carets.begin(), line.carets.end(), [&](const CaretStop& c) { return c.unit == unit; });
    });
}

std::uint32_t positionedUnitAt(const Layout& layout, Point point)
{
    double nearest = std::numeric_limits<double>::infinity();
    std::uint32_t result = layout.lines.front().firstUnit;
    for (const Cell& cell : layout.cells) {
        const auto toCell = cell.place.inverted();
        if (!toCell)
            continue;
        const Point p = toCell->apply(point);
        const double dx = std::max({cell.rect.x - p.x, 0.0, p.x - cell.rect.right()});
        const double dy = std::max({cell.rect.y - p.y, 0.0, p.y - cell.rect.bottom()});
        if (const double distance = std::hypot(dx, dy); distance < nearest) {
            nearest = distance;
            double closest = std::numeric_limits<double>::infinity();
            for (std::uint32_t u = cell.unit; u <= cell.endUnit; ++u) {
                if (const double off = std::abs(alongCell(cell, u) - p.x); off < closest && isStop(layout, u))
                    closest = off, result = u;
            }
        }
    }
    return result;
}

std::vector<Rect> positionedRects(const Layout& layout, std::uint32_t from, std::uint32_t to)
{
    std::vector<Rect> result;
    const Cell* last = nullptr;
    for (const Cell& cell : layout.cells) {
        if (cell.endUnit <= from || cell.unit >= to)
            continue;
        const double a = alongCell(cell, std::max(from, cell.unit)), b = alongCell(cell, std::min(to, cell.endUnit));
        const Rect rect = cell.place.mapBounds({std::min(a, b), cell.rect.y, std::abs(b - a), cell.rect.height});
        const bool level = last && std::abs(cell.place.b) < 1e-9 && last->place.f == cell.place.f && last->rect.y == cell.rect.y;
        if (level && rect.x <= result.back().right() + 1e-6 && rect.right() >= result.back().x - 1e-6)
            result.back() = united(result.back(), rect);
        else
            result.push_back(rect);
        last = &cell;
    }
    return result;
}

} // namespace

Caret caretAt(const Layout& layout, std::uint32_t unit, Affinity affinity)
{
    if (const Cell* cell = cellAt(layout, unit, affinity)) {
        while (unit > cell->unit && !isStop(layout, unit))
            --unit;
        const Point top = cell->place.apply({alongCell(*cell, unit), cell->rect.y});
        return {top, cell->rect.height, lineOf(layout, unit, affinity), std::atan2(cell->place.b, cell->place.a)};
    }
    const std::size_t index = lineOf(layout, unit, affinity);
    const Line& line = layout.lines[index];
    return {{stopAt(line, unit).x, line.top}, line.bottom - line.top, index};
}

std::uint32_t unitAt(const Layout& layout, Point point)
{
    if (!layout.cells.empty())
        return positionedUnitAt(layout, point);
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
    if (!layout.cells.empty())
        return positionedRects(layout, from, to);
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
