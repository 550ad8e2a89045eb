#pragma once

#include <optional>
#include <vector>

#include <core/base/path.h>

namespace tessera::text {

/// Places along an outline by distance. Subpaths follow each other without the gaps between them; a closed one's last
/// side counts.
class PathWalk
{
public:
    struct Place {
        Point at;
        double angle{}; ///< radians clockwise from +x, of the direction of travel
    };

    explicit PathWalk(const Path& path);
    [[nodiscard]] double length() const { return m_length; }
    /// Absent before the start, past the end, and on an outline without length.
    [[nodiscard]] std::optional<Place> at(double distance) const;

private:
    struct Segment {
        Point p[4];
        double start{}, length{};
        std::vector<double> chords; ///< length up to each of the equal steps of the parameter
    };
    void addLine(Point from, Point to);
    void add(Point a, Point b, Point c, Point d);

    std::vector<Segment> m_segments;
    double m_length = 0;
};

} // namespace tessera::text
