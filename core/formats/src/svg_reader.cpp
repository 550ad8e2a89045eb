#include "svg_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <sstream>

#include <core/base/utf.h>

#include "imported_bounds.h"
#include "svg_filter.h"

namespace tessera::formats {
namespace {

using document::NodeType;
using document::SubPath;
using document::VectorPath;

/// Elements that draw nothing where they stand.
constexpr std::array definitions = {"clipPath", "defs",     "desc",           "filter", "linearGradient", "marker", "mask",   "metadata",
                                    "pattern",  "radialGradient", "script", "style",  "symbol",         "title",  "animate", "animateTransform",
                                    "animateMotion", "set", "sodipodi:namedview", "view", "cursor", "font", "stop"};
constexpr std::size_t maxUseDepth = 16;

bool isDefinition(std::string_view name)
{
    return std::find(definitions.begin(), definitions.end(), name) != definitions.end();
}

double attributeLength(pugi::xml_node element, const char* name, double percentBase, double fallback = 0)
{
    return parseLength(element.attribute(name).value(), percentBase).value_or(fallback);
}

std::string_view hrefOf(pugi::xml_node element)
{
    const auto plain = element.attribute("href");
    return plain ? plain.value() : element.attribute("xlink:href").value();
}

SubPath polygon(std::string_view pointsText, bool closed)
{
    SubPath sub{closed, {}};
    const auto numbers = parseNumbers(pointsText);
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        const Point p{numbers[i], numbers[i + 1]};
        sub.points.push_back({p, p, p});
    }
    return sub;
}

SubPath roundedRect(const Rect& r, double rx, double ry)
{
    const Point start{r.x + rx, r.y};
    SubPath sub{true, {{start, start, start}}};
    const auto line = [&](Point p) { sub.points.push_back({p, p, p}); };
    line({r.right() - rx, r.y});
    appendArc(sub, rx, ry, 0, false, true, {r.right(), r.y + ry});
    line({r.right(), r.bottom() - ry});
    appendArc(sub, rx, ry, 0, false, true, {r.right() - rx, r.bottom()});
    line({r.x + rx, r.bottom()});
    appendArc(sub, rx, ry, 0, false, true, {r.x, r.bottom() - ry});
    line({r.x, r.y + ry});
    appendArc(sub, rx, ry, 0, false, true, start);
    sub.points.front().in = sub.points.back().in;
    sub.points.pop_back();
    return sub;
}

void setTransform(ImportedNode& node, const Transform& transform)
{
    if (!transform.isIdentity())
        node.properties.emplace_back("xf", document::toAny(transform));
}

void setCommon(ImportedNode& node, const Style& style)
{
    if (const double opacity = std::clamp(style.number("opacity", 1), 0.0, 1.0); opacity < 1)
        node.properties.emplace_back("op", document::rounded(opacity));
    if (style.get("display") == "none" || style.get("visibility") == "hidden")
        node.properties.emplace_back("vis", false);
    if (const auto blend = style.get("mix-blend-mode"); !blend.empty() && blend != "normal")
        node.properties.emplace_back("blend", blend);
}

} // namespace

std::optional<Rect> viewBoxOf(pugi::xml_node element)
{
    const auto v = parseNumbers(element.attribute("viewBox").value());
    if (v.size() != 4 || !(v[2] > 0) || !(v[3] > 0))
        return std::nullopt;
    return Rect{v[0], v[1], v[2], v[3]};
}

