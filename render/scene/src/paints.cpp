#include <render/scene/paints.h>

#include <algorithm>

namespace tessera::scene {

namespace {

/// The unit square onto the box of a gradient; a side without length counts as one px, so that lines have gradients too.
Transform unitBox(Size box) { return Transform::scaling(box.width > 0 ? box.width : 1, box.height > 0 ? box.height : 1); }

constexpr Color missingImage{0.84f, 0.85f, 0.88f, 1};

} // namespace

Gradient toGradient(GradientKind kind, std::vector<GradientStop> stops, const Transform& toLocal)
{
    for (GradientStop& stop : stops)
        stop.offset = std::clamp(stop.offset, 0.0, 1.0);
    std::stable_sort(stops.begin(), stops.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    if (stops.empty())
        stops.push_back({0, {0, 0, 0, 0}});
    Gradient gradient;
    gradient.kind = kind;
    gradient.stops = std::move(stops);
    gradient.toLocal = toLocal;
    return gradient;
}

std::optional<GradientKind> gradientKind(document::PaintKind kind)
{
    switch (kind) {
    case document::PaintKind::linearGradient: return GradientKind::linear;
    case document::PaintKind::radialGradient: return GradientKind::radial;
    case document::PaintKind::angularGradient: return GradientKind::angular;
    case document::PaintKind::diamondGradient: return GradientKind::diamond;
    case document::PaintKind::solid:
    case document::PaintKind::image:
    case document::PaintKind::pattern:
    case document::PaintKind::unknown: break;
    }
    return std::nullopt;
}

Paint imagePaint(ImageRef image, document::ImageFit fit, Size box, double opacity)
{
    const double iw = image->widthPx, ih = image->heightPx, w = box.width, h = box.height;
    ImageFill fill;
    fill.area = {0, 0, w, h};
    const auto centred = [&](double scale) {
        fill.toLocal = Transform::translation((w - iw * scale) / 2, (h - ih * scale) / 2) * Transform::scaling(scale, scale);
    };
    switch (fit) {
    case document::ImageFit::fill:
        centred(std::max(w / iw, h / ih));
        break;
    case document::ImageFit::fit:
        centred(std::min(w / iw, h / ih));
        fill.area = fill.toLocal.mapBounds({0, 0, iw, ih});
        break;
    case document::ImageFit::stretch:
        fill.toLocal = Transform::scaling(w / iw, h / ih);
        break;
    case document::ImageFit::tile:
        fill.tile = TileMode::repeat;
        fill.area = {};
        break;
    }
    fill.image = std::move(image);
    return {std::make_shared<const ImageFill>(std::move(fill)), opacity};
}

std::optional<Paint> toPaint(const document::Paint& paint, Size box, ImageSource& images, PatternSource& patterns)
{
    return toPaint(paint, Rect{0, 0, box.width, box.height}, images, patterns);
}

std::optional<Paint> toPaint(const document::Paint& paint, const Rect& box, ImageSource& images, PatternSource& patterns)
{
    if (!paint.visible || !(paint.opacity > 0))
        return std::nullopt;
    switch (paint.kind) {
    case document::PaintKind::solid:
        return Paint{paint.color, paint.opacity};
    case document::PaintKind::linearGradient:
    case document::PaintKind::radialGradient:
    case document::PaintKind::angularGradient:
    case document::PaintKind::diamondGradient: {
        if (paint.stops.empty())
            return std::nullopt;
        const Transform unitToNode = paint.inNodeSpace ? Transform{} : Transform::translation(box.x, box.y) * unitBox({box.width, box.height});
        Gradient gradient = toGradient(*gradientKind(paint.kind), paint.stops, unitToNode * paint.gradientMatrix);
        gradient.spread = paint.spread;
        gradient.focus = paint.focus.value_or(gradient.focus);
        gradient.focusRadius = paint.focusRadius;
        return Paint{std::make_shared<const Gradient>(std::move(gradient)), paint.opacity};
    }
    case document::PaintKind::pattern: {
        auto content = patterns.pattern(paint.pattern);
        if (!content || content->items.empty())
            return std::nullopt;
        return Paint{std::make_shared<const PatternFill>(PatternFill{std::move(content), paint.cell, paint.gradientMatrix}), paint.opacity};
    }
    case document::PaintKind::image: {
        const ImageRef image = paint.asset ? images.image(*paint.asset) : nullptr;
        if (!image || image->widthPx < 1 || image->heightPx < 1)
            return Paint{missingImage, paint.opacity};
        Paint result = imagePaint(image, paint.fit, {box.width, box.height}, paint.opacity);
        ImageFill fill = *std::get<std::shared_ptr<const ImageFill>>(result.source);
        fill.toLocal = Transform::translation(box.x, box.y) * fill.toLocal;
        fill.area.x += box.x, fill.area.y += box.y;
        result.source = std::make_shared<const ImageFill>(std::move(fill));
        return result;
    }
    case document::PaintKind::unknown:
        break;
    }
    return std::nullopt;
}

std::vector<GlyphRun> glyphRuns(const text::Layout& layout, const std::vector<Paint>& paints)
{
    std::vector<GlyphRun> runs;
    std::uint32_t current = 0;
    for (const text::Glyph& glyph : layout.glyphs) {
        auto outline = glyph.face->outline(glyph.id);
        if (!outline)
            continue;
        if (runs.empty() || glyph.run != current)
            runs.push_back({{}, paints[glyph.run]});
        current = glyph.run;
        runs.back().glyphs.push_back({std::move(outline), glyph.at, glyph.size, glyph.slant, glyph.rotation, glyph.stretch});
    }
    return runs;
}

Rect inkBounds(const GlyphRun& run)
{
    Rect bounds;
    for (const PlacedGlyph& glyph : run.glyphs) {
        bounds = united(bounds, glyph.toLocal().mapBounds(glyph.outline->controlBounds()));
    }
    return bounds;
}

} // namespace tessera::scene
