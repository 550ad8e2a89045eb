#pragma once

#include <render/scene/scene_builder.h>
#include <render/tiles/tile_cache.h>

/// What a gesture moves, between tiles of what lies below and above it: of a frame of the gesture only the moved part is drawn.
/// Around it another cache's picture shows all the rest. One thread at a time.
namespace tessera::tiles {

class LiftedPicture
{
public:
    /// The painter must outlive it, and write alpha last in each pixel.
    explicit LiftedPicture(TilePainter& painter);

    /// But for `lifted` they show the same as in the call before, unless begin() came between.
    void setPage(const scene::LiftedPage& page, const Color& background);
    /// Drops the tiles.
    void begin();
    /// `rest`: a picture of page.rest in `view` (as TileCache::setView() takes it), of which `changed` differs from the call
    /// before. Within 2/255 of a direct render of the whole page. Valid until the next call.
    const scene::Image& over(const scene::Image& rest, const strips::PixelRect& changed, const scene::View& view, const Clock& clock);

private:
    TilePainter& m_painter;
    TileCache m_below;
    TileCache m_above;
    std::shared_ptr<const scene::DisplayList> m_lifted;
    scene::Image m_picture;
    scene::View m_view;
    strips::PixelRect m_covered; ///< of the picture, by what was lifted
};

} // namespace tessera::tiles
