#include "svg_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

#include <core/base/utf.h>

namespace tessera::formats {
namespace {

using document::NodeType;

/// Elements that draw nothing where they stand.
constexpr std::array definitions = {"clipPath", "defs",     "desc",           "filter", "linearGradient", "marker", "mask",   "metadata",
                                    "pattern",  "radialGradient", "script", "style",  "symbol",         "title",  "animate", "animateTransform",
                                    "animateMotion", "set", "sodipodi:namedview", "view", "cursor", "font", "stop"};

bool isDefinition(std::string_view name)
{
    return std::find(definitions.begin(), definitions.end(), name) != definitions.end();
}

bool isAncestor(pugi::xml_node candidate, pugi::xml_node of)
{
    while (of && of != candidate)
        of = of.parent();
    return static_cast<bool>(of);
}

} // namespace

Result<Imported, ImportError> SvgReader::read(pugi::xml_node svg, const std::string& name)
{
    indexElements(svg);
    const auto box = viewBoxOf(svg);
    const Size fallback = box ? Size{box->width, box->height} : Size{300, 150};
    // Percentages of an unknown page mean the drawing's own size.
    Size size{attributeLength(svg, "width", fallback.width, fallback.width), attributeLength(svg, "height", fallback.height, fallback.height)};
    if (!svg.attribute("width") && svg.attribute("height") && box)
        size.width = size.height * box->width / box->height;
    if (svg.attribute("width") && !svg.attribute("height") && box)
        size.height = size.width * box->height / box->width;
    size = {std::clamp(size.width, 0.01, 1e6), std::clamp(size.height, 0.01, 1e6)};

    m_result.root.type = NodeType::frame;
    m_result.root.name = name;
    Context context;
    context.style = Style::of(svg, {}, m_sheet);
    context.viewBox = box.value_or(Rect{0, 0, size.width, size.height});
    context.transform = viewBoxTransform(svg, size);
    setComposing(m_result.root, context.style);
    setVisibility(m_result.root, context.style, false);
    readChildren(svg, context, m_result.root.children);
    if (!box && !svg.attribute("width") && !svg.attribute("height")) { // no size at all: as large as its content
        const Rect content = paintedBounds(m_result.root.children);
        if (content.right() > 0 && content.bottom() > 0)
            size = {std::clamp(std::ceil(content.right()), 1.0, 1e6), std::clamp(std::ceil(content.bottom()), 1.0, 1e6)};
    }
    setSize(m_result.root, size);
    if (!m_patterns.empty()) {
        ImportedNode holder;
        holder.name = "Patterns";
        holder.properties.emplace_back("vis", false);
        holder.children = std::move(m_patterns);
        m_result.root.children.insert(m_result.root.children.begin(), std::move(holder));
    }
    if (m_tooComplex)
        return fail(ImportError{ImportErrc::tooComplex, 0, "more than " + std::to_string(m_limits.maxElements) + " elements or " +
                                                               std::to_string(m_limits.maxDepth) + " levels"});
    return std::move(m_result);
}

void SvgReader::indexElements(pugi::xml_node root)
{
    // Iterative: nesting comes from outside.
    for (pugi::xml_node node = root; node;) {
        if (const auto id = node.attribute("id"))
            m_byId.emplace(id.value(), node);
        if (std::string_view(node.name()) == "style") {
            std::string css;
            for (const pugi::xml_node& child : node.children())
                css += child.value();
            m_sheet.add(css);
        }
        if (node.first_child()) {
            node = node.first_child();
            continue;
        }
        while (node && node != root && !node.next_sibling())
            node = node.parent();
        node = !node || node == root ? pugi::xml_node{} : node.next_sibling();
    }
}

bool SvgReader::overLimit()
{
    m_tooComplex = m_tooComplex || ++m_elementCount > m_limits.maxElements;
    return m_tooComplex;
}

void SvgReader::readChildren(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out)
{
    if (context.depth > m_limits.maxDepth) {
        m_tooComplex = true;
        return;
    }
    for (const pugi::xml_node& child : element.children())
        if (child.type() == pugi::node_element)
            readElement(child, context, out);
}

void SvgReader::readElement(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out)
{
    const std::string_view tag = tagOf(element);
    if (isDefinition(tag) || overLimit())
        return;
    if (tag.find(':') != std::string_view::npos) // editor-private elements draw nothing
        return;
    Style style = Style::of(element, context.style, m_sheet);
    if (m_inClip)
        style.becomeClip();
    const auto own = ownTransform(element, style, context.viewBox);
    if (!own)
        return;
    Context placed = context;
    placed.transform = context.transform * *own;
    const Compositing compositing = compositingOf(style);
    if (compositing.any())
        readComposed(element, style, compositing, placed, out);
    else
        readPlaced(element, style, placed, Compose::onNode, out);
}

/// `context.transform` includes the element's own.
void SvgReader::readPlaced(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out)
{
    constexpr std::array shapes = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"};
    const std::string_view tag = tagOf(element);
    if (tag == "g" || tag == "a" || tag == "switch")
        readGroup(element, style, context, compose, out);
    else if (tag == "svg")
        readSvg(element, style, context, compose, element, out);
    else if (tag == "use")
        readUse(element, style, context, compose, out);
    else if (tag == "text")
        readText(element, style, context, compose, out);
    else if (tag == "image")
        readImage(element, style, context, compose, out);
    else if (std::find(shapes.begin(), shapes.end(), tag) != shapes.end())
        readShape(element, style, context, compose, out);
    else if (tag == "foreignObject") // elements that SVG does not know draw nothing
        keepRaw(element, context, "element is not modelled", out);
}

Style SvgReader::styleOf(pugi::xml_node element) const
{
    std::vector<pugi::xml_node> line;
    for (; element && element.type() == pugi::node_element; element = element.parent())
        line.push_back(element);
    Style style;
    for (auto it = line.rbegin(); it != line.rend(); ++it)
        style = Style::of(*it, style, m_sheet);
    return style;
}

SvgReader::Context SvgReader::inside(const Context& context, const Style& style) const
{
    return {style, {}, context.viewBox, context.depth + 1};
}

void SvgReader::readGroup(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out)
{
    ImportedNode group;
    group.name = nameOf(element);
    if (compose == Compose::onNode)
        setComposing(group, style);
    setVisibility(group, style, false);
    setTransform(group, context.transform);
    const Context inner = inside(context, style);
    if (tagOf(element) == "switch") {
        for (const pugi::xml_node& child : element.children()) { // the first alternative without a condition
            if (child.type() == pugi::node_element && !child.attribute("requiredExtensions") && !child.attribute("systemLanguage")) {
                readElement(child, inner, group.children);
                break;
            }
        }
    } else {
        readChildren(element, inner, group.children);
    }
    if (!group.children.empty())
        out.push_back(std::move(group));
}

ImportedNode SvgReader::viewport(const std::string& name, const Transform& transform, const Rect& areaUser, Context& inner) const
{
    ImportedNode frame;
    frame.type = NodeType::frame;
    frame.name = name;
    setTransform(frame, transform * Transform::translation(areaUser.x, areaUser.y));
    setSize(frame, {areaUser.width, areaUser.height});
    inner.transform = Transform::translation(-areaUser.x, -areaUser.y) * inner.transform;
    return frame;
}

/// A nested svg or a symbol; `sizeFrom` is the use that shows it, or itself.
void SvgReader::readSvg(pugi::xml_node element, const Style& style, const Context& context, Compose compose, pugi::xml_node sizeFrom, std::vector<ImportedNode>& out)
{
    const bool isSymbol = tagOf(element) == "symbol";
    const double em = style.fontSize();
    const auto side = [&](const char* name, double whole) {
        const double own = isSymbol ? whole : attributeLength(element, name, whole, whole, em);
        return sizeFrom.attribute(name) ? attributeLength(sizeFrom, name, whole, own, em) : own;
    };
    const Size size{side("width", context.viewBox.width), side("height", context.viewBox.height)};
    if (!(size.width > 0) || !(size.height > 0))
        return;
    const bool hasPlace = !isSymbol;
    const Point at{hasPlace ? attributeLength(element, "x", context.viewBox.width, 0, em) : 0,
                   hasPlace ? attributeLength(element, "y", context.viewBox.height, 0, em) : 0};
    Context inner = inside(context, style);
    inner.viewBox = viewBoxOf(element).value_or(Rect{0, 0, size.width, size.height});
    inner.transform = viewBoxTransform(element, size);
    const std::string_view overflow = style.get("overflow");
    const Transform transform = context.transform * Transform::translation(at.x, at.y);
    ImportedNode node;
    if (overflow == "visible" || overflow == "auto") {
        node.name = nameOf(element);
        setTransform(node, transform * inner.transform);
        inner.transform = {};
    } else {
        node = viewport(nameOf(element), transform, {0, 0, size.width, size.height}, inner);
    }
    if (compose == Compose::onNode)
        setComposing(node, style);
    setVisibility(node, style, false);
    readChildren(element, inner, node.children);
    if (!node.children.empty())
        out.push_back(std::move(node));
}

void SvgReader::readUse(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out)
{
    const pugi::xml_node target = byReference(hrefOf(element));
    if (!target) {
        notice(element, "refers to a missing element " + std::string(hrefOf(element)));
        return;
    }
    const Expansion expansion(*this, target);
    if (expansion.isLoop() || isAncestor(target, element)) {
        notice(element, "refers to itself or is nested too deep");
        return;
    }
    ImportedNode group;
    group.name = nameOf(element);
    if (compose == Compose::onNode)
        setComposing(group, style);
    setVisibility(group, style, false);
    const double em = style.fontSize();
    setTransform(group, context.transform * Transform::translation(attributeLength(element, "x", context.viewBox.width, 0, em),
                                                                   attributeLength(element, "y", context.viewBox.height, 0, em)));
    const Context inner = inside(context, style);
    if (const std::string_view tag = tagOf(target); tag == "symbol" || tag == "svg")
        readSvg(target, Style::of(target, style, m_sheet), inner, Compose::onNode, element, group.children);
    else
        readElement(target, inner, group.children);
    if (!group.children.empty())
        out.push_back(std::move(group));
}

void SvgReader::keepRaw(pugi::xml_node element, const Context& context, const std::string& why, std::vector<ImportedNode>& out)
{
    pugi::xml_document raw;
    pugi::xml_node svg = raw.append_child("svg");
    svg.append_attribute("xmlns") = "http://www.w3.org/2000/svg";
    svg.append_attribute("xmlns:xlink") = "http://www.w3.org/1999/xlink";
    const Rect& box = context.viewBox;
    std::ostringstream viewBox;
    viewBox << box.x << ' ' << box.y << ' ' << box.width << ' ' << box.height;
    svg.append_attribute("viewBox") = viewBox.str().c_str();
    pugi::xml_node holder = svg.append_child("g");
    for (const char* property : {"fill", "stroke", "stroke-width", "color", "fill-rule", "stroke-linecap", "stroke-linejoin", "font-family", "font-size"})
        if (const auto value = context.style.get(property); !value.empty())
            holder.append_attribute(property) = std::string(value).c_str();
    holder.append_copy(element);
    // Everything it might refer to travels along, so that the node can still be drawn or exported alone.
    for (const pugi::xml_node& child : m_xml.document_element().children())
        if (const std::string_view tag = child.name(); isDefinition(tag) && tag != "script" && tag != "metadata")
            svg.append_copy(child);
    std::ostringstream source;
    raw.save(source, "", pugi::format_raw | pugi::format_no_declaration);

    ImportedNode node;
    node.type = NodeType::svgRaw;
    node.name = nameOf(element);
    node.properties.emplace_back("size", document::toAny(Size{box.width, box.height}));
    setTransform(node, context.transform * Transform::translation(box.x, box.y));
    node.properties.emplace_back("svg", source.str());
    notice(element, why + "; kept as SVG source");
    out.push_back(std::move(node));
}

std::string SvgReader::nameOf(pugi::xml_node element) const
{
    for (const char* attribute : {"inkscape:label", "data-name", "id"})
        if (const std::string_view value = element.attribute(attribute).value(); !value.empty())
            return toValidUtf8(value.substr(0, 200));
    if (const pugi::xml_node title = element.child("title"); title && *title.child_value())
        return toValidUtf8(std::string_view(title.child_value()).substr(0, 200));
    const std::string tag = element.name();
    if (tag == "g")
        return "Group";
    return tag.empty() ? tag : static_cast<char>(std::toupper(static_cast<unsigned char>(tag[0]))) + tag.substr(1);
}

pugi::xml_node SvgReader::byReference(std::string_view reference) const
{
    reference = trimmed(reference);
    if (reference.starts_with("url(")) {
        reference.remove_prefix(4);
        reference = trimmed(reference.substr(0, std::min(reference.find(')'), reference.size())));
        if (reference.size() >= 2 && (reference.front() == '"' || reference.front() == '\''))
            reference = reference.substr(1, reference.size() - 2);
    }
    if (!reference.starts_with('#'))
        return {};
    const auto found = m_byId.find(reference.substr(1));
    return found == m_byId.end() ? pugi::xml_node{} : found->second;
}

void SvgReader::notice(pugi::xml_node element, std::string what)
{
    std::string name = element.name();
    if (const auto id = element.attribute("id"))
        name += std::string("#") + id.value();
    const std::ptrdiff_t offset = element.offset_debug();
    m_result.notices.push_back({toValidUtf8(name), static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, offset)), std::move(what)});
}

} // namespace tessera::formats
