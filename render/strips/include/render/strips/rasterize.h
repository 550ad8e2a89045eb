#pragma once

#include <memory>
#include <span>
#include <vector>

#include <core/base/path.h>
#include <core/document/node.h>
#include <render/strips/coverage.h>
#include <render/strips/flatten.h>

/// Polylines to coverage: the exact area of each pixel inside, in integers of 1/256 px, so that every machine gets the
/// same bytes. Coordinates are device px.
namespace tessera::strips {

struct StrokeBuffers;

/// Reuses its buffers between calls: a coverage it returns is valid until the next call. One thread at a time.
class Rasterizer
{
public:
    Rasterizer();
    ~Rasterizer();
    Rasterizer(Rasterizer&&) noexcept;
    Rasterizer& operator=(Rasterizer&&) noexcept;

    /// The part inside `area`, whose y0 is a multiple of stripHeightPx. Open polylines are closed by a straight line.
    [[nodiscard]] const Coverage& rasterize(std::span<const Polyline> lines, document::FillRule rule, const PixelRect& area);

    /// For what makes polylines for it.
    [[nodiscard]] Polylines& lineBuffer() { return m_lines; }
    [[nodiscard]] StrokeBuffers& strokeBuffers() { return *m_strokeBuffers; }
    [[nodiscard]] const Coverage& keep(Coverage coverage) { return m_out = std::move(coverage); }
    [[nodiscard]] const Coverage& nothing() { return keep({}); }

private:
    struct Edge {
        std::int32_t x0, y0, x1, y1; ///< 24.8, relative to the area; x within it, y0 < y1
        std::int32_t winding;
    };
    /// Per row of a strip's column: the height that edges span there, and twice the area between the pixel's left side and
    /// them, the cells of FreeType's and AGG's scan converters. Signed sums; unsigned so that absurd overlaps wrap.
    using Rows = std::uint32_t __attribute__((vector_size(4 * stripHeightPx)));
    struct Cell {
        Rows cover;
        Rows area;
    };
    void addLine(Point from, Point to, const PixelRect& area);
    void addClipped(Point from, Point to, double width, double height);
    void addEdge(double x0, double y0, double x1, double y1);
    void sortIntoBands(int bands, int bandBits);
    void accumulate(const Edge& edge, std::int32_t top, std::int32_t bottom);
    void addRow(Cell* cells, std::uint64_t* touched, int row, const Edge& piece);
    void sweep(int strip, std::int32_t y, document::FillRule rule, const PixelRect& area);

    Polylines m_lines;
    std::unique_ptr<StrokeBuffers> m_strokeBuffers;
    Coverage m_out;
    std::vector<Edge> m_edges;
    std::vector<std::uint32_t> m_bandStart; ///< into m_bandEdges
    std::vector<std::uint32_t> m_bandEdges;
    std::vector<Cell> m_cells;            ///< of a band, strip by strip; zero between bands
    std::vector<std::uint64_t> m_touched; ///< a bit for each cell; zero between bands
    std::size_t m_cellsPerStrip = 0;
    std::size_t m_touchedPerStrip = 0;
    int m_widthPx = 0;
    std::int32_t m_height = 0; ///< 24.8
};

/// A path's inside, flattened to flattenTolerancePx.
[[nodiscard]] const Coverage& fillCoverage(Rasterizer& rasterizer, const Path& path, const Transform& toDevice,
                                    document::FillRule rule, const PixelRect& area);
/// A path's stroke, made in the path's space. Inside and outside alignment double the width and keep one half, by the
/// shape's own coverage under `rule`; a path with an open subpath is always centred.
[[nodiscard]] const Coverage& strokeCoverage(Rasterizer& rasterizer, const Path& path, const Transform& toDevice,
                                      const document::StrokeStyle& style, document::FillRule rule, const PixelRect& area);

} // namespace tessera::strips
