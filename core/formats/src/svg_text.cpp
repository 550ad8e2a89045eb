#include "svg_reader.h"

#include <algorithm>
#include <cmath>

#include <core/base/utf.h>

namespace tessera::formats {
namespace {

/// Ascent and advance of the bundled font in em: the importer has no fonts, layout later sizes the box exactly.
constexpr double ascentEm = 0.96875;
constexpr double averageAdvanceEm = 0.56;
constexpr double lineHeightEm = 1.21;

struct Span {
    std::string text;
    document::Properties attributes;
};

document::Properties attributesOf(const Style& style, const std::optional<document::Paint>& fill)
{
    document::Properties attributes;
    std::string_view family = style.get("font-family");
    family = trimmed(family.substr(0, std::min(family.find(','), family.size())));
    if (family.size() >= 2 && (family.front() == '"' || family.front() == '\''))
        family = family.substr(1, family.size() - 2);
    if (!family.empty() && family != "inherit")
        attributes.emplace_back("family", family);
    if (style.get("font-style") == "italic" || style.get("font-style") == "oblique")
        attributes.emplace_back("italic", true);
    attributes.emplace_back("size", document::rounded(style.fontSize()));
    const std::string_view weight = style.get("font-weight");
    if (weight == "bold" || weight == "bolder")
        attributes.emplace_back("weight", 700);
    else if (const double number = style.number("font-weight", 0); number >= 1 && number <= 1000)
        attributes.emplace_back("weight", number);
    if (fill && fill->kind == document::PaintKind::solid) {
        Color color = fill->color;
        color.a *= static_cast<float>(fill->opacity);
        attributes.emplace_back("fill", document::toAny(color));
    }
    if (const auto spacing = parseLength(style.get("letter-spacing"), 0, style.fontSize()); spacing && *spacing != 0)
        attributes.emplace_back("letterSpacing", document::rounded(*spacing));
    return attributes;
}

/// xml:space default: line breaks vanish, tabs become spaces, runs of spaces become one.
std::string collapsed(std::string_view text, bool afterSpace)
{
    std::string out;
    for (const char c : text) {
        if (c == '\n' || c == '\r')
            continue;
        const char d = c == '\t' ? ' ' : c;
        if (d == ' ' && afterSpace)
            continue;
        afterSpace = d == ' ';
        out += d;
    }
    return toValidUtf8(out);
}

} // namespace

void SvgReader::readText(pugi::xml_node element, const Style& style, const Transform& transform, const Context& context, std::vector<ImportedNode>& out)
{
    std::vector<Span> spans;
    std::string all;
    double lineStartX = parseLength(element.attribute("x").value(), context.viewBox.width).value_or(0);
    const double baselineY = parseLength(element.attribute("y").value(), context.viewBox.height).value_or(0);
    bool placed = element.attribute("x");
    const auto append = [&](std::string_view text, const Style& spanStyle) {
        const std::string clean = collapsed(text, all.empty() || all.back() == ' ' || all.back() == '\n');
        if (clean.empty())
            return;
        const std::string_view fill = spanStyle.get("fill");
        const auto color = paint(fill.empty() ? "black" : fill, spanStyle.number("fill-opacity", 1), spanStyle, {}, context, element);
        spans.push_back({clean, attributesOf(spanStyle, color)});
        all += clean;
    };
    struct Pending {
        pugi::xml_node node;
        Style style;
    };
    std::vector<Pending> stack{{element, style}};
    // Depth first, iterative; a span that starts its own line (its own y, or dy) begins with a line break.
    for (pugi::xml_node node = element.first_child(); node && !overLimit();) {
        while (stack.back().node != node.parent())
            stack.pop_back();
        if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
            append(node.value(), stack.back().style);
        } else if (node.type() == pugi::node_element && stack.size() <= m_limits.maxDepth) {
            const std::string_view tag = node.name();
            if (tag == "textPath")
                notice(node, "text on a path is kept as straight text");
            if ((tag == "tspan" || tag == "textPath" || tag == "a") && node.first_child()) {
                const Style spanStyle = Style::of(node, stack.back().style, m_sheet);
                if (const auto x = parseLength(node.attribute("x").value(), context.viewBox.width); x && !placed) {
                    lineStartX = *x;
                    placed = true;
                }
                if (!all.empty() && (node.attribute("y") || (node.attribute("dy") && node.attribute("x"))) && all.back() != '\n') {
                    all += '\n';
                    spans.push_back({"\n", {}});
                }
                stack.push_back({node, spanStyle});
                node = node.first_child();
                continue;
            }
        }
        while (node && node != element && !node.next_sibling())
            node = node.parent();
        node = !node || node == element ? pugi::xml_node{} : node.next_sibling();
    }
    while (!all.empty() && all.back() == ' ') {
        all.pop_back();
        spans.back().text.pop_back();
        if (spans.back().text.empty())
            spans.pop_back();
    }
    if (all.empty())
        return;

    ImportedNode node;
    node.type = document::NodeType::text;
    const bool hasOwnName = element.attribute("id") || element.attribute("inkscape:label") || element.attribute("data-name");
    node.name = hasOwnName ? nameOf(element) : toValidUtf8(all.substr(0, std::min<std::size_t>(all.find('\n'), 60)));
    node.text = all;
    std::uint32_t at = 0;
    for (const Span& span : spans) {
        const auto count = static_cast<std::uint32_t>(utf16Length(span.text));
        if (!span.attributes.empty())
            node.formats.push_back({at, count, span.attributes});
        at += count;
    }
    std::size_t longest = 0, lines = 1, current = 0;
    for (const char c : all) {
        current = c == '\n' ? 0 : current + ((c & 0xc0) != 0x80);
        lines += c == '\n';
        longest = std::max(longest, current);
    }
    const double fontSize = style.fontSize();
    const Size size{std::ceil(static_cast<double>(longest) * averageAdvanceEm * fontSize) + 1, std::ceil(static_cast<double>(lines) * lineHeightEm * fontSize)};
    const std::string_view anchor = style.get("text-anchor");
    const double shift = anchor == "middle" ? size.width / 2 : anchor == "end" ? size.width : 0;
    if (const Transform xf = transform * Transform::translation(lineStartX - shift, baselineY - ascentEm * fontSize); !xf.isIdentity())
        node.properties.emplace_back("xf", document::toAny(xf));
    node.properties.emplace_back("size", document::toAny(size));
    node.properties.emplace_back("para", crdt::Any::Object{{"align", anchor == "middle" ? "center" : anchor == "end" ? "right" : "left"},
                                                           {"autoSize", "widthAndHeight"}});
    if (const double opacity = std::clamp(style.number("opacity", 1), 0.0, 1.0); opacity < 1)
        node.properties.emplace_back("op", document::rounded(opacity));
    out.push_back(std::move(node));
}

} // namespace tessera::formats
