#include "format.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace tessera::app {

std::string numberText(double value)
{
    const double shown = std::round(value * 100) / 100 + 0.0;
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, shown == 0 ? 0.0 : shown).ptr;
    return {buffer, end};
}

std::string sizeText(Size size)
{
    return numberText(size.width) + " × " + numberText(size.height);
}

std::string angleText(double degrees)
{
    return numberText(degrees) + "°";
}

void appendReparenting(const ToolContext& context, const NodeId& target, const Transform& pageMap, Commands& commands)
{
    const document::Document& document = context.document;
    const auto pageToTarget = document.pageTransform(target).inverted();
    if (!pageToTarget)
        return;
    for (const NodeId& id : topmost(document, context.selection)) {
        const auto parent = document.tree().shownParent.find(id);
        if (parent == document.tree().shownParent.end() || parent->second == target)
            continue;
        const document::Node* holder = document.node(parent->second);
        if (holder && holder->type == document::NodeType::group)
            continue;
        commands.push_back(document::MoveNode{id, {target, std::nullopt}});
        commands.push_back(document::SetTransform{id, *pageToTarget * pageMap * document.pageTransform(id)});
    }
}

} // namespace tessera::app
