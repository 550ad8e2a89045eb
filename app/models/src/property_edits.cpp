#include <app/models/property_edits.h>

#include <algorithm>
#include <numbers>

#include <core/base/utf.h>

namespace tessera::app {

using crdt::Any;
using document::Document;
using document::Node;
using document::NodeType;

Any storedParagraph(const document::ParagraphStyle& style)
{
    constexpr const char* aligns[] = {"left", "center", "right", "justify"};
    constexpr const char* verticals[] = {"top", "middle", "bottom"};
    constexpr const char* autoSizes[] = {"none", "widthAndHeight", "height"};
    return Any::Object{{"align", aligns[static_cast<int>(style.align)]},
                       {"verticalAlign", verticals[static_cast<int>(style.verticalAlign)]},
                       {"autoSize", autoSizes[static_cast<int>(style.autoSize)]}};
}

Any storedRadii(const std::array<double, 4>& radii)
{
    return Any::Array{radii[0], radii[1], radii[2], radii[3]};
}

std::string_view alignName(document::StrokeAlign align)
{
    constexpr std::string_view names[] = {"center", "inside", "outside"};
    return names[static_cast<int>(align)];
}

Commands setProperty(std::span<const NodeId> nodes, std::string_view key, const Any& value)
{
    Commands commands;
    for (const NodeId& id : nodes)
        commands.push_back(document::SetProperties{id, {{std::string(key), value}}});
    return commands;
}

Commands changePaints(const Document& document, std::span<const NodeId> nodes, std::string_view key,
                      const std::function<void(std::vector<document::Paint>&)>& change)
{
    Commands commands;
    for (const NodeId& id : nodes) {
        const Node* node = document.node(id);
        if (!node)
            continue;
        std::vector<document::Paint> paints = key == "fills" ? node->fills : node->strokes;
        change(paints);
        commands.push_back(document::SetProperties{id, {{std::string(key), document::toAny(paints)}}});
    }
    return commands;
}

Commands changeParagraph(const Document& document, std::span<const NodeId> nodes,
                         const std::function<void(document::ParagraphStyle&)>& change)
{
    Commands commands;
    for (const NodeId& id : nodes) {
        const Node* node = document.node(id);
        if (!node || node->type != NodeType::text)
            continue;
        document::ParagraphStyle style = node->paragraph;
        change(style);
        commands.push_back(document::SetProperties{id, {{"para", storedParagraph(style)}}});
    }
    return commands;
}

Commands formatText(const Document& document, std::span<const NodeId> nodes, const document::Properties& attributes)
{
    Commands commands;
    for (const NodeId& id : nodes) {
        const Node* node = document.node(id);
        if (!node || node->type != NodeType::text)
            continue;
        const auto count = static_cast<std::uint32_t>(utf16Length(node->plainText()));
        if (count > 0)
            commands.push_back(document::FormatText{id, 0, count, attributes});
    }
    return commands;
}

Commands changeFrames(const Document& document, std::span<const NodeId> nodes, const FrameChange& change)
{
    Commands commands;
    for (const NodeId& id : topmost(document, nodes)) {
        const Node* node = document.node(id);
        const SelectionBox box = selectionBox(document, std::span(&id, 1));
        const auto toParent = parentTransform(document, id).inverted();
        if (!node || !toParent)
            continue;
        Transform own = *toParent * box.toPage;
        Size size = box.size;
        if (change.rotationDegrees) {
            const double turn = change.rotationDegrees(rotationDegrees(own)) - rotationDegrees(own);
            const Point center = own.apply({size.width / 2, size.height / 2});
            own = Transform::translation(center.x, center.y) * Transform::rotation(turn * std::numbers::pi / 180) *
                  Transform::translation(-center.x, -center.y) * own;
        }
        if (change.x)
            own.e = change.x(own.e);
        if (change.y)
            own.f = change.y(own.f);
        if (change.width)
            size.width = std::max(0.0, change.width(size.width));
        if (change.height)
            size.height = std::max(0.0, change.height(size.height));
        const double sx = box.size.width > 0 ? size.width / box.size.width : 1;
        const double sy = box.size.height > 0 ? size.height / box.size.height : 1;
        const auto fromBox = box.toPage.inverted();
        if (!fromBox || sx <= 0 || sy <= 0)
            continue;
        const Transform target = parentTransform(document, id) * own;
        const bool growsFromNothing = (box.size.width <= 0 && size.width > 0) || (box.size.height <= 0 && size.height > 0);
        if (growsFromNothing && node->type != NodeType::group) {
            commands.push_back(document::SetFrame{id, own, size});
            continue;
        }
        const Transform map = target * Transform::scaling(sx, sy) * *fromBox;
        const Commands one = sx == 1 && sy == 1 ? transformNodes(document, std::span(&id, 1), map)
                                                : scaleNodes(document, std::span(&id, 1), map);
        commands.insert(commands.end(), one.begin(), one.end());
    }
    return commands;
}

std::string freshPaintId(const std::vector<document::Paint>& paints)
{
    for (std::size_t n = 0;; ++n) {
        std::string id = n == 0 ? "f" : "f" + std::to_string(n);
        if (std::ranges::none_of(paints, [&](const document::Paint& paint) { return paint.id == id; }))
            return id;
    }
}

} // namespace tessera::app
