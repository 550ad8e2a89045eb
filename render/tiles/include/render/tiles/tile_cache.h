#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include <core/base/clock.h>
#include <core/base/color.h>
#include <render/scene/display_list.h>
#include <render/scene/image.h>
#include <render/strips/coverage.h>

/// The picture of a view put together from tiles that are kept: panned by copying, zoomed by scaling what is there, then drawn
/// in slices of time. Pixels are four bytes in the painter's own order. One thread at a time.
namespace tessera::tiles {

inline constexpr int tilePx = 512;
inline constexpr std::size_t defaultBudgetBytes = std::size_t{256} << 20; ///< 13 screens of 1920 x 1080
/// A time budget that nothing exceeds.
inline constexpr std::chrono::steady_clock::duration untilFinished = std::chrono::hours(1);

/// A back end. Called on the cache's thread.
class TilePainter
{
public:
    virtual ~TilePainter() = default;
    /// A picture of the view's size, in which at least the pixels of `region` (device px) are as in the whole picture. The
    /// other pixels may be anything. `background` is unpremultiplied.
    [[nodiscard]] virtual scene::Image draw(const scene::DisplayList& list, const scene::View& view,
                                            const strips::PixelRect& region, const Color& background) = 0;
};

struct FrameResult {
    bool finished = true;        ///< all of the picture is as a direct render would be
    std::size_t tilesDrawn = 0;  ///< tiles that were drawn, or the rest of them
    strips::PixelRect changed;   ///< of the picture since the frame before
};

class TileCache
{
public:
    /// The painter must outlive the cache. `budgetBytes` bounds the pixels that are kept beside those in view, which always are.
    explicit TileCache(TilePainter& painter, std::size_t budgetBytes = defaultBudgetBytes);
    ~TileCache();
    TileCache(const TileCache&) = delete;
    TileCache& operator=(const TileCache&) = delete;

    /// What tiles are drawn from here on. Those that are kept stay as they are: the caller invalidates what differs, or clears.
    void setList(std::shared_ptr<const scene::DisplayList> list);
    /// Unpremultiplied. Another one drops all tiles. Transparent before the first call.
    void setBackground(const Color& background);
    /// Of all scales, the tiles that show any of the area (page space; one device px more on each side, for anti-aliasing) are
    /// drawn again within it before they count as finished; until then they show what they did. Returns how many they are.
    std::size_t invalidate(const Rect& areaPage);
    /// Drops all tiles.
    void clear();

    /// `pageToDevice` scales evenly by more than 0 and moves; the picture shows the view at the nearest whole device px. Scales
    /// within a billionth share tiles. Sizes outside 1..strips::maxDevicePx give an empty picture.
    void setView(const scene::View& view);
    /// Draws what is missing or out of date in the view, nearest its centre first, until the budget is used; of a frame with
    /// anything to do at least one slice, so that frames of any budget finish. What is not there yet shows tiles of other
    /// scales, where there are none the background.
    ///
    /// A finished picture equals a direct render of setView()'s view to the bit, but for 1/255 under gradients and images,
    /// whose positions are rounded to float from another origin, and along outlines that are made for the visible part only
    /// and cut at its left and right: clips, and shapes of more than 2048 px. A background blur looks beyond the view's edges,
    /// where a direct render has nothing; up to 2048 px.
    FrameResult drawFrame(std::chrono::steady_clock::duration budget, const Clock& clock);
    /// Of the last drawFrame(); valid until the next call.
    [[nodiscard]] const scene::Image& picture() const;

    [[nodiscard]] std::size_t sizeBytes() const; ///< of the tiles
    [[nodiscard]] std::size_t tileCount() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::tiles
