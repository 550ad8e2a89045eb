#pragma once

#include <core/base/geometry.h>

/// The part of the page that a view shows. View coordinates are device-independent px of the widget. Pure.
namespace tessera::app {

inline constexpr double leastZoom = 0.01;
inline constexpr double greatestZoom = 256;

struct Viewport {
    Point origin;      ///< page point at the view's top left corner
    double zoom = 1;   ///< view px per document px
    Size size;         ///< of the view
    friend bool operator==(const Viewport&, const Viewport&) = default;

    [[nodiscard]] Point toPage(Point view) const { return {origin.x + view.x / zoom, origin.y + view.y / zoom}; }
    [[nodiscard]] Point toView(Point page) const { return {(page.x - origin.x) * zoom, (page.y - origin.y) * zoom}; }
    [[nodiscard]] Transform pageToView() const
    {
        return Transform::scaling(zoom, zoom) * Transform::translation(-origin.x, -origin.y);
    }
    [[nodiscard]] Rect visiblePage() const { return {origin.x, origin.y, size.width / zoom, size.height / zoom}; }
};

/// The page point under `viewAnchor` stays where it is. Bounded to the zoom range.
[[nodiscard]] Viewport zoomed(const Viewport& viewport, double zoom, Point viewAnchor);
/// Its origin on a whole device px, where tiles lie.
[[nodiscard]] Viewport snapped(const Viewport& viewport, double devicePixelRatio);
[[nodiscard]] Viewport panned(const Viewport& viewport, Point byView);
/// Shows all of `page` with `paddingView` px round it; never above `maxZoom`.
[[nodiscard]] Viewport fitted(const Viewport& viewport, const Rect& page, double paddingView, double maxZoom);
/// Steps of the zoom keys: 1, 2, 3, 5, 6.25, 12.5, 25, 50, 75, 100, 150, 200, 300, 400, 800, … percent.
[[nodiscard]] double nextZoomStep(double zoom);
[[nodiscard]] double previousZoomStep(double zoom);

} // namespace tessera::app
