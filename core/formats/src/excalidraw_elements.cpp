#include <algorithm>
#include <cmath>

#include <core/base/utf.h>

#include "embedded_image.h"
#include "excalidraw_reader.h"
#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;
using document::NodeType;

namespace {

Color colorOf(std::string_view text, Color fallback) { return parseCssColor(text).value_or(fallback); }

/// Family lists: the font by name, then what comes near it. Numbers are those of the format.
std::string_view familyOf(double number)
{
    switch (static_cast<int>(number)) {
    case 1: return "Virgil, cursive";
    case 2: return "Helvetica, Inter, sans-serif";
    case 3: return "Cascadia Code, monospace";
    case 6: return "Nunito, Inter, sans-serif";
    case 7: return "Lilita One, Inter, sans-serif";
    case 8: return "Comic Shanns, monospace";
    case 9: return "Liberation Sans, Inter, sans-serif";
    default: return "Excalifont, cursive";
    }
}

Size boxOf(const Any& element) { return {std::abs(numberOr(element, "width", 0)), std::abs(numberOr(element, "height", 0))}; }

} // namespace

ExcalidrawLook excalidrawLook(const Any& element)
{
    ExcalidrawLook look;
    const bool isFree = textOf(element, "type") == "freedraw";
    const std::string_view line = textOf(element, "strokeStyle");
    const double width = std::clamp(numberOr(element, "strokeWidth", 1), 0.0, 1000.0);
    const auto stroke = parseCssColor(textOf(element, "strokeColor"));
    look.stroke = document::solidPaint(stroke.value_or(Color{0.118F, 0.118F, 0.118F, 1}), "s");
    look.hasStroke = width > 0 && look.stroke.color.a > 0;
    look.style.cap = document::LineCap::round;
    look.style.join = document::LineJoin::round;
    constexpr double penWidth = 4.25; // of a freehand line to the nominal width, at even pressure
    look.style.width = isFree ? width * penWidth : width;
    if (line == "dashed" || line == "dotted") {
        look.style.width = isFree ? look.style.width : width + 0.5; // as wide as Excalidraw draws them
        look.style.dash = line == "dashed" ? std::vector{8.0, 8 + width} : std::vector{1.5, 6 + width};
    }
    const Color background = colorOf(textOf(element, "backgroundColor"), Color{0, 0, 0, 0});
    if (background.a > 0)
        look.background = background;
    look.fillStyle = textOf(element, "fillStyle");
    return look;
}

void ExcalidrawReader::addFill(ImportedNode& node, const ExcalidrawOutline& outline, const ExcalidrawLook& look, Nodes& below, Losses& losses)
{
    if (!outline.isArea || !look.background)
        return;
    if (look.fillStyle != "solid" && !look.fillStyle.empty()) {
        constexpr std::size_t maxLines = 5000;
        const std::size_t left = m_limits.maxPoints - std::min(m_pointCount, m_limits.maxPoints);
        const auto lines = hachure(outline.path, look.fillStyle, std::max(look.style.width, 0.1), std::min(maxLines, left / 2), m_hachureWork);
        if (lines) {
            for (const document::SubPath& line : lines->subPaths)
                m_pointCount += line.points.size();
            if (lines->subPaths.empty())
                return;
            below.push_back(vectorNode("Fill", *lines, {}));
            document::StrokeStyle style;
            style.width = std::max(look.style.width / 2, 0.1);
            style.cap = document::LineCap::round;
            setStroke(below.back(), document::solidPaint(*look.background, "s"), style);
            return;
        }
        losses.emplace_back("its fill has so many lines that it is solid here");
    }
    setFills(node, {document::solidPaint(*look.background)});
}

ExcalidrawReader::Nodes ExcalidrawReader::arrowHeads(const Any& element, const ExcalidrawOutline& outline, const ExcalidrawLook& look, Losses& losses)
{
    Nodes heads;
    for (const auto& [key, end] : {std::pair{"startArrowhead", ArrowEnd::start}, std::pair{"endArrowhead", ArrowEnd::end}}) {
        const std::string_view kind = textOf(element, key);
        if (kind.empty())
            continue;
        const auto head = arrowHead(kind, end, outline, look.style.width);
        if (!head) {
            losses.push_back("its arrowhead '" + std::string(kind.substr(0, 40)) + "' is not drawn");
            continue;
        }
        ImportedNode node = vectorNode("Arrowhead", head->path, {});
        if (head->fill == ArrowHead::Fill::stroke)
            setFills(node, {look.stroke});
        else if (head->fill == ArrowHead::Fill::background)
            setFills(node, {document::solidPaint({1, 1, 1, 1})});
        document::StrokeStyle style = look.style;
        style.dash.clear();
        setStroke(node, look.stroke, style);
        heads.push_back(std::move(node));
    }
    return heads;
}

