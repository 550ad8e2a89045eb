#include <render/scene/node_shape.h>

#include <algorithm>

namespace tessera::scene {

using document::Node;
using document::NodeType;

Path toPath(const document::VectorPath& vector)
{
    Path path;
    for (const auto& sub : vector.subPaths) {
        const auto& p = sub.points;
        if (p.empty())
            continue;
        path.moveTo(p[0].at);
        const auto segment = [&path](const document::PathPoint& from, const document::PathPoint& to) {
            if (from.out == from.at && to.in == to.at)
                path.lineTo(to.at);
            else
                path.cubicTo(from.out, to.in, to.at);
        };
        for (std::size_t i = 1; i < p.size(); ++i)
            segment(p[i - 1], p[i]);
        if (!sub.closed)
            continue;
        // The closing side needs a curve of its own only when it bends.
        if (p.size() > 1 && (p.back().out != p.back().at || p.front().in != p.front().at))
            segment(p.back(), p.front());
        path.close();
    }
    return path;
}

Path shapeOf(const Node& node, Size size)
{
    const Rect box{0, 0, size.width, size.height};
    switch (node.type) {
    case NodeType::frame:
    case NodeType::rect:
    case NodeType::image:
    case NodeType::svgRaw:
    case NodeType::unknown:
        return roundedRectPath(box, node.radii[0], node.radii[1], node.radii[2], node.radii[3]);
    case NodeType::ellipse:
        return ellipsePath(box);
    case NodeType::line: {
        Path path;
        path.moveTo({0, 0});
        path.lineTo({size.width, size.height});
        return path;
    }
    case NodeType::vector: {
        Path path = toPath(node.path);
        // A preview size scales the outline; the stored one says what the outline is.
        if (size != node.size && node.size.width > 0 && node.size.height > 0)
            return path.transformed(Transform::scaling(size.width / node.size.width, size.height / node.size.height));
        return path;
    }
    case NodeType::page:
    case NodeType::group:
    case NodeType::text:
        break;
    }
    return {};
}

bool hasShape(NodeType type)
{
    switch (type) {
    case NodeType::frame:
    case NodeType::rect:
    case NodeType::ellipse:
    case NodeType::vector:
    case NodeType::image: return true;
    case NodeType::page:
    case NodeType::group:
    case NodeType::line:
    case NodeType::text:
    case NodeType::svgRaw:
    case NodeType::unknown: break;
    }
    return false;
}

double strokeReach(const Node& node)
{
    const bool any = std::any_of(node.strokes.begin(), node.strokes.end(), [](const auto& paint) { return paint.visible; });
    return any ? strokeReach(node.strokeStyle) : 0;
}

double strokeReach(const document::StrokeStyle& s)
{
    if (!(s.width > 0))
        return 0;
    // A square cap reaches sqrt 2 half widths, a miter up to its limit.
    const double miter = s.join == document::LineJoin::miter ? std::max(1.0, s.miterLimit) : 1;
    const double width = s.align == document::StrokeAlign::center ? s.width / 2 : s.width;
    return width * std::max(miter, 1.4143);
}

} // namespace tessera::scene
