#include <algorithm>
#include <cctype>

#include "penpot_reader.h"
#include "svg_values.h"

namespace tessera::formats {

using crdt::Any;

namespace {

/// The list form: move-to, line-to, curve-to and close-path, points absolute unless a command says otherwise.
document::VectorPath pathOf(const Any::Array& commands)
{
    document::VectorPath path;
    Point at;
    const auto current = [&]() -> document::SubPath& {
        if (path.subPaths.empty() || path.subPaths.back().closed)
            path.subPaths.push_back({false, {cornerAt(at)}});
        return path.subPaths.back();
    };
    for (const Any& command : commands) {
        const std::string_view kind = textOf(command, "command");
        const Any& to = memberOf(command, "params");
        const Point base = isSet(command, "relative") ? at : Point{};
        if (kind == "close-path") {
            if (!path.subPaths.empty() && !path.subPaths.back().closed) {
                path.subPaths.back().closed = true;
                at = path.subPaths.back().points.front().at;
            }
            continue;
        }
        const Point next = base + pointOf(to);
        if (kind == "move-to") {
            path.subPaths.push_back({false, {cornerAt(next)}});
        } else if (kind == "line-to") {
            current().points.push_back(cornerAt(next));
        } else if (kind == "curve-to") {
            auto& points = current().points;
            points.back().out = base + pointOf(to, "c1x", "c1y");
            points.push_back({next, base + pointOf(to, "c2x", "c2y"), next});
        } else {
            continue;
        }
        at = next;
    }
    return path;
}

void escape(std::string& out, std::string_view text)
{
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
}

/// Only what may stand in a name, so that no attribute can end its tag. Names in camel case become those of CSS, unless
/// SVG itself has them in camel case.
std::string attributeName(std::string_view key)
{
    constexpr std::string_view camel[] = {"viewBox", "gradientUnits", "gradientTransform", "patternUnits", "patternTransform", "patternContentUnits",
                                          "clipPathUnits", "maskUnits", "maskContentUnits", "preserveAspectRatio", "spreadMethod", "markerWidth",
                                          "markerHeight", "markerUnits", "refX", "refY", "stdDeviation", "filterUnits", "textLength", "lengthAdjust"};
    const bool keeps = std::find(std::begin(camel), std::end(camel), key) != std::end(camel);
    std::string name;
    for (const char c : key) {
        if (c >= 'A' && c <= 'Z' && !keeps) {
            name += '-';
            name += static_cast<char>(c - 'A' + 'a');
        } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == ':' || c == '_') {
            name += c;
        }
    }
    return name;
}

void writeElement(std::string& out, const Any& element)
{
    if (const std::string* text = element.string()) {
        escape(out, *text);
        return;
    }
    const std::string tag = attributeName(textOf(element, "tag"));
    if (tag.empty() || !std::isalpha(static_cast<unsigned char>(tag.front())))
        return;
    out += '<' + tag;
    const auto write = [&](std::string_view key, std::string_view value) {
        const std::string name = attributeName(key);
        if (name.empty() || !std::isalpha(static_cast<unsigned char>(name.front())))
            return;
        out += ' ' + name + "=\"";
        escape(out, value);
        out += '"';
    };
    if (const auto* attributes = memberOf(element, "attrs").object()) {
        for (const auto& [key, value] : *attributes) {
            if (const std::string* text = value.string())
                write(key, *text);
            else if (value.number())
                write(key, crdt::toJson(value));
            else if (const auto* style = value.object(); style && key == "style") {
                for (const auto& [property, setting] : *style)
                    write(property, setting.string() ? *setting.string() : crdt::toJson(setting));
            }
        }
    }
    out += '>';
    for (const Any& child : listOf(element, "content"))
        writeElement(out, child); // as deep as JSON may be nested, 64
    out += "</" + tag + '>';
}

} // namespace

document::VectorPath penpotPath(const Any& content)
{
    if (const std::string* data = content.string())
        return parsePathData(*data);
    const auto* commands = content.array();
    return commands ? pathOf(*commands) : document::VectorPath();
}

std::string penpotSvg(const Any& shape, const Rect& box)
{
    const Any& seen = memberOf(shape, "svgViewbox");
    const auto number = [](double value) { return crdt::toJson(Any(value)); };
    const Rect view{numberOr(seen, "x", box.x), numberOr(seen, "y", box.y), numberOr(seen, "width", box.width), numberOr(seen, "height", box.height)};
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" preserveAspectRatio=\"none\" width=\""
        + number(box.width) + "\" height=\"" + number(box.height) + "\" viewBox=\"" + number(view.x) + ' ' + number(view.y) + ' '
        + number(view.width) + ' ' + number(view.height) + "\">";
    writeElement(svg, memberOf(shape, "content"));
    return svg + "</svg>";
}

void addPenpotFeatures(const Any& shape, Losses& losses)
{
    if (const std::string_view layout = textOf(shape, "layout"); !layout.empty())
        losses.push_back(std::string(layout) + " layout is not modelled; its children keep their places");
    if (isSet(shape, "mainInstance"))
        losses.emplace_back("is the main of a component, here a plain layer");
    else if (isSet(shape, "componentRoot") || !textOf(shape, "componentId").empty())
        losses.emplace_back("is a copy of a component, here plain layers with what was overridden");
    if (isSet(shape, "isVariantContainer"))
        losses.emplace_back("variants are not modelled");
    if (const auto* tokens = memberOf(shape, "appliedTokens").object(); tokens && !tokens->empty())
        losses.push_back(std::to_string(tokens->size()) + " design tokens are applied and keep their values alone");
    constexpr std::pair<const char*, const char*> lists[] = {
        {"interactions", "prototype interactions"}, {"exports", "export presets"}, {"grids", "layout guides"}};
    for (const auto& [key, what] : lists) {
        if (!listOf(shape, key).empty())
            losses.push_back(std::string(what) + " are not modelled");
    }
    const std::string_view horizontal = textOf(shape, "constraintsH"), vertical = textOf(shape, "constraintsV");
    if ((!horizontal.empty() && horizontal != "left") || (!vertical.empty() && vertical != "top"))
        losses.emplace_back("constraints are not modelled");
}

} // namespace tessera::formats
