#include "svg_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "svg_filter.h"

/// Clips and masks become masking siblings (document::MaskKind): a group of the mask and what it shows. Filters become effects
/// of a group.
namespace tessera::formats {
namespace {

using document::NodeType;

bool isSet(std::string_view value) { return !value.empty() && value != "none"; }

/// The unit square onto the box.
Transform boxTransform(const Rect& box) { return {box.width, 0, 0, box.height, box.x, box.y}; }

} // namespace

SvgReader::Compositing SvgReader::compositingOf(pugi::xml_node element, const Style& style)
{
    return {compositor(element, style.get("clip-path"), "clipPath"), compositor(element, style.get("mask"), "mask"), isSet(style.get("filter"))};
}

/// What a clip-path or mask names. A target that is not there or of another kind counts as none, and so does, from then on,
/// one that was being expanded when the element named it.
pugi::xml_node SvgReader::compositor(pugi::xml_node element, std::string_view value, std::string_view kind)
{
    const pugi::xml_node target = isSet(value) ? byReference(value) : pugi::xml_node{};
    if (!target || tagOf(target) != kind)
        return {};
    const std::pair link{element.hash_value(), target.hash_value()};
    if (std::find(m_open.begin(), m_open.end(), target) != m_open.end())
        m_loops.insert(link);
    return m_loops.contains(link) ? pugi::xml_node{} : target;
}

/// From the inside out: content, filter, clip, mask; opacity and blend mode on the outermost.
void SvgReader::readComposed(pugi::xml_node element, const Style& style, const Compositing& compositing, const Context& context,
                             std::vector<ImportedNode>& out)
{
    ImportedNode outer;
    outer.name = nameOf(element);
    setTransform(outer, context.transform);
    setComposing(outer, style);
    Context inner = context;
    inner.transform = {};
    std::vector<ImportedNode> content;
    readPlaced(element, style, inner, Compose::outside, content);
    const Rect bounds = geometryBounds(content);
    Context user = inside(inner, style);
    if (compositing.filter)
        content = filtered(element, style, bounds, user, std::move(content));
    if (compositing.clip)
        content = masked(clipNode(compositing.clip, bounds, user), std::move(content));
    if (compositing.mask)
        content = masked(maskNode(compositing.mask, bounds, user), std::move(content));
    if (content.empty())
        return;
    const auto isEffects = [](const auto& property) { return property.first == "effects"; };
    if (content.size() == 1 && content.front().type == NodeType::group &&
        std::all_of(content.front().properties.begin(), content.front().properties.end(), isEffects)) {
        outer.children = std::move(content.front().children); // one group is enough: opacity comes after effects
        std::move(content.front().properties.begin(), content.front().properties.end(), std::back_inserter(outer.properties));
    } else {
        outer.children = std::move(content);
    }
    out.push_back(std::move(outer));
}

std::vector<ImportedNode> SvgReader::filtered(pugi::xml_node element, const Style& style, const Rect& boundsUser, const Context& context,
                                              std::vector<ImportedNode> content)
{
    if (content.empty() && tagOf(element) != "g") // a group without content may still be flooded
        return {};
    const FilterSources sources{m_sheet, context.viewBox, [this](std::string_view reference) { return byReference(reference); },
                                [&](pugi::xml_node image, const Rect& areaUser) { return filterImage(image, areaUser, context); }};
    const ReadFilters filters = readFilters(style.get("filter"), style, boundsUser, sources);
    if (filters.hidden) {
        notice(element, "its filter is missing or cannot be applied, so it is not drawn");
        return {};
    }
    if (filters.effects.empty())
        return content;
    ImportedNode group;
    group.name = "Filtered";
    group.properties.emplace_back("effects", document::toAny(filters.effects));
    group.children = std::move(content);
    std::vector<ImportedNode> result;
    result.push_back(std::move(group));
    return result;
}

std::vector<ImportedNode> SvgReader::masked(std::optional<ImportedNode> mask, std::vector<ImportedNode> content)
{
    if (!mask || content.empty())
        return {};
    ImportedNode group;
    group.name = "Masked";
    group.children.push_back(std::move(*mask));
    std::move(content.begin(), content.end(), std::back_inserter(group.children));
    std::vector<ImportedNode> result;
    result.push_back(std::move(group));
    return result;
}

std::optional<ImportedNode> SvgReader::clipNode(pugi::xml_node clipPath, const Rect& boundsUser, const Context& context)
{
    constexpr std::array clipping = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use"};
    const Expansion expansion(*this, clipPath);
    if (expansion.isLoop())
        return std::nullopt;
    const Style style = styleOf(clipPath);
    auto own = ownTransform(clipPath, style, context.viewBox);
    if (!own)
        return std::nullopt;
    if (std::string_view(clipPath.attribute("clipPathUnits").value()) == "objectBoundingBox") {
        if (boundsUser.isEmpty())
            return std::nullopt;
        own = *own * boxTransform(boundsUser);
    }
    Context inner{style, {}, context.viewBox, context.depth + 1};
    std::vector<ImportedNode> shapes;
    const bool wasInClip = std::exchange(m_inClip, true);
    for (const pugi::xml_node& child : clipPath.children()) {
        const std::string_view tag = tagOf(child);
        if (std::find(clipping.begin(), clipping.end(), tag) == clipping.end())
            continue;
        if (tag == "use") { // only a shape or a text counts, directly
            const std::string_view used = tagOf(byReference(hrefOf(child)));
            if (used == "use" || std::find(clipping.begin(), clipping.end(), used) == clipping.end())
                continue;
        }
        readElement(child, inner, shapes);
    }
    m_inClip = wasInClip;
    std::erase_if(shapes, [](const ImportedNode& node) {
        return std::any_of(node.properties.begin(), node.properties.end(), [](const auto& p) { return p.first == "vis"; });
    });
    ImportedNode group;
    group.name = nameOf(clipPath);
    group.children = std::move(shapes);
    if (const pugi::xml_node further = compositor(clipPath, style.get("clip-path"), "clipPath")) {
        auto mask = clipNode(further, boundsUser, context);
        group.children = masked(std::move(mask), std::move(group.children));
    }
    if (group.children.size() == 1 && group.children.front().type != NodeType::group && group.children.front().type != NodeType::text && own->isIdentity()) {
        ImportedNode only = std::move(group.children.front()); // an outline clips by itself
        only.properties.emplace_back("mask", "vector");
        return only;
    }
    setTransform(group, *own);
    group.properties.emplace_back("mask", "alpha");
    return group;
}

std::optional<ImportedNode> SvgReader::maskNode(pugi::xml_node mask, const Rect& boundsUser, const Context& context)
{
    const Expansion expansion(*this, mask);
    if (expansion.isLoop())
        return std::nullopt;
    const Style style = styleOf(mask);
    const auto isBoxUnits = [&](const char* attribute, bool otherwise) {
        const std::string_view units = mask.attribute(attribute).value();
        return units == "objectBoundingBox" || (otherwise && units != "userSpaceOnUse");
    };
    const bool boxArea = isBoxUnits("maskUnits", true), boxContent = isBoxUnits("maskContentUnits", false);
    if ((boxArea || boxContent) && boundsUser.isEmpty())
        return std::nullopt;
    const double wholeX = boxArea ? 1 : context.viewBox.width, wholeY = boxArea ? 1 : context.viewBox.height;
    const auto side = [&](const char* name, const char* fallback, double whole) {
        const std::string_view text = mask.attribute(name).value();
        return parseLength(text.empty() ? fallback : text, whole).value_or(0);
    };
    Rect area{side("x", "-10%", wholeX), side("y", "-10%", wholeY), side("width", "120%", wholeX), side("height", "120%", wholeY)};
    if (area.isEmpty())
        return std::nullopt;
    if (boxArea)
        area = boxTransform(boundsUser).mapBounds(area);
    const bool wasInClip = std::exchange(m_inClip, false);
    Context inner{style, boxContent ? boxTransform(boundsUser) : Transform{}, boxContent ? Rect{0, 0, 1, 1} : context.viewBox, context.depth + 1};
    ImportedNode frame = viewport(nameOf(mask), {}, area, inner);
    readChildren(mask, inner, frame.children);
    m_inClip = wasInClip;
    if (frame.children.empty())
        return std::nullopt;
    if (const pugi::xml_node further = compositor(mask, style.get("mask"), "mask")) {
        auto outer = maskNode(further, boundsUser, context);
        if (!outer)
            return std::nullopt;
        std::vector<ImportedNode> content;
        content.push_back(std::move(frame));
        frame = std::move(masked(std::move(outer), std::move(content)).front());
    }
    frame.properties.emplace_back("mask", style.get("mask-type") == "alpha" ? "alpha" : "luminance");
    return frame;
}

} // namespace tessera::formats
