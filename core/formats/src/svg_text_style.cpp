#include "svg_text.h"

#include <algorithm>
#include <cmath>

namespace tessera::formats {
namespace {

using document::Paint;
using document::PaintKind;

constexpr std::pair<std::string_view, double> stretches[] = {
    {"ultra-condensed", 50}, {"extra-condensed", 62.5}, {"condensed", 75},        {"semi-condensed", 87.5}, {"semi-expanded", 112.5},
    {"expanded", 125},       {"extra-expanded", 150},   {"ultra-expanded", 200}};

/// What the layout puts on the alphabetic baseline, by the names of dominant- and alignment-baseline.
constexpr std::pair<std::string_view, std::string_view> baselines[] = {
    {"middle", "middle"},           {"central", "central"},          {"hanging", "hanging"},         {"mathematical", "mathematical"},
    {"ideographic", "ideographic"}, {"before-edge", "beforeEdge"},   {"text-before-edge", "beforeEdge"}, {"text-top", "beforeEdge"},
    {"after-edge", "afterEdge"},    {"text-after-edge", "afterEdge"}, {"text-bottom", "afterEdge"}};

constexpr std::pair<std::string_view, document::DecorationLine> lines[] = {{"underline", document::DecorationLine::underline},
                                                                            {"overline", document::DecorationLine::overline},
                                                                            {"line-through", document::DecorationLine::lineThrough}};

template <class Value, std::size_t Count>
const Value* lookUp(const std::pair<std::string_view, Value> (&table)[Count], std::string_view name)
{
    const auto found = std::find_if(std::begin(table), std::end(table), [&](const auto& entry) { return entry.first == name; });
    return found == std::end(table) ? nullptr : &found->second;
}

bool hasWord(std::string_view list, std::string_view word)
{
    for (std::string_view rest = trimmed(list); !rest.empty();) {
        const std::size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
        if (rest.substr(0, end) == word)
            return true;
        rest = trimmed(rest.substr(end));
    }
    return false;
}

/// `'wght' 350, "slnt" -10` or `"liga" off, "ss01"`: tag, then a number, on or off; alone it is 1.
crdt::Any::Object fontSettings(std::string_view list)
{
    crdt::Any::Object settings;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view item = trimmed(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (item.size() < 6 || (item[0] != '"' && item[0] != '\'') || item[5] != item[0])
            continue;
        const std::string tag(item.substr(1, 4));
        item = trimmed(item.substr(6));
        NumberScanner scanner(item);
        const double value = item == "off" ? 0 : scanner.number().value_or(1);
        settings.emplace_back(tag, value);
    }
    return settings;
}

bool hasDecoration(const Style& style, std::string_view line)
{
    return hasWord(style.get("text-decoration"), line) || hasWord(style.get("text-decoration-line"), line);
}

} // namespace

std::string_view SvgTextReader::anchorOf(const Style& style) const
{
    const std::string_view anchor = style.get("text-anchor");
    return anchor == "middle" || anchor == "end" ? anchor : "start";
}

document::Properties SvgTextReader::fontOf(const TextElement& element) const
{
    const Style& style = element.style;
    document::Properties attributes;
    if (const std::string_view family = style.get("font-family"); !family.empty() && family != "inherit")
        attributes.emplace_back("family", family);
    if (const auto slant = style.get("font-style"); slant == "italic" || slant.starts_with("oblique"))
        attributes.emplace_back("italic", true);
    attributes.emplace_back("size", document::rounded(style.fontSize()));
    if (const double weight = style.number("font-weight", 400); weight != 400)
        attributes.emplace_back("weight", weight);
    const std::string_view stretch = style.get("font-stretch");
    if (const double* percent = lookUp(stretches, stretch))
        attributes.emplace_back("stretch", *percent);
    else if (const double width = style.number("font-stretch", 1); stretch.ends_with('%') && width > 0.1 && width <= 10)
        attributes.emplace_back("stretch", document::rounded(width * 100));
    if (hasWord(style.get("font-variant"), "small-caps") || hasWord(style.get("font-variant-caps"), "small-caps"))
        attributes.emplace_back("case", "smallCaps");
    crdt::Any::Object features = fontSettings(style.get("font-feature-settings"));
    if (style.get("font-kerning") == "none")
        features.emplace_back("kern", 0);
    if (!features.empty())
        attributes.emplace_back("features", std::move(features));
    if (crdt::Any::Object axes = fontSettings(style.get("font-variation-settings")); !axes.empty())
        attributes.emplace_back("axes", std::move(axes));
    const double diagonal = diagonalOf(m_context.viewBox);
    if (const double spacing = style.length("letter-spacing", 0, diagonal); spacing != 0)
        attributes.emplace_back("letterSpacing", document::rounded(spacing));
    if (const double spacing = style.length("word-spacing", 0, diagonal); spacing != 0)
        attributes.emplace_back("wordSpacing", document::rounded(spacing));
    const std::string_view own = style.get("alignment-baseline");
    const bool hasOwn = !own.empty() && own != "auto" && own != "baseline";
    if (const std::string_view* baseline = lookUp(baselines, hasOwn ? own : style.get("dominant-baseline")))
        attributes.emplace_back("baselineAlign", *baseline);
    for (pugi::xml_node node = element.node; node; node = node.parent()) {
        if (const auto lang = node.attribute("xml:lang") ? node.attribute("xml:lang") : node.attribute("lang")) {
            if (const std::string_view value = lang.value(); !value.empty() && value.size() < 64)
                attributes.emplace_back("lang", value);
            break;
        }
    }
    return attributes;
}

/// Shifts add up from the text inwards; the text's own does not count, as it would in no other renderer.
crdt::Any SvgTextReader::baselineOf(std::size_t element) const
{
    crdt::Any::Array shifts;
    for (std::size_t e = element; e != 0; e = m_content.elements[e].parent) {
        const Style& style = m_content.elements[e].style;
        const std::string_view value = style.get("baseline-shift");
        if (value == "super" || value == "sub")
            shifts.emplace_back(value);
        else if (const auto rise = parseLength(value, style.fontSize(), style.fontSize()); rise && *rise != 0)
            shifts.emplace_back(document::rounded(*rise));
    }
    if (shifts.empty())
        return {};
    return shifts.size() == 1 ? shifts.front() : crdt::Any(std::move(shifts));
}

/// Gradients over the object's box refer to where the laid-out text is; those in user space are in node coordinates.
std::optional<Paint> SvgTextReader::paintOf(std::string_view value, double opacity, const Style& style)
{
    auto paint = m_reader.paint(value, opacity, style, m_box, m_context, m_text);
    if (!paint || paint->stops.empty())
        return paint;
    for (const pugi::xml_node& link : m_reader.referenceChain(m_reader.byReference(value))) {
        const auto units = link.attribute("gradientUnits");
        if (!units)
            continue;
        if (std::string_view(units.value()) == "userSpaceOnUse") {
            paint->inNodeSpace = true;
            paint->gradientMatrix = Transform::scaling(m_box.width, m_box.height) * paint->gradientMatrix;
        }
        break;
    }
    return paint;
}

Paint SvgTextReader::fillOf(const Style& style)
{
    const std::string_view value = style.get("fill");
    auto paint = style.isHidden() ? std::nullopt : paintOf(value.empty() ? "black" : value, style.number("fill-opacity", 1), style);
    if (!paint) {
        paint = Paint{};
        paint->visible = false;
    }
    paint->id = "f";
    return *paint;
}

std::optional<document::TextStroke> SvgTextReader::strokeOf(const Style& style)
{
    const double diagonal = diagonalOf(m_context.viewBox);
    document::TextStroke stroke;
    stroke.style.width = style.length("stroke-width", 1, diagonal);
    if (!(stroke.style.width > 0) || style.isHidden() || m_reader.m_inClip)
        return std::nullopt;
    auto paint = paintOf(style.get("stroke"), style.number("stroke-opacity", 1), style);
    if (!paint)
        return std::nullopt;
    stroke.paint = std::move(*paint);
    stroke.paint.id = "s";
    const std::string_view cap = style.get("stroke-linecap"), join = style.get("stroke-linejoin");
    stroke.style.cap = cap == "round" ? document::LineCap::round : cap == "square" ? document::LineCap::square : document::LineCap::butt;
    stroke.style.join = join == "round" ? document::LineJoin::round : join == "bevel" ? document::LineJoin::bevel : document::LineJoin::miter;
    stroke.style.miterLimit = std::max(1.0, style.number("stroke-miterlimit", 4));
    ImportedNode dashes; // the one reader of dashes writes a node's properties
    addDashes(dashes, style, diagonal);
    for (const auto& [key, value] : dashes.properties) {
        if (key == "sDash" && value.array())
            for (const crdt::Any& length : *value.array())
                stroke.style.dash.push_back(length.number() ? *length.number() : 0);
        if (key == "sDashOffset" && value.number())
            stroke.style.dashOffset = *value.number();
    }
    return stroke;
}

void SvgTextReader::addPaints(document::Properties& attributes, const TextElement& element)
{
    const Paint fill = fillOf(element.style);
    if (fill.kind == PaintKind::solid && fill.visible) {
        Color color = fill.color;
        color.a *= static_cast<float>(fill.opacity);
        attributes.emplace_back("fill", document::toAny(color));
    } else {
        attributes.emplace_back("fill", document::toAny(fill));
    }
    if (const auto stroke = strokeOf(element.style)) {
        attributes.emplace_back("stroke", document::toAny(*stroke));
        if (trimmed(element.style.get("paint-order")).starts_with("stroke"))
            attributes.emplace_back("strokeFirst", true);
    }
}

/// A line is painted as the nearest element that asks for it, but the text itself stands for all around it.
void SvgTextReader::addDecorations(document::Properties& attributes, std::size_t element)
{
    std::vector<document::TextDecoration> decorations;
    for (const auto& [name, line] : lines) {
        std::size_t owner = element;
        while (owner != 0 && !hasDecoration(m_content.elements[owner].style, name))
            owner = m_content.elements[owner].parent;
        bool isAsked = hasDecoration(m_content.elements[owner].style, name);
        for (pugi::xml_node node = m_text.parent(); node && !isAsked; node = node.parent())
            isAsked = node.type() == pugi::node_element && hasDecoration(Style::of(node, {}, m_reader.m_sheet), name);
        if (!isAsked)
            continue;
        document::TextDecoration decoration;
        decoration.line = line;
        if (owner != element) {
            decoration.fill = fillOf(m_content.elements[owner].style);
            decoration.stroke = strokeOf(m_content.elements[owner].style);
        }
        decorations.push_back(std::move(decoration));
    }
    if (!decorations.empty())
        attributes.emplace_back("decoration", document::toAny(decorations));
}

} // namespace tessera::formats
