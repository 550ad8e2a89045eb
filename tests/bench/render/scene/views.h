#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <render/scene/scene_builder.h>

/// What a frame costs while people pan and zoom over a page of 1920 x 1080 device px: from tiles, and drawn anew.
namespace tessera::bench {

struct ViewTimes {
    std::vector<double> warm;    ///< CPU ms per frame of the path, all of its tiles there from a pass before
    std::vector<double> cold;    ///< the same with none there, drawn in slices of 4 ms
    std::vector<double> direct;  ///< every fourth view of it by the same back end without tiles
    std::size_t unfinished = 0;  ///< frames of the cold pass that were not finished
    std::vector<double> edit;    ///< one edit, redrawn from its list to the picture
    std::vector<double> editTiles; ///< tiles drawn for it
    std::vector<double> drag;      ///< a frame of a drag of one object, from its preview to the picture
};

/// `edit` changes something near the page point, and returns the page with the area to redraw.
struct Edited {
    std::shared_ptr<const scene::DisplayList> list;
    Rect areaPage;
};
/// `drag` moves something there to its place of that step, and cuts it out of the page.
[[nodiscard]] ViewTimes measureViews(const std::shared_ptr<const scene::DisplayList>& page, const std::function<Edited(Point)>& edit,
                                     const std::function<scene::LiftedPage(int step)>& drag);

} // namespace tessera::bench
