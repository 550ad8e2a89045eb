#include "views.h"

#include <cstdlib>

#include <core/base/random.h>
#include <render/cpu/renderer.h>
#include <render/tiles/lifted_picture.h>

#include "measure.h"

namespace tessera::bench {
namespace {

using namespace std::chrono_literals;

constexpr int widthPx = 1920, heightPx = 1080;
constexpr int frames = 400;
constexpr double zoomStep = 1.2; ///< of a wheel's notch
constexpr int farthestOut = -9, nearestIn = 4; ///< notches from 100 %: 100,000 objects in view, and a few hundred
constexpr Color paper{1, 1, 1, 1};
constexpr auto slice = 4ms;
constexpr std::size_t allTiles = std::size_t{4} << 30; ///< nothing of the warm path is dropped

class Painter final : public tiles::TilePainter
{
public:
    scene::Image draw(const scene::DisplayList& list, const scene::View& view, const strips::PixelRect& region, const Color& background) override
    {
        return m_renderer.renderRegion(list, view, region, background);
    }

private:
    cpu::Renderer m_renderer;
};

/// Runs of pans in one direction, and of zooms about a point of the view, some frames each.
std::vector<scene::View> pathOver(const Rect& page)
{
    SeededRandom random(7);
    std::vector<scene::View> path;
    int notch = 0;
    Point centre = page.center();
    while (path.size() < frames) {
        const bool zooms = random.below(3) == 0;
        const bool out = notch == nearestIn || (notch != farthestOut && random.below(2) == 0);
        const Point by{(random.unit() - 0.5) * 120, (random.unit() - 0.5) * 120};
        const std::uint64_t count = zooms ? 1 + random.below(6) : 5 + random.below(20);
        for (std::uint64_t i = 0; i < count && path.size() < frames; ++i) {
            if (zooms)
                notch = std::clamp(notch + (out ? -1 : 1), farthestOut, nearestIn);
            const double scale = std::pow(zoomStep, notch);
            if (!zooms)
                centre = centre + by * (1 / scale);
            centre = {std::clamp(centre.x, page.x, page.right()), std::clamp(centre.y, page.y, page.bottom())};
            const auto whole = [](double v) { return std::round(v); };
            path.push_back({Transform::translation(whole(widthPx / 2.0 - centre.x * scale), whole(heightPx / 2.0 - centre.y * scale)) * Transform::scaling(scale, scale),
                            widthPx, heightPx});
        }
    }
    return path;
}

double frameMs(tiles::TileCache& cache, const scene::View& view, std::chrono::steady_clock::duration budget, std::size_t& unfinished)
{
    const SystemClock clock;
    const double start = cpuMs();
    cache.setView(view);
    unfinished += cache.drawFrame(budget, clock).finished ? 0 : 1;
    return cpuMs() - start;
}

} // namespace

ViewTimes measureViews(const std::shared_ptr<const scene::DisplayList>& page, const std::function<Edited(Point)>& edit,
                       const std::function<scene::LiftedPage(int step)>& drag)
{
    ViewTimes times;
    const std::vector<scene::View> path = pathOver(page->boundsPage);
    std::size_t ignored = 0;
    Painter painter;
    {
        tiles::TileCache cache(painter);
        cache.setBackground(paper);
        cache.setList(page);
        for (const scene::View& view : path)
            times.cold.push_back(frameMs(cache, view, slice, times.unfinished));
    }
    tiles::TileCache cache(painter, allTiles);
    cache.setBackground(paper);
    cache.setList(page);
    for (const scene::View& view : path)
        (void)frameMs(cache, view, tiles::untilFinished, ignored);
    for (const scene::View& view : path)
        times.warm.push_back(frameMs(cache, view, slice, ignored));

    const Point centre = page->boundsPage.center();
    const scene::View view{Transform::translation(std::round(widthPx / 2.0 - centre.x), std::round(heightPx / 2.0 - centre.y)), widthPx, heightPx};
    (void)frameMs(cache, view, tiles::untilFinished, ignored);
    const SystemClock clock;
    for (int i = 0; i < 100; ++i) {
        const Edited edited = edit(centre);
        const double start = cpuMs();
        cache.setList(edited.list);
        cache.invalidate(edited.areaPage);
        times.editTiles.push_back(static_cast<double>(cache.drawFrame(tiles::untilFinished, clock).tilesDrawn));
        times.edit.push_back(cpuMs() - start);
    }

    tiles::LiftedPicture lifted(painter);
    for (int step = 0; step < 200; ++step) {
        const double start = cpuMs();
        const scene::LiftedPage cut = drag(step);
        cache.setList(cut.rest);
        if (step == 0)
            cache.invalidate(cut.lifted->boundsPage.inflated(4)); // where it was
        lifted.setPage(cut, paper);
        const tiles::FrameResult result = cache.drawFrame(tiles::untilFinished, clock);
        (void)lifted.over(cache.picture(), result.changed, view, clock);
        times.drag.push_back(cpuMs() - start);
    }

    cpu::Renderer renderer;
    scene::Image picture;
    for (std::size_t i = 0; i < path.size(); i += 4) {
        const double start = cpuMs();
        picture = renderer.render(*page, path[i], paper, std::move(picture));
        times.direct.push_back(cpuMs() - start);
    }
    return times;
}

} // namespace tessera::bench
