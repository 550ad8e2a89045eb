#include <app/canvas/viewport.h>

#include <array>
#include <cmath>

namespace tessera::app {
namespace {

constexpr std::array steps{0.01, 0.02, 0.03, 0.05, 0.0625, 0.125, 0.25, 0.5, 0.75, 1.0, 1.5,
                           2.0,  3.0,  4.0,  8.0,  16.0,   32.0,  64.0, 128.0, 256.0};
constexpr double same = 1e-6; ///< a zoom this close to a step counts as on it

} // namespace

Viewport zoomed(const Viewport& viewport, double zoom, Point viewAnchor)
{
    Viewport result = viewport;
    const Point fixed = viewport.toPage(viewAnchor);
    result.zoom = std::clamp(zoom, leastZoom, greatestZoom);
    result.origin = {fixed.x - viewAnchor.x / result.zoom, fixed.y - viewAnchor.y / result.zoom};
    return result;
}

Viewport snapped(const Viewport& viewport, double devicePixelRatio)
{
    Viewport result = viewport;
    const double scale = viewport.zoom * devicePixelRatio;
    if (scale > 0)
        result.origin = {std::round(viewport.origin.x * scale) / scale, std::round(viewport.origin.y * scale) / scale};
    return result;
}

Viewport panned(const Viewport& viewport, Point byView)
{
    Viewport result = viewport;
    result.origin = viewport.origin - byView * (1 / viewport.zoom);
    return result;
}

Viewport fitted(const Viewport& viewport, const Rect& page, double paddingView, double maxZoom)
{
    if (viewport.size.width <= 0 || viewport.size.height <= 0)
        return viewport;
    const double w = std::max(1.0, viewport.size.width - 2 * paddingView);
    const double h = std::max(1.0, viewport.size.height - 2 * paddingView);
    Viewport result = viewport;
    const double zoomX = page.width > 0 ? w / page.width : maxZoom;
    const double zoomY = page.height > 0 ? h / page.height : maxZoom;
    result.zoom = std::clamp(std::min({zoomX, zoomY, maxZoom}), leastZoom, greatestZoom);
    const Point center = page.center();
    result.origin = {center.x - viewport.size.width / 2 / result.zoom, center.y - viewport.size.height / 2 / result.zoom};
    return result;
}

double nextZoomStep(double zoom)
{
    for (const double step : steps) {
        if (step > zoom * (1 + same))
            return step;
    }
    return steps.back();
}

double previousZoomStep(double zoom)
{
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        if (*step < zoom * (1 - same))
            return *step;
    }
    return steps.front();
}

} // namespace tessera::app
