#include "svg_reader.h"

#include <algorithm>

namespace tessera::formats {
namespace {

bool looksLikeSvg(ByteView bytes)
{
    const std::string_view text = asText(bytes.first(std::min<std::size_t>(bytes.size(), 2000)));
    return text.find("<svg") != std::string_view::npos || text.find("<?xml") != std::string_view::npos;
}

std::string imageMime(ByteView bytes)
{
    return bytes.size() > 2 && bytes[0] == 0xff && bytes[1] == 0xd8 ? "image/jpeg" : "image/png";
}

bool isGzip(ByteView bytes) { return bytes.size() > 2 && bytes[0] == 0x1f && bytes[1] == 0x8b; }

} // namespace

/// An SVG within an SVG becomes nodes as well; it sees nothing of the outer one.
std::optional<ImportedNode> SvgReader::nestedImage(pugi::xml_node element, ByteView source)
{
    constexpr int deepest = 4;
    if (m_imageDepth >= deepest)
        return std::nullopt;
    SvgLimits rest = m_limits;
    rest.linkedImage = nullptr; // images load nothing themselves
    rest.maxElements = m_limits.maxElements - std::min(m_elementCount, m_limits.maxElements);
    auto inner = importSvg(source, nameOf(element), rest, m_imageDepth + 1);
    if (!inner)
        return std::nullopt;
    const std::string prefix = "image " + std::to_string(m_elementCount++) + " ";
    prefixKeys(inner->root, prefix);
    for (ImportedAsset& asset : inner->assets)
        addAsset(m_result, std::move(asset));
    std::move(inner->notices.begin(), inner->notices.end(), std::back_inserter(m_result.notices));
    return std::move(inner->root);
}

std::optional<EmbeddedImage> SvgReader::imageBytes(pugi::xml_node element) const
{
    if (auto embedded = embeddedImage(hrefOf(element)))
        return embedded;
    auto linked = m_limits.linkedImage ? m_limits.linkedImage(hrefOf(element)) : std::nullopt;
    return linked ? std::optional{EmbeddedImage{imageMime(*linked), std::move(*linked)}} : std::nullopt;
}

/// A picture becomes an asset, an element or an SVG a hidden node.
document::ImageFilter SvgReader::filterImage(pugi::xml_node element, const Rect& areaUser, const Context& context)
{
    document::ImageFilter filter;
    const auto show = [&](std::vector<ImportedNode> content) {
        ImportedNode holder;
        holder.name = nameOf(element);
        holder.key = "filter image " + std::to_string(m_elementCount++);
        holder.children = std::move(content);
        filter.node = NodeId{holder.key};
        m_patterns.push_back(std::move(holder));
    };
    if (const pugi::xml_node target = byReference(hrefOf(element))) {
        const Expansion expansion(*this, target);
        std::vector<ImportedNode> content;
        if (!expansion.isLoop())
            readElement(target, {styleOf(target.parent()), {}, context.viewBox, context.depth + 1}, content);
        if (!content.empty())
            show(std::move(content));
        return filter;
    }
    const std::string_view aspect = element.attribute("preserveAspectRatio").value();
    filter.fit = aspect.starts_with("none") ? document::ImageFit::stretch
                 : aspect.find("slice") != std::string_view::npos ? document::ImageFit::fill : document::ImageFit::fit;
    auto image = imageBytes(element);
    const Size pixels = image ? imageSize(image->bytes) : Size{};
    if (pixels.width > 0 && pixels.height > 0) {
        ImportedAsset asset = imageAsset(std::move(*image), pixels, nameOf(element));
        filter.asset = asset.hash;
        addAsset(m_result, std::move(asset));
    } else if (image && looksLikeSvg(image->bytes)) {
        if (auto picture = nestedImage(element, image->bytes)) {
            const Size natural = sizeOf(*picture);
            setTransform(*picture, fitTransform({0, 0, natural.width, natural.height}, {areaUser.width, areaUser.height}, aspect));
            std::vector<ImportedNode> content;
            content.push_back(std::move(*picture));
            show(std::move(content));
        }
    }
    return filter;
}

void SvgReader::readImage(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out)
{
    if (attributeLength(element, "width", context.viewBox.width, 1) <= 0 || attributeLength(element, "height", context.viewBox.height, 1) <= 0)
        return;
    auto embedded = imageBytes(element);
    if (!embedded) {
        if (m_imageDepth > 0)
            notice(element, "linked images are never fetched");
        else
            keepRaw(element, context, "linked images are never fetched", out);
        return;
    }
    if (isGzip(embedded->bytes)) {
        keepRaw(element, context, "compressed SVG images are not read", out);
        return;
    }
    std::optional<ImportedNode> picture;
    Size natural = imageSize(embedded->bytes);
    if (natural.width <= 0 && looksLikeSvg(embedded->bytes)) {
        picture = nestedImage(element, embedded->bytes);
        if (picture)
            natural = sizeOf(*picture);
    } else if (natural.width > 0) {
        ImportedAsset asset = imageAsset(std::move(*embedded), natural, nameOf(element));
        picture.emplace();
        picture->type = document::NodeType::image;
        picture->name = nameOf(element);
        picture->properties.emplace_back("asset", asset.hash.hex);
        picture->properties.emplace_back("fit", "stretch");
        setSize(*picture, natural);
        addAsset(m_result, std::move(asset));
    }
    if (!picture || !(natural.width > 0) || !(natural.height > 0)) {
        keepRaw(element, context, "embedded image is no PNG, JPEG or SVG", out);
        return;
    }

    const double em = style.fontSize();
    Size size{attributeLength(element, "width", context.viewBox.width, 0, em), attributeLength(element, "height", context.viewBox.height, 0, em)};
    const bool hasWidth = static_cast<bool>(element.attribute("width")), hasHeight = static_cast<bool>(element.attribute("height"));
    if (!hasWidth)
        size.width = hasHeight ? natural.width * size.height / natural.height : natural.width;
    if (!hasHeight)
        size.height = hasWidth ? natural.height * size.width / natural.width : natural.height;
    if (!(size.width > 0) || !(size.height > 0))
        return;
    const Rect area{attributeLength(element, "x", context.viewBox.width, 0, em), attributeLength(element, "y", context.viewBox.height, 0, em),
                    size.width, size.height};
    const std::string_view aspect = element.attribute("preserveAspectRatio").value();
    const Transform fit = Transform::translation(area.x, area.y) * fitTransform({0, 0, natural.width, natural.height}, size, aspect);
    ImportedNode node;
    if (aspect.find("slice") != std::string_view::npos) {
        Context inner{style, fit, context.viewBox, context.depth + 1};
        node = viewport(nameOf(element), context.transform, area, inner);
        setTransform(*picture, inner.transform);
        node.children.push_back(std::move(*picture));
    } else {
        node = std::move(*picture);
        setTransform(node, context.transform * fit);
    }
    if (compose == Compose::onNode)
        setComposing(node, style);
    setVisibility(node, style, true);
    out.push_back(std::move(node));
}

} // namespace tessera::formats