Transform viewBoxTransform(pugi::xml_node element, Size viewport)
{
    const auto box = viewBoxOf(element);
    if (!box || !(viewport.width > 0) || !(viewport.height > 0))
        return {};
    const std::string_view aspect = element.attribute("preserveAspectRatio").value();
    double sx = viewport.width / box->width, sy = viewport.height / box->height;
    if (aspect.starts_with("none"))
        return Transform::scaling(sx, sy) * Transform::translation(-box->x, -box->y);
    const bool slice = aspect.find("slice") != std::string_view::npos;
    sx = sy = slice ? std::max(sx, sy) : std::min(sx, sy);
    const auto share = [&](const char* low, const char* high) {
        return aspect.find(low) != std::string_view::npos ? 0.0 : aspect.find(high) != std::string_view::npos ? 1.0 : 0.5;
    };
    const double dx = (viewport.width - box->width * sx) * share("xMin", "xMax");
    const double dy = (viewport.height - box->height * sy) * share("YMin", "YMax");
    return Transform::translation(dx, dy) * Transform::scaling(sx, sy) * Transform::translation(-box->x, -box->y);
}

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
    m_result.root.properties.emplace_back("size", document::toAny(size));
    Context context;
    context.style = Style::of(svg, {}, m_sheet);
    context.viewBox = box.value_or(Rect{0, 0, size.width, size.height});
    context.transform = viewBoxTransform(svg, size);
    setCommon(m_result.root, context.style);
    readChildren(svg, context, m_result.root.children);
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

void SvgReader::readElement(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out, Applied applied)
{
    std::string_view tag = element.name();
    if (tag.starts_with("svg:"))
        tag.remove_prefix(4);
    if (isDefinition(tag) || overLimit())
        return;
    if (tag.find(':') != std::string_view::npos) // editor-private elements draw nothing
        return;
    const Style style = Style::of(element, context.style, m_sheet);
    if (const auto value = style.get("mask"); !value.empty() && value != "none" && byReference(value)) {
        keepRaw(element, context, "mask is not modelled", out);
        return;
    }
    if (const auto clip = style.get("clip-path"); applied == Applied::nothing && !clip.empty() && clip != "none") {
        const pugi::xml_node target = byReference(clip);
        if (target && !rectangularClip(target)) {
            keepRaw(element, context, "only rectangular clips are modelled", out);
            return;
        }
        if (target) {
            const Rect rect = *rectangularClip(target);
            ImportedNode frame;
            frame.type = NodeType::frame;
            frame.name = "Clip";
            frame.properties.emplace_back("size", document::toAny(Size{rect.width, rect.height}));
            // The clip lives in the element's own user space, so its transform moves to the frame.
            const Transform own = parseTransformList(element.attribute("transform").value());
            setTransform(frame, context.transform * own * Transform::translation(rect.x, rect.y));
            Context inner = context;
            const auto undo = own.inverted();
            if (!undo) // a flattened element draws nothing
                return;
            inner.transform = Transform::translation(-rect.x, -rect.y) * *undo;
            inner.depth = context.depth + 1;
            readElement(element, inner, frame.children, Applied::clip);
            if (!frame.children.empty())
                out.push_back(std::move(frame));
            return;
        }
    }

    if (const auto filter = style.get("filter"); applied != Applied::filter && !filter.empty() && filter != "none") {
        readFiltered(element, style, context, out);
        return;
    }

    const Transform transform = context.transform * parseTransformList(element.attribute("transform").value());
    if (tag == "g" || tag == "a" || tag == "switch" || tag == "svg")
        readGroup(element, style, context, out);
    else if (tag == "use")
        readUse(element, style, context, out);
    else if (tag == "text")
        readText(element, style, transform, context, out);
    else if (tag == "image")
        readImage(element, style, transform, context, out);
    else if (auto node = shape(element, style, transform, context))
        out.push_back(std::move(*node));
    else if (tag != "path" && tag != "rect" && tag != "circle" && tag != "ellipse" && tag != "line" && tag != "polyline" && tag != "polygon")
        keepRaw(element, context, "element is not modelled", out);
}