ImportedNode ExcalidrawReader::shape(const Any& element, const ExcalidrawLook& look, Losses& losses)
{
    const std::string_view type = textOf(element, "type");
    const ExcalidrawOutline outline = excalidrawOutline(element);
    m_pointCount += outline.points.size();
    ImportedNode node;
    node.name = nameOf(element);
    if (type == "rectangle" || type == "ellipse" || type == "embeddable" || type == "iframe") {
        node.type = type == "ellipse" ? NodeType::ellipse : NodeType::rect;
        setSize(node, boxOf(element));
        const auto& corner = outline.path.subPaths.front().points;
        if (const double radius = type == "ellipse" || corner.size() < 8 ? 0 : corner.front().at.y; radius > 0)
            node.properties.emplace_back("radii", Any::Array{document::rounded(radius), document::rounded(radius), document::rounded(radius), document::rounded(radius)});
    } else {
        node = vectorNode(node.name, outline.path, {});
    }
    Nodes below;
    addFill(node, outline, look, below, losses);
    if (look.hasStroke)
        setStroke(node, look.stroke, look.style);
    Nodes above = type == "arrow" || type == "line" ? arrowHeads(element, outline, look, losses) : Nodes();
    if (type == "freedraw" && outline.points.size() > 1)
        losses.emplace_back("its line has one width, without the pen's pressure");
    if (type == "embeddable" || type == "iframe")
        losses.emplace_back("embedded pages are not modelled; its box is kept");
    if (isSet(element, "elbowed"))
        losses.emplace_back("its elbows are sharp corners");
    for (const char* key : {"startBinding", "endBinding"}) {
        if (memberOf(element, key).object()) {
            losses.emplace_back("it is no longer attached to what it points at");
            break;
        }
    }
    if (below.empty() && above.empty())
        return node;
    ImportedNode group;
    group.name = node.name;
    group.children = std::move(below);
    group.children.push_back(std::move(node));
    std::move(above.begin(), above.end(), std::back_inserter(group.children));
    return group;
}

ImportedNode ExcalidrawReader::text(const Any& element, Losses& losses)
{
    ImportedNode node;
    node.type = NodeType::text;
    node.text = textOf(element, "text");
    node.name = node.text.substr(0, node.text.find('\n'));
    constexpr std::size_t longestName = 60;
    if (node.name.size() > longestName)
        node.name = toValidUtf8(node.name.substr(0, longestName));
    setSize(node, boxOf(element));
    const double size = std::clamp(numberOr(element, "fontSize", 20), 0.01, 10'000.0);
    const std::string_view family = familyOf(numberOr(element, "fontFamily", 5));
    ImportedFormat format{0, static_cast<std::uint32_t>(utf16Length(node.text)), {}};
    format.attributes.emplace_back("family", family);
    format.attributes.emplace_back("size", document::rounded(size));
    format.attributes.emplace_back("fill", document::toAny(colorOf(textOf(element, "strokeColor"), {0, 0, 0, 1})));
    format.attributes.emplace_back("lineHeight", document::rounded(std::clamp(numberOr(element, "lineHeight", 1.25), 0.01, 100.0)));
    if (format.count > 0)
        node.formats.push_back(std::move(format));
    const std::string_view align = textOf(element, "textAlign");
    // Its lines are broken already; without a width to wrap to, they stay so in any font.
    Any::Object paragraph{{"autoSize", "widthAndHeight"}};
    if (align == "center" || align == "right")
        paragraph.emplace_back("align", align);
    node.properties.emplace_back("para", std::move(paragraph));
    losses.push_back("is set in '" + std::string(family) + "', or what is at hand instead");
    if (!textOf(element, "containerId").empty())
        losses.emplace_back("it is no longer bound to its container");
    return node;
}

ImportedNode ExcalidrawReader::image(const Any& element, Losses& losses)
{
    const Size box = boxOf(element);
    ImportedNode node;
    node.type = NodeType::image;
    node.name = nameOf(element);
    const Any& file = memberOf(m_files, textOf(element, "fileId"));
    auto embedded = embeddedImage(textOf(file, "dataURL"));
    if (embedded && embedded->mime == "image/svg+xml") {
        auto drawing = m_svg.read(embedded->bytes, node.name, m_result, losses);
        const Size natural = drawing ? sizeOf(*drawing) : Size{};
        if (natural.width > 0 && natural.height > 0) {
            placeWithin(*drawing, Transform::scaling(box.width / natural.width, box.height / natural.height));
            return std::move(*drawing);
        }
    }
    setSize(node, box);
    const Size pixels = embedded ? imageSize(embedded->bytes) : Size{};
    const bool isKnown = pixels.width > 0 || (embedded && embedded->mime == "image/webp");
    if (!isKnown) {
        node.type = NodeType::rect;
        losses.emplace_back(embedded ? "its picture is neither PNG, JPEG, WebP nor SVG; its box is kept" : "its picture is not in the file; its box is kept");
        return node;
    }
    ImportedAsset asset = imageAsset(std::move(*embedded), pixels, node.name);
    node.properties.emplace_back("asset", asset.hash.hex);
    node.properties.emplace_back("fit", "stretch");
    addAsset(m_result, std::move(asset));
    if (memberOf(element, "crop").object())
        losses.emplace_back("its crop is not modelled; the whole picture is shown");
    return node;
}

ImportedNode ExcalidrawReader::frame(const Any& element)
{
    ImportedNode node;
    node.type = NodeType::frame;
    const std::string_view name = textOf(element, "name");
    node.name = name.empty() ? "Frame" : name;
    setSize(node, boxOf(element));
    node.properties.emplace_back("radii", Any::Array{8, 8, 8, 8});
    document::StrokeStyle style;
    style.width = 2;
    setStroke(node, document::solidPaint({0.733F, 0.733F, 0.733F, 1}, "s"), style);
    return node;
}

} // namespace tessera::formats
