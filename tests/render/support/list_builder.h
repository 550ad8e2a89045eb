#pragma once

#include <string>
#include <vector>

#include <core/document/node.h>
#include <render/scene/display_list.h>
#include <render/text/layout.h>

/// Writes display lists by hand, bounds included: what scenes are made of. Test code only.
namespace tessera::testing {

[[nodiscard]] Color rgb(unsigned hex, double alpha = 1);
[[nodiscard]] Path polygon(const std::vector<Point>& points);
[[nodiscard]] Path openLine(const std::vector<Point>& points);
[[nodiscard]] Path star(Point center, double outer, double inner, int points, double turn = 0);
/// Axis from `from` to `to`, local space.
[[nodiscard]] scene::Paint linear(Point from, Point to, std::vector<scene::GradientStop> stops);
[[nodiscard]] scene::Paint radial(Point center, double radiusX, double radiusY, std::vector<scene::GradientStop> stops);
[[nodiscard]] document::StrokeStyle pen(double width);

class ListBuilder
{
public:
    ListBuilder();
    /// Later items are mapped by it; returns the one before.
    Transform setTransform(const Transform& toPage);
    void fill(const Path& path, scene::Paint paint, scene::FillRule rule = scene::FillRule::nonzero);
    void stroke(const Path& path, const document::StrokeStyle& style, scene::Paint paint);
    /// Uses the bundled fonts. `at` is the box's top left corner.
    void text(const std::vector<text::Run>& runs, const std::vector<scene::Paint>& paints, Point at,
              const text::Options& options = {});
    void pushClip(const Path& path, scene::FillRule rule = scene::FillRule::nonzero);
    void popClip();
    void pushLayer(double opacity, const Rect& boundsPage);
    /// `contentPage`: what will be drawn until popLayer().
    void pushEffects(std::vector<document::Effect> effects, const Rect& contentPage);
    void popLayer();
    [[nodiscard]] scene::DisplayList take() { return std::move(m_list); }

private:
    void add(scene::ItemContent content, const Rect& boundsLocal);
    scene::DisplayList m_list;
    Transform m_toPage;
};

/// The bundled fonts, loaded once. Aborts the test when they are missing.
[[nodiscard]] text::FontLibrary& bundledFonts();

} // namespace tessera::testing
