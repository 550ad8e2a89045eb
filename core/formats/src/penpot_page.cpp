#include <algorithm>
#include <cmath>

#include "penpot_reader.h"
#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;
using document::NodeType;

namespace {

constexpr std::string_view rootId = "00000000-0000-0000-0000-000000000000";

NodeType nodeTypeOf(std::string_view type)
{
    if (type == "frame")
        return NodeType::frame;
    if (type == "rect" || type == "image")
        return NodeType::rect;
    if (type == "circle")
        return NodeType::ellipse;
    if (type == "path" || type == "bool")
        return NodeType::vector;
    return type == "text" ? NodeType::text : NodeType::group;
}

Transform transformOf(const Any& matrix)
{
    return {numberOr(matrix, "a", 1), numberOr(matrix, "b", 0), numberOr(matrix, "c", 0),
            numberOr(matrix, "d", 1), numberOr(matrix, "e", 0), numberOr(matrix, "f", 0)};
}

/// The shape before its transform, in page coordinates.
Rect boxOf(const Any& shape)
{
    const Any& selection = memberOf(shape, "selrect");
    const Any& box = selection.object() ? selection : shape;
    const Point corner = pointOf(box);
    return {corner.x, corner.y, std::max(0.0, numberOr(box, "width", 0)), std::max(0.0, numberOr(box, "height", 0))};
}

void setRadii(ImportedNode& node, const Any& shape)
{
    Any::Array radii;
    bool any = false;
    for (const char* key : {"r1", "r2", "r3", "r4"}) {
        const double radius = std::max(0.0, numberOr(shape, key, numberOr(shape, "rx", 0)));
        any = any || radius > 0;
        radii.emplace_back(document::rounded(radius));
    }
    if (any)
        node.properties.emplace_back("radii", std::move(radii));
}

/// The same outline as `node`, to be stroked once more.
ImportedNode outlineOf(const ImportedNode& node)
{
    ImportedNode copy;
    copy.type = node.type == NodeType::frame ? NodeType::rect : node.type;
    copy.name = node.name + " stroke";
    for (const auto& property : node.properties) {
        for (const char* kept : {"xf", "size", "radii", "path", "vis", "op", "blend"}) {
            if (property.first == kept)
                copy.properties.push_back(property);
        }
    }
    return copy;
}

} // namespace

std::string penpotElement(const Any& shape)
{
    return std::string(textOf(shape, "type")) + " \"" + std::string(textOf(shape, "name")) + '"';
}

PenpotPage::Place PenpotPage::placeOf(const Any& shape, Losses& losses)
{
    const Rect box = boxOf(shape);
    const Point center = box.center();
    const Transform own = transformOf(memberOf(shape, "transform"));
    const Transform corner = Transform::translation(box.x, box.y);
    const Transform place = Transform::translation(center.x, center.y) * own * Transform::translation(-center.x, -center.y) * corner;
    if (isUsable(place))
        return {place, {box.width, box.height}};
    losses.emplace_back("its transform flattens it and is left out");
    return {corner, {box.width, box.height}};
}

void PenpotPage::growBounds(const Any& shape, const Place& place, const std::vector<PenpotStroke>& strokes)
{
    if (m_clipDepth > 0 || isSet(shape, "hidden"))
        return;
    double outside = 0;
    for (const PenpotStroke& stroke : strokes)
        outside = std::max(outside, stroke.style.width);
    m_boundsPage = united(m_boundsPage, place.toPage.mapBounds(Rect{0, 0, place.size.width, place.size.height}.inflated(outside)));
}

