#include <render/tiles/tile_cache.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <utility>

#include <render/scene/effects.h>

#include "blit.h"
#include "tile_store.h"

namespace tessera::tiles {
namespace {

using Duration = std::chrono::steady_clock::duration;

/// Rows of a tile that are drawn at once at least: fewer would mostly be the cost of finding what is in them.
constexpr int leastSliceRows = 64;
constexpr int farthestBackdropPx = 2048;
/// Scales that are looked through for what is not there yet.
constexpr std::size_t mostFallbacks = 4;
/// A much finer scale is left out: its tiles would take longer to copy than ours to draw.
constexpr double mostFallbackTiles = 256;

PixelRect moved(const PixelRect& r, int x, int y) { return {r.x0 + x, r.y0 + y, r.x1 + x, r.y1 + y}; }

/// Level px that show the same as those of another level, `factor` times its scale.
PixelRect scaled(const PixelRect& r, double factor)
{
    return strips::pixelsTouched({r.x0 * factor, r.y0 * factor, r.width() * factor, r.height() * factor});
}

} // namespace

struct TileCache::Impl {
    Impl(TilePainter& p, std::size_t bytes) : painter(p), budgetBytes(bytes) {}

    TilePainter& painter;
    std::size_t budgetBytes;
    TileStore store;
    std::shared_ptr<const scene::DisplayList> list = std::make_shared<const scene::DisplayList>();
    Color background{0, 0, 0, 0};
    std::optional<std::uint32_t> backgroundPixel; ///< as the painter writes it; absent: not asked yet

    double scale = 1;
    PixelRect view; ///< level px
    scene::Image picture;
    bool pictureStale = true; ///< all of it
    std::uint64_t frame = 0;
    double nsPerPx = 0; ///< what drawing has cost lately at `scale`; 0: not known

