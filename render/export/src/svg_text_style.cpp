#include "svg_text_style.h"

#include <algorithm>
#include <array>

namespace tessera::exports {
namespace {

using document::Node;
using document::TextCase;
using document::TextStyle;

constexpr std::string_view baselineNames[] = {"", "middle", "central", "hanging", "mathematical", "ideographic", "text-before-edge", "text-after-edge"};
constexpr std::string_view lineNames[] = {"underline", "overline", "line-through"};

/// What children take over from their parents.
constexpr std::array inherited = {"font-family", "font-size", "font-weight", "font-style", "font-stretch", "font-variant",
                                  "letter-spacing", "word-spacing", "xml:lang", "dominant-baseline", "style", "text-anchor",
                                  "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-linecap", "stroke-linejoin",
                                  "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "paint-order"};

/// A single name is quoted where CSS would not take it for one; lists are CSS already.
std::string familyText(const std::string& family)
{
    if (family.find_first_of(",'\"") != std::string::npos)
        return family;
    bool begins = true, plain = !family.empty();
    for (const char c : family) {
        const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
        const bool isDigit = (c >= '0' && c <= '9') || c == '-';
        plain = plain && (isLetter || (isDigit && !begins) || c == ' ');
        begins = c == ' ';
    }
    return plain ? family : "'" + family + "'";
}

std::string stretchText(double percent)
{
    constexpr std::pair<double, std::string_view> names[] = {{50, "ultra-condensed"}, {62.5, "extra-condensed"}, {75, "condensed"},
                                                             {87.5, "semi-condensed"}, {112.5, "semi-expanded"}, {125, "expanded"},
                                                             {150, "extra-expanded"}, {200, "ultra-expanded"}};
    for (const auto& [value, name] : names) {
        if (value == percent)
            return std::string(name);
    }
    return percent == 100 ? std::string() : numberText(percent) + "%";
}

std::string settingsText(const std::vector<document::FontSetting>& settings)
{
    std::string text;
    for (const document::FontSetting& setting : settings) {
        if (setting.tag.size() != 4 || setting.tag.find_first_of("'\\") != std::string::npos)
            continue;
        text += (text.empty() ? "'" : ",'") + setting.tag + "' " + numberText(setting.value);
    }
    return text;
}

void setFont(SvgExport& file, const Node& node, SvgElement& span, const TextStyle& style)
{
    span.set("font-family", familyText(style.family));
    span.set("font-size", numberText(style.size));
    if (style.weight != 400)
        span.set("font-weight", std::to_string(style.weight));
    if (style.italic)
        span.set("font-style", "italic");
    span.set("font-stretch", stretchText(style.stretch));
    if (style.letterCase == TextCase::smallCaps)
        span.set("font-variant", "small-caps");
    if (style.letterSpacing != 0)
        span.set("letter-spacing", numberText(style.letterSpacing));
    if (style.wordSpacing != 0)
        span.set("word-spacing", numberText(style.wordSpacing));
    span.set("xml:lang", style.lang);
    span.set("dominant-baseline", std::string(baselineNames[static_cast<std::size_t>(style.baselineAlign)]));
    std::string css;
    const auto property = [&](std::string_view name, const std::string& value) {
        if (!value.empty())
            css += (css.empty() ? "" : ";") + std::string(name) + ":" + value;
    };
    auto features = style.features;
    if (std::erase(features, document::FontSetting{"kern", 0}) > 0)
        property("font-kerning", "none");
    property("font-feature-settings", settingsText(features));
    property("font-variation-settings", settingsText(style.axes));
    if (style.letterCase == TextCase::upper || style.letterCase == TextCase::lower || style.letterCase == TextCase::title) {
        property("text-transform", style.letterCase == TextCase::upper ? "uppercase" : style.letterCase == TextCase::lower ? "lowercase" : "capitalize");
        file.notice(node, "letters changed in case need a reader that knows text-transform");
    }
    span.set("style", css);
}

void setStrokeOf(SvgExport& file, SvgElement& span, const document::TextStroke& stroke, const SvgArea& area)
{
    const auto paint = stroke.style.width > 0 && isWritable(stroke.style.width) ? svgPaint(file, stroke.paint, area) : std::nullopt;
    if (!paint)
        return;
    setPaint(span, "stroke", *paint);
    setStroke(span, stroke.style, stroke.style.width);
    if (stroke.style.align != document::StrokeAlign::center)
        file.notice(area.node, "strokes of text stand on its outline");
}

void setFill(SvgExport& file, SvgElement& span, const std::optional<document::Paint>& paint, const Color& color, const SvgArea& area)
{
    const auto fill = paint ? svgPaint(file, *paint, area) : std::optional(solidSvgPaint(color, 1));
    if (fill)
        setPaint(span, "fill", *fill);
    else
        span.set("fill", "none");
}

void setPaints(SvgExport& file, SvgElement& span, const TextStyle& style, const SvgArea& area)
{
    setFill(file, span, style.paint, style.fill, area);
    if (style.stroke) {
        setStrokeOf(file, span, *style.stroke, area);
    } else if (!area.node.strokes.empty()) {
        setStrokeOf(file, span, {area.node.strokes.front(), area.node.strokeStyle}, area);
        if (area.node.strokes.size() > 1)
            file.notice(area.node, "text takes one stroke; others are left out");
    }
    if (style.strokeFirst && span.get("stroke"))
        span.set("paint-order", "stroke");
}

SvgElement inSpan(SvgElement outer, SvgElement inner)
{
    outer.tag = "tspan";
    outer.children.push_back(std::move(inner));
    return outer;
}

/// Lines in the text's own paint are the span's; any other needs a span around it that has the paint.
SvgElement decorated(SvgExport& file, SvgElement span, const TextStyle& style, const SvgArea& area)
{
    std::string own;
    for (const document::TextDecoration& decoration : style.decorations) {
        const std::string_view name = lineNames[static_cast<std::size_t>(decoration.line)];
        if (decoration.thickness)
            file.notice(area.node, "the thickness of a text decoration is the font's");
        if (!decoration.fill && !decoration.stroke) {
            own += (own.empty() ? "" : " ") + std::string(name);
            continue;
        }
        SvgElement outer{"tspan", {{"text-decoration", std::string(name)}}, {}, {}, {}};
        setFill(file, outer, decoration.fill ? decoration.fill : style.paint, style.fill, area);
        if (decoration.stroke)
            setStrokeOf(file, outer, *decoration.stroke, area);
        const auto keep = [&](std::string_view name, std::string_view otherwise) { // what it must not take over
            if (outer.get(name) && !span.get(name))
                span.set(name, std::string(otherwise));
        };
        keep("fill", "#000");
        keep("fill-opacity", "1");
        keep("stroke", "none");
        span = inSpan(std::move(outer), std::move(span));
    }
    SvgElement* innermost = &span;
    while (!innermost->children.empty())
        innermost = &innermost->children.front();
    innermost->set("text-decoration", own);
    return span;
}

/// Leaves, with whether a span with paints of its own is around one.
void collectLeaves(SvgElement& element, std::vector<SvgElement*>& leaves, bool& hasPaintedGroup)
{
    if (element.children.empty()) {
        leaves.push_back(&element);
        return;
    }
    hasPaintedGroup = hasPaintedGroup || element.get("text-decoration");
    for (SvgElement& child : element.children)
        collectLeaves(child, leaves, hasPaintedGroup);
}

void dropEmptySpans(SvgElement& element)
{
    for (SvgElement& child : element.children) {
        dropEmptySpans(child);
        if (child.tag == "tspan" && child.attributes.empty() && child.children.empty())
            child.tag.clear();
    }
    std::vector<SvgElement> joined;
    for (SvgElement& child : element.children) {
        if (child.tag.empty() && !joined.empty() && joined.back().tag.empty())
            joined.back().text += child.text;
        else
            joined.push_back(std::move(child));
    }
    element.children = std::move(joined);
    if (element.children.size() == 1 && element.children.front().tag.empty()) {
        element.text = std::move(element.children.front().text);
        element.children.clear();
    }
}

/// Lines of one paint under all of the text are the text's: some readers see them nowhere else.
bool liftDecoration(SvgElement& text)
{
    const auto isAlike = [&](const SvgElement& child) {
        return child.get("text-decoration") && child.children.size() == 1 && child.attributes == text.children.front().attributes;
    };
    if (!std::all_of(text.children.begin(), text.children.end(), isAlike))
        return false;
    auto& own = text.children.front().attributes;
    std::move(own.begin(), own.end(), std::back_inserter(text.attributes));
    for (SvgElement& child : text.children)
        child = SvgElement(std::move(child.children.front()));
    return true;
}

} // namespace

SvgElement styledSpan(SvgExport& file, const Node& node, SvgElement span, const TextStyle& style, const SvgArea& area)
{
    setFont(file, node, span, style);
    setPaints(file, span, style, area);
    span = decorated(file, std::move(span), style, area);
    std::vector<std::string> shifts;
    for (int i = 0; i < style.baseline.superscripts; ++i)
        shifts.emplace_back("super");
    for (int i = 0; i < style.baseline.subscripts; ++i)
        shifts.emplace_back("sub");
    if (style.baseline.rise != 0)
        shifts.push_back(numberText(style.baseline.rise));
    for (std::size_t i = 0; i < shifts.size() && i < 8; ++i)
        span = inSpan({"tspan", {{"baseline-shift", shifts[i]}}, {}, {}, {}}, std::move(span));
    return span;
}

void hoistStyle(SvgElement& text)
{
    bool hasPaintedGroup = liftDecoration(text);
    const bool isDecorated = hasPaintedGroup;
    std::vector<SvgElement*> leaves;
    for (SvgElement& child : text.children)
        collectLeaves(child, leaves, hasPaintedGroup);
    const bool isSingle = !isDecorated && leaves.size() == 1 && text.children.size() == 1 && &text.children.front() == leaves.front();
    if (isSingle) {
        std::swap(text.attributes, leaves.front()->attributes);
        std::move(leaves.front()->attributes.begin(), leaves.front()->attributes.end(), std::back_inserter(text.attributes));
        leaves.front()->attributes.clear();
        dropEmptySpans(text);
        return;
    }
    // The first span's place is the text's, as far as it is one.
    if (SvgElement& first = text.children.front(); first.tag == "tspan" && first.children.empty()) {
        for (const std::string_view name : {"x", "y"}) {
            const std::string* value = first.get(name);
            if (!value || value->find(' ') != std::string::npos)
                continue;
            text.set(name, *value);
            first.remove(name);
        }
    }
    for (const std::string_view name : inherited) {
        const bool isPaint = name.starts_with("fill") || name.starts_with("stroke") || name == "paint-order";
        const std::string* shared = leaves.front()->get(name);
        if (!shared || (isPaint && hasPaintedGroup))
            continue;
        const std::string value = *shared;
        if (!std::all_of(leaves.begin(), leaves.end(), [&](const SvgElement* leaf) { const auto* v = leaf->get(name); return v && *v == value; }))
            continue;
        text.set(name, value);
        for (SvgElement* leaf : leaves)
            leaf->remove(name);
    }
    dropEmptySpans(text);
}

} // namespace tessera::exports
