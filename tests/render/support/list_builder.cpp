#include "list_builder.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>

#include <render/scene/effects.h>
#include <render/scene/paints.h>
#include <render/text/font_files.h>

namespace tessera::testing {

Color rgb(unsigned hex, double alpha)
{
    return {static_cast<float>(hex >> 16 & 255) / 255, static_cast<float>(hex >> 8 & 255) / 255,
            static_cast<float>(hex & 255) / 255, static_cast<float>(alpha)};
}

Path openLine(const std::vector<Point>& points)
{
    Path path;
    path.moveTo(points.front());
    for (std::size_t i = 1; i < points.size(); ++i)
        path.lineTo(points[i]);
    return path;
}

Path polygon(const std::vector<Point>& points)
{
    Path path = openLine(points);
    path.close();
    return path;
}

Path star(Point center, double outer, double inner, int points, double turn)
{
    std::vector<Point> corners;
    for (int i = 0; i < 2 * points; ++i) {
        const double angle = turn + std::numbers::pi * i / points - std::numbers::pi / 2, r = i % 2 == 0 ? outer : inner;
        corners.push_back({center.x + r * std::cos(angle), center.y + r * std::sin(angle)});
    }
    return polygon(corners);
}

scene::Paint linear(Point from, Point to, std::vector<scene::GradientStop> stops)
{
    const Point d = to - from;
    const Transform axis{d.x, d.y, -d.y, d.x, from.x, from.y};
    return {std::make_shared<const scene::Gradient>(scene::toGradient(scene::GradientKind::linear, std::move(stops), axis))};
}

scene::Paint radial(Point center, double radiusX, double radiusY, std::vector<scene::GradientStop> stops)
{
    const Transform box{2 * radiusX, 0, 0, 2 * radiusY, center.x - radiusX, center.y - radiusY};
    return {std::make_shared<const scene::Gradient>(scene::toGradient(scene::GradientKind::radial, std::move(stops), box))};
}

document::StrokeStyle pen(double width)
{
    document::StrokeStyle style;
    style.width = width;
    return style;
}

ListBuilder::ListBuilder() { m_list.nodes.emplace_back("scene"); }

Transform ListBuilder::setTransform(const Transform& toPage) { return std::exchange(m_toPage, toPage); }

void ListBuilder::add(scene::ItemContent content, const Rect& boundsLocal)
{
    const Rect bounds = m_toPage.mapBounds(boundsLocal);
    m_list.items.push_back({std::move(content), m_toPage, bounds, 0});
    m_list.boundsPage = united(m_list.boundsPage, bounds);
}

void ListBuilder::fill(const Path& path, scene::Paint paint, scene::FillRule rule)
{
    add(scene::FillPath{std::make_shared<const Path>(path), rule, std::move(paint)}, path.controlBounds());
}

void ListBuilder::stroke(const Path& path, const document::StrokeStyle& style, scene::Paint paint)
{
    add(scene::StrokePath{std::make_shared<const Path>(path), scene::FillRule::nonzero, style, std::move(paint)},
        path.controlBounds().inflated(style.width * std::max(1.5, style.miterLimit)));
}

void ListBuilder::text(const std::vector<text::Run>& runs, const std::vector<scene::Paint>& paints, Point at,
                       const text::Options& options)
{
    const Transform before = setTransform(m_toPage * Transform::translation(at.x, at.y));
    for (scene::GlyphRun& run : scene::glyphRuns(text::layoutText(runs, options, bundledFonts()), paints)) {
        const Rect bounds = scene::inkBounds(run);
        add(std::make_shared<const scene::GlyphRun>(std::move(run)), bounds);
    }
    setTransform(before);
}

void ListBuilder::pushClip(const Path& path, scene::FillRule rule)
{
    add(scene::PushClip{std::make_shared<const Path>(path), rule}, path.controlBounds());
}

void ListBuilder::popClip() { add(scene::PopClip{}, {}); }

void ListBuilder::pushLayer(double opacity, const Rect& boundsPage)
{
    m_list.items.push_back({scene::PushLayer{opacity}, m_toPage, boundsPage, 0});
}

void ListBuilder::pushEffects(std::vector<document::Effect> effects, const Rect& contentPage)
{
    const Rect bounds = scene::effectBoundsPage(effects, contentPage, m_toPage);
    scene::PushLayer layer;
    layer.effects = std::make_shared<const std::vector<document::Effect>>(std::move(effects));
    m_list.items.push_back({std::move(layer), m_toPage, bounds, 0});
}

void ListBuilder::popLayer() { add(scene::PopLayer{}, {}); }

text::FontLibrary& bundledFonts()
{
    static text::FontLibrary library;
    if (library.isEmpty()) {
        if (const auto added = text::addBundledFonts(library); !added) {
            std::fprintf(stderr, "fonts: %s: %s\n", added.error().where.c_str(), added.error().detail.c_str());
            std::abort();
        }
    }
    return library;
}

} // namespace tessera::testing