/// The element in a group that has the filter; what comes after the filter moves to the group.
void SvgReader::readFiltered(pugi::xml_node element, const Style& style, const Context& context, std::vector<ImportedNode>& out)
{
    const Transform own = parseTransformList(element.attribute("transform").value());
    const auto undo = own.inverted();
    if (!undo) // a flattened element draws nothing
        return;
    ImportedNode group;
    group.type = NodeType::group;
    group.name = nameOf(element);
    setTransform(group, context.transform * own);
    Context inner = context;
    inner.transform = *undo;
    inner.depth = context.depth + 1;
    readElement(element, inner, group.children, Applied::filter);
    if (group.children.empty() && std::string_view(element.name()) != "g")
        return;
    Rect bounds;
    for (ImportedNode& child : group.children) {
        bounds = united(bounds, importedBounds(child));
        const auto moves = [](const auto& property) { return property.first == "op" || property.first == "blend"; };
        std::copy_if(child.properties.begin(), child.properties.end(), std::back_inserter(group.properties), moves);
        std::erase_if(child.properties, moves);
    }
    const FilterSources sources{m_sheet, context.viewBox, [this](std::string_view reference) { return byReference(reference); },
                                [&](std::string_view href) {
                                    const auto image = embedImage(href, nameOf(element));
                                    return image ? std::optional{image->hash} : std::nullopt;
                                }};
    const ReadFilters filters = readFilters(style.get("filter"), style, bounds, sources);
    if (filters.hidden)
        return;
    if (!filters.effects.empty())
        group.properties.emplace_back("effects", document::toAny(filters.effects));
    out.push_back(std::move(group));
}

