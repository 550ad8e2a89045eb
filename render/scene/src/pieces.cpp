#include "pieces.h"

#include <core/document/filter.h>

#include <render/scene/node_shape.h>
#include <render/scene/paints.h>
#include <render/scene/scene_builder.h>

#include "item_bounds.h"

namespace tessera::scene {

namespace {

using document::Node;
using document::NodeType;

constexpr Color placeholderFill{0.55f, 0.58f, 0.66f, 0.12f};
constexpr Color placeholderLine{0.55f, 0.58f, 0.66f, 1};

void add(NodePieces& pieces, ItemContent content)
{
    const Rect bounds = localBounds(content);
    pieces.own.push_back({std::move(content), bounds});
}

void addFills(NodePieces& pieces, const std::vector<document::Paint>& fills, const PathRef& shape, FillRule rule, Size box,
              const PieceSources& sources)
{
    for (const document::Paint& fill : fills) {
        addSources(pieces, fill);
        if (auto paint = toPaint(fill, box, sources.images, sources.patterns))
            add(pieces, FillPath{shape, rule, std::move(*paint)});
    }
}

void addStrokes(NodePieces& pieces, const Node& node, const PathRef& shape, FillRule rule, Size box, const PieceSources& sources)
{
    for (const document::Paint& stroke : node.strokes) {
        addSources(pieces, stroke);
        auto paint = toPaint(stroke, box, sources.images, sources.patterns);
        if (paint && node.strokeStyle.width > 0)
            add(pieces, StrokePath{shape, rule, node.strokeStyle, std::move(*paint)});
    }
}

void addImage(NodePieces& pieces, const Node& node, const PathRef& shape, Size box, const PieceSources& sources)
{
    document::Paint paint;
    paint.kind = document::PaintKind::image;
    paint.asset = node.asset;
    paint.fit = node.imageFit;
    addFills(pieces, {paint}, shape, FillRule::nonzero, box, sources);
}

/// Something newer or foreign is here: a dashed box with its diagonals.
void addPlaceholder(NodePieces& pieces, Size size)
{
    auto box = std::make_shared<const Path>(rectPath({0, 0, size.width, size.height}));
    Path cross;
    cross.moveTo({0, 0});
    cross.lineTo({size.width, size.height});
    cross.moveTo({size.width, 0});
    cross.lineTo({0, size.height});
    document::StrokeStyle dashes;
    dashes.align = document::StrokeAlign::inside;
    dashes.dash = {4, 4};
    document::StrokeStyle thin;
    thin.width = 0.5;
    add(pieces, FillPath{box, FillRule::nonzero, {placeholderFill}});
    add(pieces, StrokePath{std::make_shared<const Path>(std::move(cross)), FillRule::nonzero, thin, {placeholderLine}});
    add(pieces, StrokePath{box, FillRule::nonzero, dashes, {placeholderLine}});
}

void addEffects(NodePieces& pieces, const Node& node, const PieceSources& sources)
{
    if (node.effects.empty())
        return;
    pieces.effects = std::make_shared<const std::vector<Effect>>(node.effects);
    std::vector<EffectImage> images;
    for (const Effect& effect : node.effects) {
        for (std::size_t i = 0; effect.filter && i < effect.filter->primitives.size(); ++i) {
            const auto* image = std::get_if<document::ImageFilter>(&effect.filter->primitives[i].operation);
            if (image && !image->node.isEmpty()) {
                pieces.patterns.push_back(image->node);
                if (auto content = sources.patterns.pattern(image->node))
                    images.push_back({std::nullopt, image->node, nullptr, std::move(content)});
            } else if (image && image->asset) {
                pieces.assets.push_back(*image->asset);
                if (ImageRef pixels = sources.images.image(*image->asset))
                    images.push_back({image->asset, {}, std::move(pixels), nullptr});
            }
        }
    }
    if (!images.empty())
        pieces.effectImages = std::make_shared<const std::vector<EffectImage>>(std::move(images));
}

} // namespace

void addSources(NodePieces& pieces, const document::Paint& paint)
{
    if (paint.asset)
        pieces.assets.push_back(*paint.asset);
    if (!paint.pattern.isEmpty())
        pieces.patterns.push_back(paint.pattern);
}

NodePieces makePieces(const Node& node, Size size, const PieceSources& sources)
{
    NodePieces pieces;
    pieces.own.reserve(node.fills.size() + node.strokes.size());
    addEffects(pieces, node, sources);
    const auto shape = std::make_shared<const Path>(shapeOf(node, size));
    const FillRule rule = node.type == NodeType::vector ? node.path.rule : FillRule::nonzero;
    switch (node.type) {
    case NodeType::page:
    case NodeType::group:
        break;
    case NodeType::line:
        addStrokes(pieces, node, shape, rule, size, sources);
        break;
    case NodeType::text:
        addText(pieces, node, size, sources);
        break;
    case NodeType::svgRaw:
    case NodeType::unknown:
        addPlaceholder(pieces, size);
        break;
    case NodeType::frame:
    case NodeType::rect:
    case NodeType::ellipse:
    case NodeType::vector:
    case NodeType::image:
        addFills(pieces, node.fills, shape, rule, size, sources);
        if (node.type == NodeType::image)
            addImage(pieces, node, shape, size, sources);
        addStrokes(pieces, node, shape, rule, size, sources);
        if (node.type == NodeType::frame && node.clip)
            pieces.clip = shape;
        break;
    }
    return pieces;
}

} // namespace tessera::scene
