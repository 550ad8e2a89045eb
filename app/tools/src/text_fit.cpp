#include <app/tools/text_fit.h>

#include <cmath>

#include <render/scene/scene_builder.h>

namespace tessera::app {

Commands fitTextBoxes(const document::Document& document, std::span<const NodeId> nodes, text::FontLibrary& fonts)
{
    constexpr double noticeable = 0.01;
    Commands commands;
    for (const NodeId& id : nodes) {
        const document::Node* node = document.node(id);
        if (!node || node->type != document::NodeType::text || node->paragraph.autoSize == document::AutoSize::none)
            continue;
        const Size fitted = scene::fittedSize(*node, scene::layoutNode(*node, fonts));
        if (std::abs(fitted.width - node->size.width) > noticeable || std::abs(fitted.height - node->size.height) > noticeable)
            commands.push_back(document::SetProperties{id, {{"size", document::toAny(fitted)}}});
    }
    return commands;
}

} // namespace tessera::app
