#include "tile_store.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <render/tiles/tile_cache.h>

namespace tessera::tiles {
namespace {

constexpr double sameScale = 1e-9;
/// What a tile of one colour counts as: not all of that is memory, but it bounds their number.
constexpr std::size_t plainTileBytes = 4096;

std::size_t bytesOf(const Tile& tile) { return tile.pixels.pixels.size() + plainTileBytes; }

int floorDivided(int value, int by) { return value / by - (value % by < 0 ? 1 : 0); }

} // namespace

PixelRect united(const PixelRect& a, const PixelRect& b)
{
    if (a.isEmpty())
        return b;
    if (b.isEmpty())
        return a;
    return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

PixelRect pixelsOf(const TileIndex& index)
{
    const int x = index.column * tilePx, y = index.row * tilePx;
    return {x, y, x + tilePx, y + tilePx};
}

TileRange tilesOf(const PixelRect& r)
{
    if (r.isEmpty())
        return {};
    return {floorDivided(r.x0, tilePx), floorDivided(r.y0, tilePx), floorDivided(r.x1 - 1, tilePx) + 1, floorDivided(r.y1 - 1, tilePx) + 1};
}

std::vector<TileIndex> indexesOf(const TileRange& range)
{
    std::vector<TileIndex> indexes;
    for (int row = range.firstRow; row < range.endRow; ++row) {
        for (int column = range.firstColumn; column < range.endColumn; ++column)
            indexes.push_back({column, row});
    }
    return indexes;
}

Level& TileStore::level(double scale)
{
    const auto near = m_levels.lower_bound(scale * (1 - sameScale));
    if (near != m_levels.end() && near->first <= scale * (1 + sameScale))
        return near->second;
    Level& made = m_levels[scale];
    made.scale = scale;
    return made;
}

std::vector<Level*> TileStore::others(const Level& own)
{
    std::vector<Level*> levels;
    for (auto& [scale, level] : m_levels) {
        if (&level != &own && !level.tiles.empty())
            levels.push_back(&level);
    }
    const auto distance = [&](const Level* level) { return std::abs(std::log(level->scale / own.scale)); };
    std::sort(levels.begin(), levels.end(), [&](const Level* a, const Level* b) { return distance(a) < distance(b); });
    return levels;
}

std::size_t TileStore::invalidate(const Rect& areaPage)
{
    if (areaPage.isEmpty())
        return 0;
    std::size_t touched = 0;
    for (auto& [scale, level] : m_levels) {
        const Rect area = Transform::scaling(scale, scale).mapBounds(areaPage).inflated(1);
        for (auto& [index, tile] : level.tiles) {
            const PixelRect own = pixelsOf(index);
            // Cut before it is rounded: areas may be larger than an int.
            const Rect cut = intersected(area, {1.0 * own.x0, 1.0 * own.y0, tilePx, tilePx});
            if (cut.isEmpty())
                continue;
            const PixelRect part = strips::pixelsTouched(cut);
            tile.undone = united(tile.undone, {part.x0 - own.x0, part.y0 - own.y0, part.x1 - own.x0, part.y1 - own.y0});
            ++touched;
        }
    }
    return touched;
}

void TileStore::evict(std::size_t budgetBytes, std::uint64_t frame)
{
    std::size_t size = sizeBytes();
    if (size <= budgetBytes)
        return;
    struct Unseen {
        std::uint64_t shownFrame;
        Level* level;
        TileIndex index;
    };
    std::vector<Unseen> unseen;
    for (auto& [scale, level] : m_levels) {
        for (const auto& [index, tile] : level.tiles) {
            if (tile.shownFrame != frame)
                unseen.push_back({tile.shownFrame, &level, index});
        }
    }
    std::sort(unseen.begin(), unseen.end(), [](const Unseen& a, const Unseen& b) { return a.shownFrame < b.shownFrame; });
    for (const Unseen& oldest : unseen) {
        if (size <= budgetBytes)
            break;
        const auto tile = oldest.level->tiles.find(oldest.index);
        size -= bytesOf(tile->second);
        oldest.level->tiles.erase(tile);
    }
    std::erase_if(m_levels, [](const auto& entry) { return entry.second.tiles.empty(); });
}

std::size_t TileStore::sizeBytes() const
{
    std::size_t size = 0;
    for (const auto& [scale, level] : m_levels) {
        for (const auto& [index, tile] : level.tiles)
            size += bytesOf(tile);
    }
    return size;
}

std::size_t TileStore::tileCount() const
{
    std::size_t count = 0;
    for (const auto& [scale, level] : m_levels)
        count += level.tiles.size();
    return count;
}

} // namespace tessera::tiles
