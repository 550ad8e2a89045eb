#pragma once

#include <render/scene/display_list.h>

namespace tessera::scene {

[[nodiscard]] inline bool isPaint(const ItemContent& content)
{
    return std::holds_alternative<FillPath>(content) || std::holds_alternative<StrokePath>(content) ||
           std::holds_alternative<std::shared_ptr<const GlyphRun>>(content);
}
[[nodiscard]] inline bool isPush(const ItemContent& content)
{
    return std::holds_alternative<PushClip>(content) || std::holds_alternative<PushLayer>(content) ||
           std::holds_alternative<PushMask>(content);
}

/// What a painting item paints, in its local space.
[[nodiscard]] Rect localBounds(const ItemContent& paint);

} // namespace tessera::scene
