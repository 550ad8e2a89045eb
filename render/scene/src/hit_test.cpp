#include <render/scene/hit_test.h>

#include <algorithm>
#include <cmath>

#include <render/scene/node_shape.h>

#include "outline_test.h"

namespace tessera::scene {

namespace {

using document::Document;
using document::FillRule;
using document::Node;
using document::NodeType;

constexpr int deepest = 1000;

bool paints(const std::vector<document::Paint>& list)
{
    return std::any_of(list.begin(), list.end(), [](const auto& p) { return p.visible && p.opacity > 0; });
}

/// Is the point, in node coordinates, on what the node itself paints? `tolerance` is in node units.
bool hitsOwn(const Node& node, Point p, double tolerance)
{
    if (node.type == NodeType::page || node.type == NodeType::group)
        return false;
    const bool boxed = node.type == NodeType::text || node.type == NodeType::svgRaw || node.type == NodeType::unknown;
    if (boxed)
        return node.localBounds().inflated(tolerance).contains(p);
    const Path shape = shapeOf(node);
    const FillRule rule = node.type == NodeType::vector ? node.path.rule : FillRule::nonzero;
    const bool filled = node.type == NodeType::image || (node.type != NodeType::line && paints(node.fills));
    const bool stroked = paints(node.strokes) && node.strokeStyle.width > 0;
    const bool inside = node.type != NodeType::line && isInside(shape, p, rule);
    if (filled && inside)
        return true;
    // Thin or unpainted shapes are caught by their outline.
    double reach = tolerance;
    if (stroked) {
        const document::StrokeAlign align = node.strokeStyle.align;
        const bool onItsSide = align == document::StrokeAlign::center || (align == document::StrokeAlign::inside) == inside;
        if (onItsSide)
            reach += align == document::StrokeAlign::center ? node.strokeStyle.width / 2 : node.strokeStyle.width;
    }
    return reach > 0 && distanceTo(shape, p) <= reach;
}

/// Children of the container near a place in its coordinates.
std::vector<NodeId> childrenNear(const Document& document, const NodeId& container, const Rect& rect, const HitOptions& options)
{
    if (options.index) {
        if (auto near = options.index->childrenNear(container, rect))
            return std::move(*near);
    }
    return document.tree().childrenOf(container);
}

class HitWalker
{
public:
    HitWalker(const Document& document, Point pointPage, const HitOptions& options)
        : m_document(document), m_point(pointPage), m_options(options)
    {
    }

    std::vector<NodeId> run(const NodeId& page, bool firstOnly)
    {
        m_firstOnly = firstOnly;
        children(page, {}, 0);
        return std::move(m_hits);
    }

private:
    [[nodiscard]] bool done() const { return m_firstOnly && !m_hits.empty(); }

    void children(const NodeId& id, const Transform& toPage, int depth)
    {
        const auto toContainer = toPage.inverted();
        if (!toContainer)
            return;
        const double reach = m_options.tolerancePage;
        const Rect around = toContainer->mapBounds({m_point.x - reach, m_point.y - reach, 2 * reach, 2 * reach});
        const std::vector<NodeId> list = childrenNear(m_document, id, around, m_options);
        for (auto it = list.rbegin(); it != list.rend() && !done(); ++it)
            visit(*it, toPage, depth + 1);
    }

    void visit(const NodeId& id, const Transform& parentToPage, int depth)
    {
        const Node* node = m_document.node(id);
        if (depth > deepest)
            return;
        if (!node) {
            if (document::isRecoveredGroup(id))
                children(id, parentToPage, depth);
            return;
        }
        if (!node->visible || (node->locked && m_options.locked == LockedNodes::skip))
            return;
        const Transform toPage = parentToPage * node->transform;
        const auto toNode = toPage.inverted();
        if (!toNode)
            return;
        const Point local = toNode->apply(m_point);
        const double scale = toPage.scale();
        const double tolerance = scale > 0 ? m_options.tolerancePage / scale : 0;
        const bool clipped = node->type == NodeType::frame && node->clip && !isInside(shapeOf(*node), local, FillRule::nonzero);
        if (!clipped)
            children(id, toPage, depth);
        if (!done() && hitsOwn(*node, local, tolerance))
            m_hits.push_back(id);
    }

    const Document& m_document;
    Point m_point;
    HitOptions m_options;
    bool m_firstOnly = false;
    std::vector<NodeId> m_hits;
};

/// Separating axes of two convex quadrilaterals, one of them upright.
bool touches(const std::vector<Point>& quad, const Rect& rect)
{
    const Point corners[4] = {{rect.x, rect.y}, {rect.right(), rect.y}, {rect.right(), rect.bottom()}, {rect.x, rect.bottom()}};
    const auto apart = [&](Point axis) {
        double a0 = INFINITY, a1 = -INFINITY, b0 = INFINITY, b1 = -INFINITY;
        for (Point p : quad)
            a0 = std::min(a0, p.x * axis.x + p.y * axis.y), a1 = std::max(a1, p.x * axis.x + p.y * axis.y);
        for (Point p : corners)
            b0 = std::min(b0, p.x * axis.x + p.y * axis.y), b1 = std::max(b1, p.x * axis.x + p.y * axis.y);
        return a1 < b0 || b1 < a0;
    };
    if (quad.size() != 4 || apart({1, 0}) || apart({0, 1}))
        return false;
    for (std::size_t i = 0; i < 4; ++i) {
        const Point side = quad[(i + 1) % 4] - quad[i];
        if (apart({-side.y, side.x}))
            return false;
    }
    return true;
}

/// Box of a node in its own space: its size, or what its children span.
Rect ownBox(const Document& document, const NodeId& id, int depth)
{
    const Node* node = document.node(id);
    if (node && node->type != NodeType::group)
        return node->localBounds();
    Rect box;
    if (depth < deepest) {
        for (const NodeId& child : document.tree().childrenOf(id)) {
            const Node* c = document.node(child);
            box = united(box, (c ? c->transform : Transform{}).mapBounds(ownBox(document, child, depth + 1)));
        }
    }
    return box;
}

} // namespace

std::optional<NodeId> hitTest(const Document& document, const NodeId& page, Point pointPage, const HitOptions& options)
{
    const auto hits = HitWalker(document, pointPage, options).run(page, true);
    return hits.empty() ? std::nullopt : std::optional(hits.front());
}

std::vector<NodeId> hitTestAll(const Document& document, const NodeId& page, Point pointPage, const HitOptions& options)
{
    return HitWalker(document, pointPage, options).run(page, false);
}

std::vector<NodeId> nodesInRect(const Document& document, const NodeId& container, const Rect& rectPage,
                                const HitOptions& options)
{
    std::vector<NodeId> result;
    const auto toContainer = document.pageTransform(container).inverted();
    if (!toContainer)
        return result;
    for (const NodeId& id : childrenNear(document, container, toContainer->mapBounds(rectPage), options)) {
        const Node* node = document.node(id);
        if (node && (!node->visible || (node->locked && options.locked == LockedNodes::skip)))
            continue;
        if (touches(cornersPage(document, id), rectPage))
            result.push_back(id);
    }
    return result;
}

std::vector<Point> cornersPage(const Document& document, const NodeId& id)
{
    const Rect box = ownBox(document, id, 0);
    const Transform toPage = document.pageTransform(id);
    return {toPage.apply({box.x, box.y}), toPage.apply({box.right(), box.y}), toPage.apply({box.right(), box.bottom()}),
            toPage.apply({box.x, box.bottom()})};
}

} // namespace tessera::scene
