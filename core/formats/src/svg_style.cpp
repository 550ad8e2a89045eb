#include "svg_style.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <pugixml.hpp>

#include "svg_values.h"

namespace tessera::formats {
namespace {

constexpr std::array inheritedProperties = {
    "clip-rule",         "color",          "fill",           "fill-opacity",     "fill-rule",        "font-family",
    "font-size",         "font-style",     "font-weight",    "letter-spacing",   "stroke",           "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width",
    "text-anchor",       "visibility",     "marker-start",   "marker-mid",       "marker-end",       "paint-order",
    "color-interpolation-filters", "dominant-baseline", "font-feature-settings", "font-kerning", "font-stretch", "font-variant",
    "font-variation-settings", "word-spacing"};
/// mix-blend-mode, isolation and others that SVG 2 took from CSS count in style sheets only.
constexpr std::array ownProperties = {"clip-path", "display",    "filter",       "mask",            "mask-type", "opacity",
                                      "overflow",  "stop-color", "stop-opacity", "transform-origin", "flood-color", "flood-opacity", "lighting-color",
                                      "alignment-baseline", "baseline-shift", "text-decoration"};

bool isInherited(std::string_view property)
{
    return std::find(inheritedProperties.begin(), inheritedProperties.end(), property) != inheritedProperties.end();
}

/// Keywords step by 1.2 from the usual size (CSS 2.1, 15.7), or from the parent's.
std::optional<double> parseFontSize(std::string_view value, double parentPx)
{
    constexpr std::pair<std::string_view, int> steps[] = {{"xx-small", -3}, {"x-small", -2}, {"small", -1},   {"medium", 0},
                                                          {"large", 1},     {"x-large", 2},  {"xx-large", 3}};
    constexpr double mediumPx = 16;
    for (const auto& [name, step] : steps) {
        if (value == name)
            return mediumPx * std::pow(1.2, step);
    }
    if (value == "smaller" || value == "larger")
        return value == "larger" ? parentPx * 1.2 : parentPx / 1.2;
    return parseLength(value, parentPx, parentPx);
}

/// CSS Fonts 4, 2.2: bolder and lighter go to the next of 100, 400, 700, 900.
std::optional<int> parseFontWeight(std::string_view value, int parent)
{
    if (value == "normal")
        return 400;
    if (value == "bold")
        return 700;
    if (value == "bolder")
        return parent < 350 ? 400 : parent < 550 ? 700 : std::max(parent, 900);
    if (value == "lighter")
        return parent < 100 ? parent : parent < 550 ? 100 : parent < 750 ? 400 : 700;
    NumberScanner scanner(value);
    const auto number = scanner.number();
    return number && scanner.atEnd() && *number >= 1 && *number <= 1000 ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::string withoutComments(std::string_view css)
{
    std::string clean;
    for (std::size_t i = 0; i < css.size(); ++i) {
        if (css.substr(i).starts_with("/*")) {
            const std::size_t end = css.find("*/", i + 2);
            if (end == std::string_view::npos)
                break;
            i = end + 1;
            continue;
        }
        clean += css[i];
    }
    return clean;
}

std::optional<CompoundSelector> parseCompound(std::string_view text)
{
    CompoundSelector selector;
    std::string* part = &selector.type;
    for (const char c : text) {
        if (c == '.') {
            part = &selector.classes.emplace_back();
        } else if (c == '#') {
            part = &selector.id;
        } else if (c == ':' || c == '[' || c == '+' || c == '~' || c == '>') {
            return std::nullopt;
        } else if (c != '*') {
            *part += c;
        }
    }
    return selector;
}

bool hasClass(const pugi::xml_node& element, std::string_view wanted)
{
    std::string_view classes = element.attribute("class").value();
    while (!classes.empty()) {
        classes = trimmed(classes);
        const std::size_t end = std::min(classes.find_first_of(" \t\n"), classes.size());
        if (classes.substr(0, end) == wanted)
            return true;
        classes.remove_prefix(end);
    }
    return false;
}

bool matches(const CompoundSelector& selector, const pugi::xml_node& element)
{
    return (selector.type.empty() || selector.type == element.name()) &&
           (selector.id.empty() || selector.id == element.attribute("id").value()) &&
           std::all_of(selector.classes.begin(), selector.classes.end(), [&](const auto& c) { return hasClass(element, c); });
}

bool matches(const StyleRule& rule, pugi::xml_node element)
{
    auto selector = rule.ancestorsThenSubject.rbegin();
    if (!matches(*selector, element))
        return false;
    for (++selector; selector != rule.ancestorsThenSubject.rend(); ++selector) {
        do
            element = element.parent();
        while (element && !matches(*selector, element));
        if (!element)
            return false;
    }
    return true;
}

} // namespace

std::vector<std::pair<std::string, std::string>> parseDeclarations(std::string_view css)
{
    std::vector<std::pair<std::string, std::string>> declarations;
    for (std::size_t start = 0; start < css.size();) {
        std::size_t end = start;
        for (int depth = 0; end < css.size() && (css[end] != ';' || depth > 0); ++end) // data URLs hold semicolons
            depth += css[end] == '(' ? 1 : css[end] == ')' ? -1 : 0;
        const std::string_view declaration = css.substr(start, end - start);
        if (const std::size_t colon = declaration.find(':'); colon != std::string_view::npos) {
            std::string_view value = trimmed(declaration.substr(colon + 1));
            if (const std::size_t important = value.find("!important"); important != std::string_view::npos)
                value = trimmed(value.substr(0, important));
            declarations.emplace_back(lowerCase(trimmed(declaration.substr(0, colon))), value);
        }
        start = end + 1;
    }
    return declarations;
}

void StyleSheet::add(std::string_view source)
{
    const std::string css = withoutComments(source);
    for (std::size_t at = 0; at < css.size();) {
        const std::size_t open = css.find('{', at);
        if (open == std::string::npos)
            return;
        const std::string_view prelude = trimmed(std::string_view(css).substr(at, open - at));
        std::size_t close = open + 1;
        for (int depth = 1; close < css.size(); ++close) {
            depth += css[close] == '{' ? 1 : css[close] == '}' ? -1 : 0;
            if (depth == 0)
                break;
        }
        at = close + 1;
        if (prelude.starts_with('@'))
            continue;
        const auto declarations = parseDeclarations(std::string_view(css).substr(open + 1, std::min(close, css.size()) - open - 1));
        for (std::size_t start = 0; start <= prelude.size();) {
            const std::size_t comma = std::min(prelude.find(',', start), prelude.size());
            std::string_view selectorText = trimmed(prelude.substr(start, comma - start));
            start = comma + 1;
            StyleRule rule;
            rule.declarations = declarations;
            bool supported = !selectorText.empty();
            while (!selectorText.empty() && supported) {
                const std::size_t end = std::min(selectorText.find_first_of(" \t\n"), selectorText.size());
                const auto compound = parseCompound(selectorText.substr(0, end));
                supported = compound.has_value();
                if (supported) {
                    rule.specificity += (compound->id.empty() ? 0 : 10000) + 100 * static_cast<int>(compound->classes.size()) + !compound->type.empty();
                    rule.ancestorsThenSubject.push_back(*compound);
                }
                selectorText = trimmed(selectorText.substr(end));
            }
            if (supported)
                m_rules.push_back(std::move(rule));
        }
    }
}

std::vector<const StyleRule*> StyleSheet::matching(const pugi::xml_node& element) const
{
    std::vector<const StyleRule*> found;
    for (const StyleRule& rule : m_rules)
        if (matches(rule, element))
            found.push_back(&rule);
    std::stable_sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->specificity < b->specificity; });
    return found;
}