Result<ImportedNode, ImportError> PenpotPage::read(const Any& page)
{
    const std::string name(textOf(page, "name"));
    m_import.shapeCount += m_shapes.size();
    if (m_import.shapeCount > m_import.limits.maxShapes)
        return fail(ImportError{ImportErrc::tooComplex, 0, "page \"" + name + "\": more than " + std::to_string(m_import.limits.maxShapes) + " shapes"});
    Nodes nodes;
    m_seen.emplace(rootId);
    if (const auto root = m_shapes.find(rootId); root != m_shapes.end())
        readChildren(root->second, {}, 0, nodes);
    else
        m_import.notice("page \"" + name + '"', "has no root, so none of its shapes can be reached");
    if (m_tooComplex) {
        return fail(ImportError{ImportErrc::tooComplex, 0,
                                "page \"" + name + "\": shapes are nested deeper than " + std::to_string(m_import.limits.maxDepth)});
    }
    for (const auto& [id, shape] : m_shapes) {
        if (!m_seen.contains(id))
            m_import.notice(penpotElement(shape), "hangs on no shape of its page and is left out");
    }
    for (const char* key : {"guides", "flows", "defaultGrids"}) {
        const Any& member = memberOf(page, key);
        if ((member.object() && !member.object()->empty()) || (member.array() && !member.array()->empty()))
            m_import.notice("page \"" + name + '"', std::string(key) + " are not modelled");
    }

    constexpr double margin = 32; // so that shadows and strokes are seen
    const Rect bounds = m_boundsPage.inflated(margin);
    ImportedNode frame;
    frame.type = NodeType::frame;
    frame.name = name;
    setSize(frame, {bounds.width, bounds.height});
    const auto background = parseHexColor(textOf(page, "background"));
    setFills(frame, {document::solidPaint(background.value_or(Color{0.91F, 0.914F, 0.918F, 1}))});
    for (ImportedNode& node : nodes)
        placeWithin(node, Transform::translation(-bounds.x, -bounds.y));
    frame.children = std::move(nodes);
    return frame;
}

void PenpotPage::readChildren(const Any& shape, const Transform& parentToPage, std::size_t depth, Nodes& out)
{
    if (depth > m_import.limits.maxDepth) {
        m_tooComplex = true;
        return;
    }
    for (const Any& id : listOf(shape, "shapes")) {
        const auto found = id.string() ? m_shapes.find(*id.string()) : m_shapes.end();
        if (found == m_shapes.end())
            m_import.notice(penpotElement(shape), "names a shape that the page does not have");
        else if (!m_seen.insert(found->first).second)
            m_import.notice(penpotElement(found->second), "stands in two places or within itself; the first place counts");
        else
            readShape(found->second, parentToPage, depth, out);
        if (m_tooComplex)
            return;
    }
}

void PenpotPage::readShape(const Any& shape, const Transform& parentToPage, std::size_t depth, Nodes& out)
{
    Losses losses;
    const Place place = placeOf(shape, losses);
    ImportedNode node;
    node.type = nodeTypeOf(textOf(shape, "type"));
    node.name = textOf(shape, "name");
    Transform toParent = parentToPage.inverted().value_or(Transform()) * place.toPage;
    setTransform(node, isUsable(toParent) ? toParent : Transform());
    if (node.type != NodeType::group)
        setSize(node, place.size);
    if (isSet(shape, "hidden"))
        node.properties.emplace_back("vis", false);
    if (isSet(shape, "blocked"))
        node.properties.emplace_back("lock", true);
    setOpacity(node, numberOr(shape, "opacity", 1));
    if (const auto blend = document::parseBlendMode(textOf(shape, "blendMode")); blend && *blend != document::BlendMode::normal)
        node.properties.emplace_back("blend", document::blendName(*blend));
    addPenpotEffects(node, shape, losses);

    document::VectorPath outline;
    std::vector<PenpotStroke> strokes;
    const bool isPainted = node.type != NodeType::group && node.type != NodeType::text;
    if (isPainted) {
        setFills(node, penpotFills(shape, place.size, m_import, losses));
        strokes = penpotStrokes(shape, place.size, m_import, losses);
    }
    growBounds(shape, place, strokes);
    readContent(shape, place, depth, node, outline, losses);
    Nodes above = addStrokes(std::move(strokes), outline, node, losses);
    addPenpotFeatures(shape, losses);
    if (!losses.empty())
        m_import.notice(penpotElement(shape), joined(losses));
    out.push_back(std::move(node));
    std::move(above.begin(), above.end(), std::back_inserter(out));
}