    [[nodiscard]] std::vector<TileIndex> undone(Level& level) const;
    [[nodiscard]] PixelRect nextSlice(const Tile& tile, Duration left) const;
    [[nodiscard]] bool drawSlice(const TileIndex& index, Tile& tile, const PixelRect& slice);
    void learn(const PixelRect& slice, Duration took, bool isPlain);
    void finish(Tile& tile);
    void fillBackground(const PixelRect& levelPx);
    void compose(Level& level, const PixelRect& levelPx);
    void composeTile(const TileIndex& index, const Tile& tile, const PixelRect& levelPx);
    void composeOthers(Level& own, const PixelRect& levelPx);
    void composeScaled(Level& other, double factor, const PixelRect& levelPx);
};

/// What the view needs, nearest its centre first.
std::vector<TileIndex> TileCache::Impl::undone(Level& level) const
{
    std::vector<TileIndex> open;
    for (const TileIndex& index : indexesOf(tilesOf(view))) {
        Tile& tile = level.tiles.try_emplace(index, Tile{{}, 0, {0, 0, tilePx, tilePx}}).first->second;
        tile.shownFrame = frame;
        if (!tile.undone.isEmpty())
            open.push_back(index);
    }
    const auto distance = [&](const TileIndex& index) {
        const PixelRect r = pixelsOf(index);
        return std::hypot(r.x0 + r.x1 - view.x0 - view.x1, r.y0 + r.y1 - view.y0 - view.y1);
    };
    std::sort(open.begin(), open.end(), [&](const TileIndex& a, const TileIndex& b) { return distance(a) < distance(b); });
    return open;
}

/// As many rows as should fit the time that is left; empty when the fewest do not.
PixelRect TileCache::Impl::nextSlice(const Tile& tile, Duration left) const
{
    PixelRect slice = tile.undone;
    const auto leftNs = static_cast<double>(std::chrono::nanoseconds(left).count());
    const double rows = nsPerPx > 0 ? leftNs / (nsPerPx * slice.width()) : leastSliceRows;
    if (rows < slice.height())
        slice.y1 = std::min(slice.y1, slice.y0 + static_cast<int>(rows) / leastSliceRows * leastSliceRows);
    return slice;
}

/// Dearer at once, cheaper by and by; what is empty tells nothing about the next one.
void TileCache::Impl::learn(const PixelRect& slice, Duration took, bool isPlain)
{
    const auto tookNs = static_cast<double>(std::chrono::nanoseconds(took).count());
    const double cost = tookNs / (1.0 * slice.width() * slice.height());
    if (cost > nsPerPx)
        nsPerPx = cost;
    else if (!isPlain)
        nsPerPx = (3 * nsPerPx + cost) / 4;
}

/// Whether it has one colour.
bool TileCache::Impl::drawSlice(const TileIndex& index, Tile& tile, const PixelRect& slice)
{
    const PixelRect own = pixelsOf(index);
    const Transform toLevel = Transform::scaling(scale, scale);
    const int around = scene::backdropReachPx(*list, toLevel, farthestBackdropPx);
    const int x = own.x0 + slice.x0 - around, y = own.y0 + slice.y0 - around;
    const scene::View part{Transform::translation(-x, -y) * toLevel, slice.width() + 2 * around, slice.height() + 2 * around};
    const PixelRect region = moved({0, 0, slice.width(), slice.height()}, around, around);
    const scene::Image drawn = painter.draw(*list, part, region, background);
    if (tile.pixels.pixels.empty()) {
        tile.pixels = scene::Image::blank(tilePx, tilePx);
        if (tile.wasWhole)
            fillPixels(tile.pixels, {0, 0, tilePx, tilePx}, tile.color);
    }
    if (drawn.widthPx >= region.x1 && drawn.heightPx >= region.y1)
        copyPixels(drawn, region, tile.pixels, slice.x0, slice.y0);
    tile.undone.y0 = slice.y1;
    if (tile.undone.isEmpty())
        finish(tile);
    return hasOneColor(drawn);
}

void TileCache::Impl::finish(Tile& tile)
{
    tile.undone = {};
    tile.wasWhole = true;
    if (hasOneColor(tile.pixels)) {
        tile.color = pixelAt(tile.pixels, 0, 0);
        tile.pixels = {};
    }
}

void TileCache::Impl::fillBackground(const PixelRect& levelPx)
{
    if (!backgroundPixel) {
        const scene::Image drawn = painter.draw({}, {{}, 1, 1}, {0, 0, 1, 1}, background);
        backgroundPixel = drawn.pixels.empty() ? 0 : pixelAt(drawn, 0, 0);
    }
    fillPixels(picture, moved(levelPx, -view.x0, -view.y0), *backgroundPixel);
}

/// Part of the picture from the tiles there are. Within the view.
void TileCache::Impl::compose(Level& level, const PixelRect& levelPx)
{
    for (const TileIndex& index : indexesOf(tilesOf(levelPx))) {
        const PixelRect part = strips::intersected(pixelsOf(index), levelPx);
        const Tile& tile = level.tiles.at(index);
        if (tile.wasWhole)
            composeTile(index, tile, part);
        else
            composeOthers(level, part);
    }
}

void TileCache::Impl::composeTile(const TileIndex& index, const Tile& tile, const PixelRect& levelPx)
{
    const PixelRect own = pixelsOf(index), to = moved(levelPx, -view.x0, -view.y0);
    if (tile.pixels.pixels.empty())
        fillPixels(picture, to, tile.color);
    else
        copyPixels(tile.pixels, moved(levelPx, -own.x0, -own.y0), picture, to.x0, to.y0);
}

/// The nearest scale that has all of the part, or else what each has, the nearest on top.
void TileCache::Impl::composeOthers(Level& own, const PixelRect& levelPx)
{
    std::vector<Level*> shown;
    bool covered = false;
    for (Level* level : store.others(own)) {
        const TileRange range = tilesOf(scaled(levelPx, level->scale / scale));
        if (range.count() > mostFallbackTiles)
            continue;
        const std::vector<TileIndex> indexes = indexesOf(range);
        const auto there = std::count_if(indexes.begin(), indexes.end(), [&](const TileIndex& index) {
            const auto tile = level->tiles.find(index);
            return tile != level->tiles.end() && tile->second.wasWhole;
        });
        if (there > 0)
            shown.push_back(level);
        covered = there == static_cast<std::ptrdiff_t>(indexes.size());
        if (covered || shown.size() == mostFallbacks)
            break;
    }
    if (!covered)
        fillBackground(levelPx);
    for (auto level = shown.rbegin(); level != shown.rend(); ++level)
        composeScaled(**level, (*level)->scale / scale, levelPx);
}

/// `factor`: the other level's scale in ours.
void TileCache::Impl::composeScaled(Level& other, double factor, const PixelRect& levelPx)
{
    // Ours whose centre lies in the tile: no pixel is left out between two tiles, and none has both.
    const auto first = [factor](int edge) { return static_cast<int>(std::ceil(edge / factor - 0.5)); };
    for (const TileIndex& index : indexesOf(tilesOf(scaled(levelPx, factor)))) {
        const auto found = other.tiles.find(index);
        if (found == other.tiles.end() || !found->second.wasWhole)
            continue;
        Tile& tile = found->second;
        tile.shownFrame = frame;
        const PixelRect own = pixelsOf(index);
        const PixelRect part = strips::intersected(levelPx, {first(own.x0), first(own.y0), first(own.x1), first(own.y1)});
        const PixelRect to = moved(part, -view.x0, -view.y0);
        if (tile.pixels.pixels.empty())
            fillPixels(picture, to, tile.color);
        else
            scalePixels(tile.pixels, factor, view.x0 - own.x0 / factor, view.y0 - own.y0 / factor, picture, to);
    }
}

TileCache::TileCache(TilePainter& painter, std::size_t budgetBytes) : m_impl(std::make_unique<Impl>(painter, budgetBytes)) {}
TileCache::~TileCache() = default;

void TileCache::setList(std::shared_ptr<const scene::DisplayList> list)
{
    assert(list);
    m_impl->list = std::move(list);
}

void TileCache::setBackground(const Color& background)
{
    if (m_impl->background == background)
        return;
    m_impl->background = background;
    m_impl->backgroundPixel.reset();
    clear();
}

std::size_t TileCache::invalidate(const Rect& areaPage) { return m_impl->store.invalidate(areaPage); }

void TileCache::clear()
{
    m_impl->store.clear();
    m_impl->pictureStale = true;
}

void TileCache::setView(const scene::View& view)
{
    Impl& impl = *m_impl;
    const Transform& t = view.pageToDevice;
    assert(t.a > 0 && t.a == t.d && t.b == 0 && t.c == 0);
    const auto nearest = [](double v) { return static_cast<int>(std::lround(std::clamp(v, -1e9, 1e9))); };
    const bool isSized = view.widthPx >= 1 && view.heightPx >= 1 && std::max(view.widthPx, view.heightPx) <= strips::maxDevicePx;
    const PixelRect shown = isSized ? moved({0, 0, view.widthPx, view.heightPx}, -nearest(t.e), -nearest(t.f)) : PixelRect{};
    if (impl.scale == t.a && impl.view == shown)
        return;
    impl.nsPerPx *= std::max(1.0, (impl.scale / t.a) * (impl.scale / t.a)); // as much more lies on a px
    impl.scale = t.a;
    impl.view = shown;
    impl.pictureStale = true;
    if (impl.picture.widthPx != shown.width() || impl.picture.heightPx != shown.height())
        impl.picture = scene::Image::blank(shown.width(), shown.height());
}

FrameResult TileCache::drawFrame(Duration budget, const Clock& clock)
{
    Impl& impl = *m_impl;
    ++impl.frame;
    Level& level = impl.store.level(impl.scale);
    impl.scale = level.scale;
    FrameResult result;
    const auto deadline = clock.now() + budget;
    bool hasDrawn = false;
    const auto show = [&](const TileIndex& index, const PixelRect& part) {
        const PixelRect own = pixelsOf(index);
        result.changed = united(result.changed, strips::intersected(moved(part, own.x0, own.y0), impl.view));
    };
    for (const TileIndex& index : impl.undone(level)) {
        Tile& tile = level.tiles.at(index);
        const bool wasWhole = tile.wasWhole;
        for (auto now = clock.now(); !tile.undone.isEmpty() && (!hasDrawn || now < deadline);) {
            PixelRect slice = impl.nextSlice(tile, deadline - now);
            if (slice.isEmpty()) {
                if (hasDrawn)
                    break;
                slice.y1 = std::min(slice.y0 + leastSliceRows, tile.undone.y1);
            }
            const bool isPlain = impl.drawSlice(index, tile, slice);
            if (wasWhole)
                show(index, slice);
            const auto after = clock.now();
            impl.learn(slice, after - now, isPlain);
            hasDrawn = true;
            now = after;
        }
        if (!tile.undone.isEmpty()) {
            result.finished = false;
            break;
        }
        ++result.tilesDrawn;
        if (!wasWhole)
            show(index, {0, 0, tilePx, tilePx});
    }
    if (impl.pictureStale)
        result.changed = impl.view;
    impl.compose(level, result.changed);
    impl.pictureStale = false;
    result.changed = moved(result.changed, -impl.view.x0, -impl.view.y0);
    impl.store.evict(impl.budgetBytes, impl.frame);
    return result;
}

const scene::Image& TileCache::picture() const { return m_impl->picture; }
std::size_t TileCache::sizeBytes() const { return m_impl->store.sizeBytes(); }
std::size_t TileCache::tileCount() const { return m_impl->store.tileCount(); }

} // namespace tessera::tiles
