#include "item_bounds.h"

#include <render/scene/node_shape.h>
#include <render/scene/paints.h>

namespace tessera::scene {

Rect localBounds(const ItemContent& paint)
{
    if (const auto* fill = std::get_if<FillPath>(&paint))
        return fill->path->controlBounds();
    if (const auto* stroke = std::get_if<StrokePath>(&paint))
        return stroke->path->controlBounds().inflated(strokeReach(stroke->style));
    return inkBounds(*std::get<std::shared_ptr<const GlyphRun>>(paint));
}

} // namespace tessera::scene