void PenpotPage::readContent(const Any& shape, const Place& place, std::size_t depth, ImportedNode& node, document::VectorPath& outline, Losses& losses)
{
    const std::string_view type = textOf(shape, "type");
    if (type == "path" || type == "bool") {
        const Any& own = memberOf(shape, "content");
        const Any& content = type == "bool" && (own.isUndefined() || own.isNull()) ? memberOf(shape, "boolContent") : own;
        outline = withTouchingEndsClosed(transformed(penpotPath(content), place.toPage.inverted().value_or(Transform())));
        const Any& attributes = memberOf(shape, "svgAttrs");
        if (textOf(attributes, "fillRule") == "evenodd" || textOf(memberOf(attributes, "style"), "fillRule") == "evenodd" || type == "bool")
            outline.rule = document::FillRule::evenodd;
        node.properties.emplace_back("path", document::toAny(outline));
    }
    if (type == "bool") {
        losses.emplace_back("is kept as one outline; its " + std::to_string(listOf(shape, "shapes").size()) + " operands are not editable");
        Nodes operands; // read, so that they are known; not kept
        const std::size_t notices = m_import.result.notices.size();
        ++m_clipDepth;
        readChildren(shape, place.toPage, depth + 1, operands);
        --m_clipDepth;
        m_import.result.notices.resize(notices);
    } else if (type == "text") {
        addPenpotText(node, shape, place.size, m_import, losses);
    } else if (type == "image") {
        const auto asset = m_import.image(memberOf(shape, "metadata"));
        node.type = asset ? NodeType::image : NodeType::rect;
        if (asset)
            node.properties.emplace_back("asset", asset->hex);
        else
            losses.emplace_back("its picture is not in the file");
        node.properties.emplace_back("fit", "stretch");
        setRadii(node, shape);
    } else if (type == "svg-raw" && listOf(shape, "shapes").empty()) {
        readSvg(shape, place, node, losses);
    } else if (type == "rect") {
        setRadii(node, shape);
    } else if (type != "path" && type != "circle") {
        if (type != "frame" && type != "group" && type != "svg-raw")
            losses.emplace_back("is of a type that is not known; its children are kept in a group");
        readGroup(shape, place, depth, node);
    }
}

void PenpotPage::readGroup(const Any& shape, const Place& place, std::size_t depth, ImportedNode& node)
{
    const bool isFrame = node.type == NodeType::frame;
    const bool clips = isFrame && !isSet(shape, "showContent");
    if (isFrame) {
        setRadii(node, shape);
        if (!clips)
            node.properties.emplace_back("clip", false);
    }
    const bool isMasked = isSet(shape, "maskedGroup");
    m_clipDepth += clips || isMasked || isSet(shape, "hidden");
    readChildren(shape, place.toPage, depth + 1, node.children);
    m_clipDepth -= clips || isMasked || isSet(shape, "hidden");
    if (isMasked && !node.children.empty())
        node.children.front().properties.emplace_back("mask", "alpha");
}

void PenpotPage::readSvg(const Any& shape, const Place& place, ImportedNode& node, Losses& losses)
{
    const std::string source = penpotSvg(shape, {0, 0, place.size.width, place.size.height});
    auto drawing = m_import.svg.read(asBytes(source), node.name, m_import.result, losses);
    if (drawing && !drawing->children.empty()) {
        node.children = std::move(drawing->children);
        return;
    }
    node.type = NodeType::svgRaw;
    setSize(node, place.size);
    node.properties.emplace_back("svg", source);
    losses.emplace_back("is kept as SVG source");
}

PenpotPage::Nodes PenpotPage::addStrokes(std::vector<PenpotStroke> strokes, const document::VectorPath& outline, ImportedNode& node, Losses& losses)
{
    const bool isOpen = std::any_of(outline.subPaths.begin(), outline.subPaths.end(), [](const auto& sub) { return !sub.closed; });
    const bool isCovered = node.type == NodeType::frame && !node.children.empty(); // a frame's strokes are above its children there
    const Transform space = storedTransform(node);
    Nodes above;
    const ImportedNode plain = outlineOf(node);
    for (std::size_t i = 0; i < strokes.size(); ++i) {
        PenpotStroke& stroke = strokes[i];
        if (isOpen)
            stroke.style.align = document::StrokeAlign::center;
        if (i == 0 && !isCovered) {
            setStroke(node, stroke.paint, stroke.style);
        } else {
            above.push_back(plain);
            setStroke(above.back(), stroke.paint, stroke.style);
        }
        if (isOpen) {
            Nodes markers = penpotMarkers(outline, stroke, space);
            std::move(markers.begin(), markers.end(), std::back_inserter(above));
        }
    }
    if (!above.empty())
        losses.emplace_back(std::to_string(above.size()) + " of its strokes or stroke ends are shapes of their own above it");
    return above;
}

} // namespace tessera::formats
