#include "svg_reader.h"

#include <algorithm>
#include <cmath>

#include "pattern_keys.h"

namespace tessera::formats {
namespace {

const crdt::Any* propertyOf(const ImportedNode& node, std::string_view key)
{
    for (const auto& [name, value] : node.properties) {
        if (name == key)
            return &value;
    }
    return nullptr;
}

double numberAt(const crdt::Any& array, std::size_t index)
{
    const double* number = array.array()->at(index).number();
    return number ? *number : 0;
}

/// A coordinate of transform-origin: a keyword, a percentage of the viewport or a length.
double originOf(std::string_view text, const char* low, const char* high, double whole, double emPx)
{
    if (text == low)
        return 0;
    if (text == high)
        return whole;
    if (text == "center")
        return whole / 2;
    return parseLength(text, whole, emPx).value_or(0);
}

/// Zero sides count: a line has a box.
void unite(std::optional<Rect>& all, const Rect& box)
{
    if (!all) {
        all = box;
        return;
    }
    const double x = std::min(all->x, box.x), y = std::min(all->y, box.y);
    all = Rect{x, y, std::max(all->right(), box.right()) - x, std::max(all->bottom(), box.bottom()) - y};
}

enum class Strokes : std::uint8_t { leaveOut, count };

std::optional<Rect> boundsOf(const std::vector<ImportedNode>& nodes, Strokes strokes)
{
    std::optional<Rect> all;
    for (const ImportedNode& node : nodes) {
        if (!node.hasBox || propertyOf(node, "mask"))
            continue;
        const Transform transform = storedTransform(node);
        const crdt::Any* size = propertyOf(node, "size");
        std::optional<Rect> own;
        if (!node.children.empty())
            own = boundsOf(node.children, strokes); // frames clip, but a clip does not count in a bounding box
        else if (size)
            own = Rect{0, 0, numberAt(*size, 0), numberAt(*size, 1)};
        const crdt::Any* width = strokes == Strokes::count && propertyOf(node, "strokes") ? propertyOf(node, "sw") : nullptr;
        if (own && width && width->number())
            own = own->inflated(*width->number() / 2);
        if (own)
            unite(all, transform.mapBounds(*own));
    }
    return all;
}

} // namespace

double attributeLength(pugi::xml_node element, const char* name, double percentBase, double fallback, double emPx)
{
    return parseLength(element.attribute(name).value(), percentBase, emPx).value_or(fallback);
}

std::string_view hrefOf(pugi::xml_node element)
{
    const auto plain = element.attribute("href");
    return plain ? plain.value() : element.attribute("xlink:href").value();
}

double diagonalOf(const Rect& viewBox) { return std::hypot(viewBox.width, viewBox.height) / std::sqrt(2.0); }

std::string_view tagOf(pugi::xml_node element)
{
    std::string_view tag = element.name();
    if (tag.starts_with("svg:"))
        tag.remove_prefix(4);
    return tag;
}

std::optional<Rect> viewBoxOf(pugi::xml_node element)
{
    const auto v = parseNumbers(element.attribute("viewBox").value());
    if (v.size() != 4 || !(v[2] > 0) || !(v[3] > 0))
        return std::nullopt;
    return Rect{v[0], v[1], v[2], v[3]};
}

Transform fitTransform(const Rect& box, Size viewport, std::string_view aspect)
{
    double sx = viewport.width / box.width, sy = viewport.height / box.height;
    if (trimmed(aspect).starts_with("none"))
        return Transform::scaling(sx, sy) * Transform::translation(-box.x, -box.y);
    const bool slice = aspect.find("slice") != std::string_view::npos;
    sx = sy = slice ? std::max(sx, sy) : std::min(sx, sy);
    const auto share = [&](const char* low, const char* high) {
        return aspect.find(low) != std::string_view::npos ? 0.0 : aspect.find(high) != std::string_view::npos ? 1.0 : 0.5;
    };
    const double dx = (viewport.width - box.width * sx) * share("xMin", "xMax");
    const double dy = (viewport.height - box.height * sy) * share("YMin", "YMax");
    return Transform::translation(dx, dy) * Transform::scaling(sx, sy) * Transform::translation(-box.x, -box.y);
}

Transform viewBoxTransform(pugi::xml_node element, Size viewport)
{
    const auto box = viewBoxOf(element);
    if (!box || !(viewport.width > 0) || !(viewport.height > 0))
        return {};
    return fitTransform(*box, viewport, element.attribute("preserveAspectRatio").value());
}

std::optional<Transform> ownTransform(pugi::xml_node element, const Style& style, const Rect& viewBox)
{
    const std::string_view text = style.get("transform");
    Transform own = parseTransformList(text.empty() ? element.attribute("transform").value() : text);
    if (const std::string_view origin = style.get("transform-origin"); !origin.empty() && !own.isIdentity()) {
        std::string_view first = origin.substr(0, std::min(origin.find(' '), origin.size()));
        std::string_view second = trimmed(origin.substr(first.size()));
        second = second.substr(0, std::min(second.find(' '), second.size()));
        if (first == "top" || first == "bottom" || second == "left" || second == "right")
            std::swap(first, second);
        const double em = style.fontSize();
        const double x = originOf(first.empty() ? "center" : first, "left", "right", viewBox.width, em);
        const double y = originOf(second.empty() ? "center" : second, "top", "bottom", viewBox.height, em);
        own = Transform::translation(x, y) * own * Transform::translation(-x, -y);
    }
    if (!own.inverted())
        return std::nullopt;
    return own;
}

void setComposing(ImportedNode& node, const Style& style)
{
    if (const double opacity = std::clamp(style.number("opacity", 1), 0.0, 1.0); opacity < 1)
        node.properties.emplace_back("op", document::rounded(opacity));
    const auto blend = document::parseBlendMode(style.get("mix-blend-mode"));
    if (blend && *blend != document::BlendMode::normal && *blend != document::BlendMode::passThrough)
        node.properties.emplace_back("blend", document::blendName(*blend));
    else if (style.get("isolation") == "isolate")
        node.properties.emplace_back("blend", document::blendName(document::BlendMode::normal));
}

void setVisibility(ImportedNode& node, const Style& style, bool isLeaf)
{
    node.hasBox = style.get("display") != "none";
    if (!node.hasBox || (isLeaf && style.isHidden())) // what is hidden by visibility keeps its box
        node.properties.emplace_back("vis", false);
}

Rect geometryBounds(const std::vector<ImportedNode>& nodes) { return boundsOf(nodes, Strokes::leaveOut).value_or(Rect{}); }
Rect paintedBounds(const std::vector<ImportedNode>& nodes) { return boundsOf(nodes, Strokes::count).value_or(Rect{}); }

} // namespace tessera::formats