void SvgReader::readGroup(pugi::xml_node element, const Style& style, const Context& context, std::vector<ImportedNode>& out)
{
    ImportedNode group;
    group.type = NodeType::group;
    group.name = nameOf(element);
    setCommon(group, style);
    Context inner{style, {}, context.viewBox, context.depth + 1};
    Transform transform = context.transform * parseTransformList(element.attribute("transform").value());
    if (std::string_view(element.name()) == "svg") {
        const Size viewport{attributeLength(element, "width", context.viewBox.width, context.viewBox.width),
                            attributeLength(element, "height", context.viewBox.height, context.viewBox.height)};
        transform = transform * Transform::translation(attributeLength(element, "x", context.viewBox.width), attributeLength(element, "y", context.viewBox.height)) *
                    viewBoxTransform(element, viewport);
        inner.viewBox = viewBoxOf(element).value_or(Rect{0, 0, viewport.width, viewport.height});
    }
    setTransform(group, transform);
    if (std::string_view(element.name()) == "switch") {
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

void SvgReader::readUse(pugi::xml_node element, const Style& style, const Context& context, std::vector<ImportedNode>& out)
{
    const pugi::xml_node target = byReference(hrefOf(element));
    if (!target) {
        notice(element, "refers to a missing element " + std::string(hrefOf(element)));
        return;
    }
    if (m_useDepth >= maxUseDepth) {
        notice(element, "nested too deep or refers to itself");
        return;
    }
    ++m_useDepth;
    ImportedNode group;
    group.type = NodeType::group;
    group.name = nameOf(element);
    setCommon(group, style);
    const Transform place = Transform::translation(attributeLength(element, "x", context.viewBox.width), attributeLength(element, "y", context.viewBox.height));
    Transform transform = context.transform * parseTransformList(element.attribute("transform").value()) * place;
    Context inner{style, {}, context.viewBox, context.depth + 1};
    if (std::string_view(target.name()) == "symbol") {
        const Rect box = viewBoxOf(target).value_or(context.viewBox);
        const Size viewport{attributeLength(element, "width", context.viewBox.width, box.width), attributeLength(element, "height", context.viewBox.height, box.height)};
        transform = transform * viewBoxTransform(target, viewport);
        inner.style = Style::of(target, style, m_sheet);
        inner.viewBox = box;
        readChildren(target, inner, group.children);
    } else {
        readElement(target, inner, group.children);
    }
    --m_useDepth;
    setTransform(group, transform);
    if (!group.children.empty())
        out.push_back(std::move(group));
}

std::optional<ImportedNode> SvgReader::shape(pugi::xml_node element, const Style& style, Transform transform, const Context& context)
{
    const std::string_view tag = element.name();
    const double w = context.viewBox.width, h = context.viewBox.height, diagonal = std::hypot(w, h) / std::sqrt(2.0);
    ImportedNode node;
    node.name = nameOf(element);
    VectorPath path;
    Rect bounds;
    std::vector<double> radii;
    if (tag == "rect") {
        bounds = {attributeLength(element, "x", w), attributeLength(element, "y", h), attributeLength(element, "width", w), attributeLength(element, "height", h)};
        if (bounds.isEmpty())
            return std::nullopt;
        const auto rxText = parseLength(element.attribute("rx").value(), w), ryText = parseLength(element.attribute("ry").value(), h);
        const double rx = std::clamp(rxText.value_or(ryText.value_or(0)), 0.0, bounds.width / 2);
        const double ry = std::clamp(ryText.value_or(rxText.value_or(0)), 0.0, bounds.height / 2);
        if (rx > 0 && ry > 0 && std::abs(rx - ry) > 1e-6) {
            node.type = NodeType::vector;
            path.subPaths.push_back(roundedRect(bounds, rx, ry));
        } else {
            node.type = NodeType::rect;
            if (rx > 0 && ry > 0)
                radii.assign(4, rx);
        }
    } else if (tag == "circle" || tag == "ellipse") {
        const double rx = tag == "circle" ? attributeLength(element, "r", diagonal) : attributeLength(element, "rx", w);
        const double ry = tag == "circle" ? rx : attributeLength(element, "ry", h);
        if (!(rx > 0) || !(ry > 0))
            return std::nullopt;
        node.type = NodeType::ellipse;
        bounds = {attributeLength(element, "cx", w) - rx, attributeLength(element, "cy", h) - ry, 2 * rx, 2 * ry};
    } else {
        node.type = NodeType::vector;
        if (tag == "path") {
            path = parsePathData(element.attribute("d").value());
        } else if (tag == "line") {
            const Point a{attributeLength(element, "x1", w), attributeLength(element, "y1", h)}, b{attributeLength(element, "x2", w), attributeLength(element, "y2", h)};
            path.subPaths.push_back({false, {{a, a, a}, {b, b, b}}});
        } else if (tag == "polyline" || tag == "polygon") {
            path.subPaths.push_back(polygon(element.attribute("points").value(), tag == "polygon"));
        } else {
            return std::nullopt;
        }
        std::erase_if(path.subPaths, [](const SubPath& s) { return s.points.empty(); });
        if (path.subPaths.empty())
            return std::nullopt;
        bounds = pathBounds(path);
    }
    if (node.type == NodeType::vector) {
        path.rule = style.get("fill-rule") == "evenodd" ? document::FillRule::evenodd : document::FillRule::nonzero;
        node.properties.emplace_back("path", document::toAny(transformed(path, Transform::translation(-bounds.x, -bounds.y))));
    }
    setTransform(node, transform * Transform::translation(bounds.x, bounds.y));
    node.properties.emplace_back("size", document::toAny(Size{bounds.width, bounds.height}));
    if (!radii.empty())
        node.properties.emplace_back("radii", crdt::Any::Array(radii.begin(), radii.end()));
    setCommon(node, style);
    addAppearance(node, style, bounds, context, element);
    return node;
}

std::optional<Rect> SvgReader::rectangularClip(pugi::xml_node clipPath) const
{
    if (std::string_view(clipPath.attribute("clipPathUnits").value()) == "objectBoundingBox" || clipPath.attribute("clip-path"))
        return std::nullopt;
    std::optional<Rect> rect;
    for (pugi::xml_node child : clipPath.children()) {
        if (child.type() != pugi::node_element)
            continue;
        const std::string_view tag = child.name();
        if (rect || tag != "rect" || child.attribute("rx") || child.attribute("ry"))
            return std::nullopt;
        const Transform t = parseTransformList(clipPath.attribute("transform").value()) * parseTransformList(child.attribute("transform").value());
        if (t.b != 0 || t.c != 0)
            return std::nullopt;
        rect = t.mapBounds({attributeLength(child, "x", 0), attributeLength(child, "y", 0), attributeLength(child, "width", 0), attributeLength(child, "height", 0)});
    }
    return rect && !rect->isEmpty() ? rect : std::nullopt;
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
