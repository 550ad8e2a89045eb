#pragma once

#include <span>
#include <vector>

#include <core/base/geometry.h>
#include <core/base/path.h>
#include <core/document/node.h>

/// Curves to polylines, outlines to strokes. Pure; safe on any thread. Points that are not finite are left out.
namespace tessera::strips {

inline constexpr double flattenTolerancePx = 0.1;

struct Polyline {
    std::vector<Point> points; ///< of a closed one the first is not repeated
    bool closed = false;
    /// Of a stroke's centre line: vertex i lies inside a curve, where no join is drawn. Empty: none does.
    std::vector<char> smooth;
};

/// Polylines whose memory is used again: clear() keeps it.
class Polylines
{
public:
    void clear() { m_count = 0; }
    /// An empty one at the end; references to others stay until the next call only.
    Polyline& add()
    {
        if (m_count == m_lines.size())
            m_lines.emplace_back();
        Polyline& line = m_lines[m_count++];
        line.points.clear();
        line.smooth.clear();
        line.closed = false;
        return line;
    }
    void removeLast() { --m_count; }
    [[nodiscard]] std::size_t size() const { return m_count; }
    [[nodiscard]] Polyline& operator[](std::size_t i) { return m_lines[i]; }
    [[nodiscard]] Polyline& last() { return m_lines[m_count - 1]; }
    [[nodiscard]] std::span<Polyline> all() { return {m_lines.data(), m_count}; }
    [[nodiscard]] std::span<const Polyline> all() const { return {m_lines.data(), m_count}; }

private:
    std::vector<Polyline> m_lines;
    std::size_t m_count = 0;
};

/// No point of the outline is farther than `tolerance` from the result. `transform` is applied first.
[[nodiscard]] std::vector<Polyline> flatten(const Path& path, const Transform& transform, double tolerance);
/// The same, appended.
void flatten(const Path& path, const Transform& transform, double tolerance, Polylines& out);

/// The outline of a stroke as closed polylines for the nonzero rule, in the path's space. Alignment is not looked at:
/// the stroke is centred. Dashes: lengths in path units, an odd list counts twice, none or all zero: solid.
[[nodiscard]] std::vector<Polyline> strokeOutline(const Path& path, const document::StrokeStyle& style, double tolerance);

} // namespace tessera::strips
