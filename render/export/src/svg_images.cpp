#include "svg_parts.h"

#include <algorithm>
#include <cmath>

#include <render/cpu/renderer.h>
#include <render/export/codecs.h>
#include <render/scene/paints.h>

namespace tessera::exports {
namespace {

using document::ImageFit;
using document::Node;
using document::Paint;

constexpr double rasterScale = 2;      ///< pixels per px of what SVG cannot say
constexpr double maxRasterSide = 2048;

std::string dataUrl(std::string_view mime, ByteView bytes) { return "data:" + std::string(mime) + ";base64," + base64Text(bytes); }

void setBox(SvgElement& element, const Rect& box)
{
    const std::string x = numberText(box.x), y = numberText(box.y);
    element.set("x", x == "0" ? std::string() : x).set("y", y == "0" ? std::string() : y);
    element.set("width", numberText(box.width)).set("height", numberText(box.height));
}

/// Pixels of an asset: what the document says, or else its header.
Size pixelsOf(SvgExport& file, const ContentHash& hash)
{
    if (const auto asset = file.document.asset(hash); asset && asset->widthPx > 0 && asset->heightPx > 0)
        return {1.0 * asset->widthPx, 1.0 * asset->heightPx};
    const auto bytes = file.assets.bytes(hash);
    const auto info = bytes ? readImageInfo(*bytes) : Result<ImageInfo, ImageError>(fail(ImageError{}));
    return info ? Size{1.0 * info->widthPx, 1.0 * info->heightPx} : Size{};
}

std::string_view aspectOf(ImageFit fit, Size pixels, const Rect& box)
{
    const bool same = std::abs(pixels.width * box.height - pixels.height * box.width) <= 1e-6 * pixels.width * box.height;
    if (same || fit == ImageFit::fit)
        return {};
    return fit == ImageFit::stretch ? "none" : "xMidYMid slice";
}

/// The whole image where it fills `box` of a size of its own; the box's size and aspect say how.
SvgElement sharedImage(SvgExport& file, const ContentHash& asset, std::string url, ImageFit fit, Size pixels, const Rect& box)
{
    SvgElement image{"image", {}, {}, {}, {}};
    image.set("width", numberText(pixels.width)).set("height", numberText(pixels.height)).set("href", std::move(url));
    const std::string id = file.defs.add(std::move(image));
    file.sharedAssets.insert(asset);
    double sx = box.width / pixels.width, sy = box.height / pixels.height;
    if (fit == ImageFit::fit)
        sx = sy = std::min(sx, sy);
    else if (fit == ImageFit::fill)
        sx = sy = std::max(sx, sy);
    SvgElement use{"use", {{"href", "#" + id}}, {}, {}, {}};
    use.transform = Transform::translation(box.x + (box.width - pixels.width * sx) / 2, box.y + (box.height - pixels.height * sy) / 2) * Transform::scaling(sx, sy);
    if (fit != ImageFit::fill || aspectOf(fit, pixels, box).empty())
        return use;
    SvgElement clip{"clipPath", {}, {}, {}, {}};
    SvgElement area{"rect", {}, {}, {}, {}};
    setBox(area, box);
    clip.children.push_back(std::move(area));
    SvgElement clipped{"g", {{"clip-path", file.defs.reference(std::move(clip))}}, {}, {}, {}};
    clipped.children.push_back(std::move(use));
    return clipped;
}

/// A paint server that shows `content`, in the element's coordinates, once.
std::string patternOf(SvgExport& file, SvgElement content, const Rect& area)
{
    SvgElement pattern{"pattern", {}, {}, {}, {}};
    pattern.set("width", numberText(area.width)).set("height", numberText(area.height)).set("patternUnits", "userSpaceOnUse");
    pattern.set("patternTransform", transformText(Transform::translation(area.x, area.y)));
    content.transform = Transform::translation(-area.x, -area.y) * content.transform;
    pattern.children.push_back(std::move(content));
    return file.defs.reference(std::move(pattern));
}

Rect shifted(const Rect& r, Point by) { return {r.x + by.x, r.y + by.y, r.width, r.height}; }

/// Everywhere the paint is seen: the element's own box, with strokes.
Rect seenArea(const SvgArea& area) { return shifted(area.box, area.shift).inflated(area.reach > 0 ? area.reach + 1 : 0); }

} // namespace

std::string imageUrl(SvgExport& file, const Node& node, const ContentHash& asset)
{
    const auto bytes = file.assets.bytes(asset);
    if (!bytes) {
        file.notice(node, "image " + asset.hex.substr(0, 12) + " is not at hand and left out");
        return {};
    }
    const std::string_view mime = mimeOf(sniffFormat(*bytes));
    if (mime.empty()) {
        file.notice(node, "image " + asset.hex.substr(0, 12) + " is no PNG, JPEG or WebP and left out");
        return {};
    }
    ++file.assetUses[asset];
    return dataUrl(mime, *bytes);
}

std::optional<SvgElement> imageElement(SvgExport& file, const Node& node, const ContentHash& asset, ImageFit fit, const Rect& box, double opacity)
{
    const Size pixels = pixelsOf(file, asset);
    std::string url = imageUrl(file, node, asset);
    if (url.empty() || box.isEmpty() || !(pixels.width > 0) || !(pixels.height > 0))
        return std::nullopt;
    SvgElement image;
    if (file.sharedAssets.contains(asset)) {
        image = sharedImage(file, asset, std::move(url), fit, pixels, box);
    } else {
        image.tag = "image";
        setBox(image, box);
        image.set("preserveAspectRatio", std::string(aspectOf(fit, pixels, box))).set("href", std::move(url));
    }
    if (opacity < 1)
        image.set("opacity", numberText(opacity));
    return image;
}

std::optional<SvgPaint> imagePaint(SvgExport& file, const Paint& paint, const SvgArea& area)
{
    if (!paint.asset)
        return std::nullopt;
    if (paint.fit != ImageFit::tile) {
        auto image = imageElement(file, area.node, *paint.asset, paint.fit, shifted(area.box, area.shift), 1);
        return image ? std::optional(SvgPaint{patternOf(file, std::move(*image), seenArea(area)), paint.opacity}) : std::nullopt;
    }
    const Size pixels = pixelsOf(file, *paint.asset);
    auto image = imageElement(file, area.node, *paint.asset, ImageFit::stretch, {0, 0, pixels.width, pixels.height}, 1);
    if (!image)
        return std::nullopt;
    const Rect tile{area.box.x + area.shift.x, area.box.y + area.shift.y, pixels.width, pixels.height};
    image->transform = Transform::translation(tile.x, tile.y) * image->transform;
    return SvgPaint{patternOf(file, std::move(*image), tile), paint.opacity};
}

std::optional<SvgPaint> rasterPaint(SvgExport& file, const Paint& paint, const SvgArea& area)
{
    class NoPatterns final : public scene::PatternSource
    {
        std::shared_ptr<const scene::DisplayList> pattern(const NodeId&) override { return nullptr; }
    } noPatterns;
    Paint opaque = paint;
    opaque.opacity = 1;
    const auto source = scene::toPaint(opaque, area.box, file.noImages, noPatterns);
    const Rect seen = area.box.inflated(area.reach > 0 ? area.reach + 1 : 0);
    if (!source || seen.isEmpty() || !isWritable(seen))
        return std::nullopt;
    scene::DisplayList list;
    list.nodes.push_back(area.node.id);
    list.boundsPage = seen;
    const auto box = std::make_shared<const Path>(rectPath(seen));
    list.items.push_back({scene::FillPath{box, document::FillRule::nonzero, *source}, {}, seen, 0});
    const double scale = std::min(rasterScale, maxRasterSide / std::max(seen.width, seen.height));
    scene::View view = scene::viewOf(seen, scale);
    view.pageToDevice = Transform::scaling(view.widthPx / seen.width, view.heightPx / seen.height) * Transform::translation(-seen.x, -seen.y);
    const auto png = encodePng(cpu::Renderer().render(list, view));
    if (!png)
        return std::nullopt;
    file.notice(area.node, std::string(paint.kind == document::PaintKind::angularGradient ? "an angular" : "a diamond") + " gradient becomes an image");
    SvgElement image{"image", {}, {}, {}, {}};
    setBox(image, shifted(seen, area.shift));
    image.set("preserveAspectRatio", "none").set("href", dataUrl("image/png", *png));
    return SvgPaint{patternOf(file, std::move(image), shifted(seen, area.shift)), paint.opacity};
}

/// As an image: the markup comes from outside, may not be well-formed, and does nothing but draw there.
std::vector<SvgElement> rawElements(SvgExport& file, const Node& node)
{
    if (node.svg.empty() || node.size.width <= 0 || node.size.height <= 0) {
        file.notice(node, "has no SVG source and is left out");
        return {};
    }
    SvgElement image{"image", {}, {}, {}, {}};
    setBox(image, node.localBounds());
    const auto* first = reinterpret_cast<const std::uint8_t*>(node.svg.data());
    image.set("href", dataUrl("image/svg+xml", {first, node.svg.size()}));
    std::vector<SvgElement> elements;
    elements.push_back(std::move(image));
    return elements;
}

} // namespace tessera::exports
