#include "svg_parts.h"

namespace tessera::exports {
namespace {

/// What the scene made of a paint. Images and patterns are not among what text is outlined with.
std::optional<SvgPaint> paintOf(SvgExport& file, const document::Node& node, const scene::Paint& paint)
{
    if (const auto* color = std::get_if<Color>(&paint.source))
        return solidSvgPaint(*color, paint.opacity);
    if (const auto* source = std::get_if<std::shared_ptr<const scene::Gradient>>(&paint.source)) {
        const scene::Gradient& gradient = **source;
        if (gradient.kind == scene::GradientKind::linear || gradient.kind == scene::GradientKind::radial)
            return gradientPaint(file, {gradient.kind, gradient.stops, gradient.spread, gradient.toLocal, false, gradient.focus, gradient.focusRadius}, paint.opacity);
    }
    file.notice(node, "outlined text takes colours and linear and radial gradients; another paint is left out");
    return std::nullopt;
}

std::optional<SvgElement> pathElement(const Path& path, document::FillRule rule)
{
    std::string data = pathText(path);
    if (data.empty())
        return std::nullopt;
    SvgElement element{"path", {{"d", std::move(data)}}, {}, {}, {}};
    if (rule == document::FillRule::evenodd)
        element.set("fill-rule", "evenodd");
    return element;
}

Path outlineOf(const scene::GlyphRun& run)
{
    Path all;
    for (const scene::PlacedGlyph& glyph : run.glyphs)
        all.append(*glyph.outline, glyph.toLocal());
    return all;
}

} // namespace

std::vector<SvgElement> outlinedText(SvgExport& file, const document::Node& node)
{
    std::vector<SvgElement> elements;
    const auto add = [&](const Path& path, document::FillRule rule, const scene::Paint& paint, const document::StrokeStyle* stroke) {
        const auto value = paintOf(file, node, paint);
        auto element = pathElement(path, rule);
        if (!value || !element)
            return;
        setPaint(*element, stroke ? "stroke" : "fill", *value);
        if (stroke) {
            element->set("fill", "none");
            setStroke(*element, *stroke, stroke->width);
            if (stroke->align != document::StrokeAlign::center)
                file.notice(node, "strokes of text stand on its outline");
        }
        elements.push_back(std::move(*element));
    };
    const auto list = scene::flattened(*file.scene.list(node.id)); // items of text are in the node's own coordinates
    for (const scene::Item& item : list.items) {
        if (const auto* fill = std::get_if<scene::FillPath>(&item.content))
            add(*fill->path, fill->rule, fill->paint, nullptr);
        else if (const auto* stroke = std::get_if<scene::StrokePath>(&item.content))
            add(*stroke->path, stroke->rule, stroke->paint, &stroke->style);
        else if (const auto* run = std::get_if<std::shared_ptr<const scene::GlyphRun>>(&item.content))
            add(outlineOf(**run), document::FillRule::nonzero, (*run)->paint, nullptr);
    }
    return elements;
}

} // namespace tessera::exports
