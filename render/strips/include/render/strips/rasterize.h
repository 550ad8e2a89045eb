#pragma once

#include <vector>

#include <core/base/path.h>
#include <core/document/node.h>
#include <render/strips/coverage.h>
#include <render/strips/flatten.h>

/// Polylines to coverage: the exact area of each pixel inside, in integers of 1/256 px, so that every machine gets the
/// same bytes. Coordinates are device px.
namespace tessera::strips {

/// Reuses its buffers between calls. One thread at a time.
class Rasterizer
{
public:
    /// The part inside `area`, whose y0 is a multiple of stripHeightPx. Open polylines are closed by a straight line.
    [[nodiscard]] Coverage rasterize(const std::vector<Polyline>& lines, document::FillRule rule, const PixelRect& area);

private:
    struct Edge {
        std::int32_t x0, y0, x1, y1; ///< 24.8, relative to the area; y0 < y1
        std::int32_t winding;
    };
    void addLine(Point from, Point to, const PixelRect& area);
    void addClipped(Point from, Point to, double width, double height);
    void addEdge(double x0, double y0, double x1, double y1);
    void accumulate(const Edge& edge, int row);
    void sweep(int row, document::FillRule rule, const PixelRect& area, Coverage& out);

    std::vector<Edge> m_edges;
    std::vector<std::uint32_t> m_rowStart;
    std::vector<std::uint32_t> m_rowEdges;
    struct Cell {
        std::uint32_t cover[stripHeightPx]; ///< signed sums; unsigned so that absurd overlaps wrap
        std::uint32_t area[stripHeightPx];
    };
    std::vector<Cell> m_cells;
    std::vector<std::uint64_t> m_touched;
    int m_widthPx = 0;
};

/// A path's inside, flattened to flattenTolerancePx.
[[nodiscard]] Coverage fillCoverage(Rasterizer& rasterizer, const Path& path, const Transform& toDevice,
                                    document::FillRule rule, const PixelRect& area);
/// A path's stroke, made in the path's space. Inside and outside alignment double the width and keep one half, by the
/// shape's own coverage under `rule`; a path with an open subpath is always centred.
[[nodiscard]] Coverage strokeCoverage(Rasterizer& rasterizer, const Path& path, const Transform& toDevice,
                                      const document::StrokeStyle& style, document::FillRule rule, const PixelRect& area);

} // namespace tessera::strips
