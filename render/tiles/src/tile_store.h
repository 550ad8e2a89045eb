#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <core/base/geometry.h>
#include <render/scene/image.h>
#include <render/strips/coverage.h>

/// Tiles by scale. Level px: device px at the level's scale, the page's origin at (0, 0).
namespace tessera::tiles {

using strips::PixelRect;

/// Column and row: the tile covers tilePx level px from tilePx times it.
struct TileIndex {
    int column{};
    int row{};
    friend auto operator<=>(const TileIndex&, const TileIndex&) = default;
};

struct Tile {
    scene::Image pixels;        ///< without memory where all are `color`
    std::uint32_t color{};
    PixelRect undone;           ///< px of the tile that must be drawn, or drawn again
    bool wasWhole = false;      ///< it has been drawn once: may be shown
    std::uint64_t shownFrame{}; ///< number of the frame that showed it last
};

struct Level {
    double scale = 1; ///< device px per document px
    std::map<TileIndex, Tile> tiles;
};

[[nodiscard]] PixelRect united(const PixelRect& a, const PixelRect& b);
[[nodiscard]] PixelRect pixelsOf(const TileIndex& index);
/// Tiles that have any of the level px.
struct TileRange {
    int firstColumn{}, firstRow{}, endColumn{}, endRow{};
    [[nodiscard]] double count() const { return 1.0 * (endColumn - firstColumn) * (endRow - firstRow); }
};
[[nodiscard]] TileRange tilesOf(const PixelRect& levelPx);
[[nodiscard]] std::vector<TileIndex> indexesOf(const TileRange& range);

class TileStore
{
public:
    /// Made when there is none. Valid while it has tiles, or until the next evict().
    [[nodiscard]] Level& level(double scale);
    /// All but `own` that have tiles, the nearest scale first.
    [[nodiscard]] std::vector<Level*> others(const Level& own);
    std::size_t invalidate(const Rect& areaPage);
    void clear() { m_levels.clear(); }
    /// Drops tiles that `frame` did not show, the longest unseen first, until the others fit.
    void evict(std::size_t budgetBytes, std::uint64_t frame);
    [[nodiscard]] std::size_t sizeBytes() const;
    [[nodiscard]] std::size_t tileCount() const;

private:
    std::map<double, Level> m_levels;
};

} // namespace tessera::tiles