Style Style::of(const pugi::xml_node& element, const Style& parent, const StyleSheet& sheet)
{
    Style style;
    for (const auto& [property, value] : parent.m_values)
        if (isInherited(property))
            style.m_values[property] = value;
    const auto set = [&](const std::string& property, std::string_view value) {
        value = trimmed(value);
        if (value == "inherit") {
            if (const auto inherited = parent.m_values.find(property); inherited != parent.m_values.end())
                style.m_values[property] = inherited->second;
        } else if (property == "font-size") {
            // Relative sizes are of the parent's size, so they are resolved here once.
            if (const auto px = parseFontSize(value, parent.fontSize()); px && *px >= 0)
                style.m_values[property] = std::to_string(*px);
        } else if (property == "font-weight") {
            if (const auto weight = parseFontWeight(value, static_cast<int>(parent.number("font-weight", 400))))
                style.m_values[property] = std::to_string(*weight);
        } else if (!value.empty()) {
            style.m_values[property] = value;
        }
    };
    for (const auto& names : {std::span<const char* const>(inheritedProperties), std::span<const char* const>(ownProperties)})
        for (const char* name : names)
            if (const auto attribute = element.attribute(name))
                set(name, attribute.value());
    for (const StyleRule* rule : sheet.matching(element))
        for (const auto& [property, value] : rule->declarations)
            set(property, value);
    for (const auto& [property, value] : parseDeclarations(element.attribute("style").value()))
        set(property, value);
    return style;
}

std::string_view Style::get(const std::string& property) const
{
    const auto found = m_values.find(property);
    return found == m_values.end() ? std::string_view{} : found->second;
}

double Style::number(const std::string& property, double fallback) const
{
    const std::string_view text = get(property);
    NumberScanner scanner(text);
    const auto value = scanner.number();
    if (!value)
        return fallback;
    const bool isPercent = !scanner.atEnd() && scanner.peek() == '%';
    if (isPercent)
        scanner.advance();
    scanner.skipSeparators();
    if (!scanner.atEnd()) // a unit where none belongs
        return fallback;
    return isPercent ? *value / 100 : *value;
}

double Style::length(const std::string& property, double fallback, double percentBase) const
{
    return parseLength(get(property), percentBase, fontSize()).value_or(fallback);
}

Color Style::currentColor() const
{
    return parseCssColor(get("color")).value_or(Color{0, 0, 0, 1});
}

bool Style::isHidden() const { return get("visibility") == "hidden" || get("visibility") == "collapse"; }

void Style::becomeClip()
{
    const std::string rule(get("clip-rule"));
    m_values["fill-rule"] = rule;
    for (const char* property : {"opacity", "mask", "filter", "mix-blend-mode", "fill-opacity", "stroke"})
        m_values.erase(property);
    m_values["fill"] = "black";
}

double Style::fontSize() const { return parseLength(get("font-size"), 16).value_or(16); }

} // namespace tessera::formats
