#include "svg_reader.h"

#include <cmath>
#include <cstdio>

namespace tessera::formats {
namespace {

std::string keyOf(const Transform& t, const Rect& r)
{
    char text[200];
    std::snprintf(text, sizeof text, "%.6g %.6g %.6g %.6g %.6g %.6g %.6g %.6g", t.a, t.b, t.c, t.d, t.e, t.f, r.width, r.height);
    return text;
}

} // namespace

/// Gradients and patterns take what they lack from the one they refer to; hostile files refer in a circle.
std::vector<pugi::xml_node> SvgReader::referenceChain(pugi::xml_node element) const
{
    constexpr std::size_t longest = 16;
    const auto isServer = [](std::string_view tag) { return tag == "linearGradient" || tag == "radialGradient" || tag == "pattern"; };
    std::vector<pugi::xml_node> chain{element};
    while (chain.size() < longest) {
        const pugi::xml_node next = byReference(hrefOf(chain.back()));
        if (!next || !isServer(tagOf(next)) || std::find(chain.begin(), chain.end(), next) != chain.end())
            break;
        chain.push_back(next);
    }
    return chain;
}

/// The cell's content becomes a hidden node, one for each way the pattern is used; the paint names it.
std::optional<document::Paint> SvgReader::pattern(pugi::xml_node element, double opacity, const Rect& boundsUser, const Context& context)
{
    const auto chain = referenceChain(element);
    const auto attribute = [&](const char* name) -> pugi::xml_attribute {
        for (const pugi::xml_node& link : chain) {
            if (const auto found = link.attribute(name); found && tagOf(link) == "pattern")
                return found;
        }
        return {};
    };
    const bool boxCell = std::string_view(attribute("patternUnits").value()) != "userSpaceOnUse";
    const bool boxContent = std::string_view(attribute("patternContentUnits").value()) == "objectBoundingBox";
    const auto boxOwner = [&] {
        for (const pugi::xml_node& link : chain) {
            if (link.attribute("viewBox") && tagOf(link) == "pattern")
                return link;
        }
        return pugi::xml_node{};
    }();
    if ((boxCell || (boxContent && !boxOwner)) && boundsUser.isEmpty())
        return std::nullopt;
    const double wholeX = boxCell ? 1 : context.viewBox.width, wholeY = boxCell ? 1 : context.viewBox.height;
    const auto side = [&](const char* name, double whole) { return parseLength(attribute(name).value(), whole).value_or(0); };
    Rect cell{side("x", wholeX), side("y", wholeY), side("width", wholeX), side("height", wholeY)};
    if (boxCell)
        cell = {boundsUser.x + cell.x * boundsUser.width, boundsUser.y + cell.y * boundsUser.height, cell.width * boundsUser.width,
                cell.height * boundsUser.height};
    Transform own = parseTransformList(attribute("patternTransform").value());
    if (!own.inverted())
        own = {};
    if (cell.isEmpty())
        return std::nullopt;

    Transform content;
    if (boxOwner && viewBoxOf(boxOwner))
        content = fitTransform(*viewBoxOf(boxOwner), {cell.width, cell.height}, attribute("preserveAspectRatio").value());
    else if (boxContent)
        content = Transform::scaling(boundsUser.width, boundsUser.height);
    pugi::xml_node owner;
    for (const pugi::xml_node& link : chain) {
        const auto isElement = [](pugi::xml_node child) { return child.type() == pugi::node_element; };
        if (tagOf(link) == "pattern" && link.find_child(isElement)) {
            owner = link;
            break;
        }
    }
    if (!owner)
        return std::nullopt;

    const std::string key = std::to_string(owner.offset_debug()) + ":" + keyOf(content, cell);
    std::string& known = m_patternKeys[key];
    if (known.empty()) {
        const Expansion expansion(*this, owner);
        if (expansion.isLoop()) {
            m_patternKeys.erase(key);
            return std::nullopt;
        }
        ImportedNode holder;
        holder.name = nameOf(element);
        holder.key = "pattern " + std::to_string(m_patternKeys.size());
        known = holder.key;
        const std::string made = holder.key;
        readChildren(owner, {styleOf(owner), content, boxOwner ? viewBoxOf(boxOwner).value_or(context.viewBox) : context.viewBox, context.depth + 1},
                     holder.children);
        m_patterns.push_back(std::move(holder));
        return paintOf(made, own, cell, opacity, boundsUser);
    }
    return paintOf(known, own, cell, opacity, boundsUser);
}

document::Paint SvgReader::paintOf(const std::string& patternKey, const Transform& patternToUser, const Rect& cellUser, double opacity, const Rect& boundsUser)
{
    document::Paint paint;
    paint.kind = document::PaintKind::pattern;
    paint.opacity = opacity;
    paint.pattern = NodeId{patternKey};
    paint.cell = {0, 0, cellUser.width, cellUser.height};
    paint.gradientMatrix = Transform::translation(-boundsUser.x, -boundsUser.y) * patternToUser * Transform::translation(cellUser.x, cellUser.y);
    return paint;
}

} // namespace tessera::formats
