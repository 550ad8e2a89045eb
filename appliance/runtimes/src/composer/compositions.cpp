#include "compositions.h"

#include <cmath>
#include <numbers>
#include <string>

namespace tessera::appliance {
namespace {

double between(Random& random, double low, double high)
{
    return low + (high - low) * random.unit();
}

Rect disc(Point center, double radius)
{
    return {center.x - radius, center.y - radius, 2 * radius, 2 * radius};
}

Rect margins(const Canvas& canvas, double top, double height)
{
    const double margin = canvas.unit() * 0.08;
    return {margin, canvas.size.height * top, canvas.size.width - 2 * margin, canvas.size.height * height};
}

std::string numbered(std::string_view name, std::size_t i)
{
    return std::string(name) + " " + std::to_string(i + 1);
}

/// Bands of rolling outline from the bottom edge up, a sun behind them.
Composition waves(const Canvas& canvas, Random& random)
{
    const auto [w, h] = canvas.size;
    Composition result;
    result.background = Fill::linear(canvas.palette.background, canvas.palette.backgroundEnd, 90);
    const Point sun{w * between(random, 0.68, 0.82), h * between(random, 0.54, 0.6)};
    const double radius = canvas.unit() * between(random, 0.15, 0.22);
    result.shapes.ellipse("Glow", disc(sun, radius * 1.9),
                          Fill::radial({canvas.shape(2).r, canvas.shape(2).g, canvas.shape(2).b, 0.55F},
                                       {canvas.shape(2).r, canvas.shape(2).g, canvas.shape(2).b, 0}));
    result.shapes.ellipse("Sun", disc(sun, radius), Fill::linear(canvas.shape(2), canvas.shape(1), 90));
    LayerList bands;
    const std::size_t count = 4 + random.below(2);
    for (std::size_t i = 0; i < count; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(count);
        const double base = h * (0.58 + 0.4 * share);
        const double amplitude = h * between(random, 0.03, 0.065) * (1 - 0.4 * share);
        const double length = w * between(random, 0.5, 0.9), phase = random.unit() * 2 * std::numbers::pi;
        std::vector<OutlinePoint> points{{{-w * 0.1, h * 1.02}}};
        constexpr int segments = 12;
        for (int k = 0; k <= segments; ++k) {
            const double x = w * (-0.1 + 1.2 * k / segments);
            points.push_back({{x, base + amplitude * std::sin(2 * std::numbers::pi * x / length + phase)}, k > 0 && k < segments});
        }
        points.push_back({{w * 1.1, h * 1.02}});
        const Color color = mixed(canvas.shape(0), canvas.shape(3), share);
        const Color deep = mixed(color, canvas.palette.background, 0.35);
        bands.outline(numbered("Wave", i), points, Fill::linear(color, deep, 90));
    }
    result.shapes.group("Waves", std::move(bands));
    result.words = margins(canvas, 0.09, 0.34);
    return result;
}

/// A grid of discs, quarter discs and bars, after the Bauhaus.
Composition grid(const Canvas& canvas, Random& random)
{
    const auto [w, h] = canvas.size;
    Composition result;
    result.background = Fill::solid(canvas.palette.background);
    const bool tall = h >= w;
    const double columns = tall ? 4 : std::max(4.0, std::round(w / h * 3));
    const double cell = w / columns;
    const int rows = std::max(2, static_cast<int>(std::round(h * (tall ? 0.62 : 0.56) / cell)));
    const double top = h - rows * cell;
    LayerList tiles;
    std::size_t last = 99;
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < static_cast<int>(columns); ++column) {
            const Rect box{column * cell, top + row * cell, cell, cell};
            std::size_t ground = random.below(canvas.palette.shapes.size() + 1);
            if (ground == last)
                ground = (ground + 1) % (canvas.palette.shapes.size() + 1);
            last = ground;
            const Color back = ground == canvas.palette.shapes.size() ? canvas.palette.backgroundEnd : canvas.shape(ground);
            const Color front = canvas.shape(ground + 1 + random.below(canvas.palette.shapes.size() - 1));
            const std::string name = "Tile " + std::to_string(row + 1) + "." + std::to_string(column + 1);
            tiles.rect(name, box, Fill::solid(back));
            const int corner = static_cast<int>(random.below(4));
            switch (random.below(6)) {
            case 0: tiles.ellipse(name + " disc", disc(box.center(), cell * 0.38), Fill::solid(front)); break;
            case 1:
            case 2: tiles.quarterDisc(name + " quarter", box, corner, Fill::solid(front)); break;
            case 3:
                tiles.quarterDisc(name + " quarter", box, corner, Fill::solid(front));
                tiles.quarterDisc(name + " inner", {box.x + (corner == 1 || corner == 2 ? cell / 2 : 0),
                                                    box.y + (corner >= 2 ? cell / 2 : 0), cell / 2, cell / 2},
                                  corner, Fill::solid(back));
                break;
            case 4:
                for (int bar = 0; bar < 3; ++bar)
                    tiles.rect(numbered(name + " bar", static_cast<std::size_t>(bar)),
                               {box.x, box.y + cell * (0.08 + bar * 0.32), cell, cell * 0.2}, Fill::solid(front));
                break;
            default:
                tiles.outline(name + " triangle", {{{box.x, box.bottom()}}, {{box.right(), box.bottom()}}, {{corner % 2 == 0 ? box.x : box.right(), box.y}}},
                              Fill::solid(front));
            }
        }
    }
    result.shapes.group("Pattern", std::move(tiles));
    const double margin = canvas.unit() * 0.08;
    result.words = {margin, margin, w - 2 * margin, std::max(top - 1.6 * margin, h * 0.2)};
    return result;
}

/// A shaded planet with rings and small moons.
Composition orbits(const Canvas& canvas, Random& random)
{
    const auto [w, h] = canvas.size;
    Composition result;
    result.background = Fill::linear(canvas.palette.background, canvas.palette.backgroundEnd, between(random, 45, 135));
    const bool wide = w > h * 1.15;
    const Point center = wide ? Point{w * 0.74, h * between(random, 0.45, 0.6)} : Point{w * between(random, 0.45, 0.72), h * 0.66};
    const double radius = canvas.unit() * between(random, 0.17, 0.23);
    LayerList rings;
    const std::size_t count = 4 + random.below(3);
    for (std::size_t i = 0; i < count; ++i) {
        const double ring = radius * (1.35 + 0.42 * static_cast<double>(i));
        rings.ring(numbered("Orbit", i), disc(center, ring), canvas.shape(i), std::max(1.0, canvas.unit() * 0.0035), 0.75);
        const double angle = random.unit() * 2 * std::numbers::pi;
        const Point at = center + Point{std::cos(angle), std::sin(angle)} * ring;
        const double size = canvas.unit() * between(random, 0.012, 0.036);
        rings.ellipse(numbered("Moon", i), disc(at, size), Fill::linear(canvas.shape(i + 1), mixed(canvas.shape(i + 1), canvas.palette.background, 0.3), 60));
    }
    result.shapes.group("Orbits", std::move(rings));
    const Color rim = mixed(canvas.shape(0), canvas.palette.background, 0.35);
    result.shapes.ellipse("Planet", disc(center, radius), Fill::linear(canvas.shape(1), rim, 55));
    result.words = wide ? Rect{w * 0.07, h * 0.12, w * 0.42, h * 0.76} : margins(canvas, 0.08, 0.28);
    result.verticalAlign = wide ? "middle" : "top";
    return result;
}

/// Broad slanted bands across one side.
Composition bands(const Canvas& canvas, Random& random)
{
    const auto [w, h] = canvas.size;
    Composition result;
    result.background = Fill::linear(canvas.palette.background, canvas.palette.backgroundEnd, 90);
    const double angle = between(random, -38, -24);
    const double thickness = canvas.unit() * between(random, 0.09, 0.14);
    const double span = std::hypot(w, h) * 1.3;
    LayerList list;
    const std::size_t count = 5;
    const double radians = angle * std::numbers::pi / 180;
    for (std::size_t i = 0; i < count; ++i) {
        const double distance = (static_cast<double>(i) - 0.6) * thickness * 1.22;
        const Point center{w * 0.72 - std::sin(radians) * distance, h * 0.66 + std::cos(radians) * distance};
        const double shift = between(random, -0.12, 0.12) * span + span * 0.22;
        const Point at = center + Point{std::cos(radians), std::sin(radians)} * shift;
        const Color color = canvas.shape(i);
        list.rect(numbered("Band", i), {at.x - span / 2, at.y - thickness / 2, span, thickness},
                  Fill::linear(color, mixed(color, canvas.shape(i + 1), 0.55), 0), thickness / 2, angle);
    }
    result.shapes.group("Bands", std::move(list));
    const double dot = canvas.unit() * 0.045;
    result.shapes.ellipse("Dot", disc({w - canvas.unit() * 0.13, canvas.unit() * 0.13}, dot), Fill::solid(canvas.shape(1)));
    result.words = margins(canvas, 0.08, 0.33);
    result.words.width -= canvas.unit() * 0.14; // clear of the dot
    return result;
}

/// Soft closed shapes with gradients, overlapping at the edges.
Composition blobs(const Canvas& canvas, Random& random)
{
    const auto [w, h] = canvas.size;
    Composition result;
    result.background = Fill::linear(canvas.palette.background, canvas.palette.backgroundEnd, 60);
    const Point anchors[] = {{w * 0.92, h * 0.1}, {w * 0.06, h * 0.93}, {w * 0.98, h * 0.86}, {w * 0.02, h * 0.16}, {w * 0.62, h * 1.02}};
    LayerList list;
    for (std::size_t i = 0; i < std::size(anchors); ++i) {
        const double radius = canvas.unit() * between(random, 0.2, i == 3 ? 0.22 : 0.36);
        std::vector<OutlinePoint> points;
        const int corners = 7 + static_cast<int>(random.below(3));
        const double turn = random.unit() * 2 * std::numbers::pi;
        for (int k = 0; k < corners; ++k) {
            const double a = turn + 2 * std::numbers::pi * k / corners;
            points.push_back({anchors[i] + Point{std::cos(a), std::sin(a)} * (radius * between(random, 0.8, 1.2)), true});
        }
        list.outline(numbered("Blob", i), points,
                     Fill::linear(canvas.shape(i), mixed(canvas.shape(i), canvas.shape(i + 1), 0.6), between(random, 0, 180), 0.92));
    }
    result.shapes.group("Blobs", std::move(list));
    LayerList dots;
    for (int row = 0; row < 4; ++row) {
        for (int column = 0; column < 6; ++column)
            dots.ellipse("Dot", disc({w * 0.1 + column * canvas.unit() * 0.03, h * 0.72 + row * canvas.unit() * 0.03}, canvas.unit() * 0.005),
                         Fill::solid(canvas.palette.text, 0.5));
    }
    result.shapes.group("Dots", std::move(dots));
    result.words = {w * 0.14, h * 0.3, w * 0.72, h * 0.38};
    result.align = "center";
    result.verticalAlign = "middle";
    return result;
}

/// Ridges that fade with distance, a low sun.
Composition ridges(const Canvas& canvas, Random& random)
{
    const auto [w, h] = canvas.size;
    Composition result;
    result.background = Fill::linear(canvas.palette.background, canvas.palette.backgroundEnd, 90);
    const double radius = canvas.unit() * between(random, 0.12, 0.18);
    const Point sun{w * between(random, 0.25, 0.75), h * 0.52};
    result.shapes.ellipse("Sun", disc(sun, radius), Fill::linear(canvas.shape(2), canvas.shape(1), 90));
    LayerList list;
    const std::size_t count = 5;
    for (std::size_t i = 0; i < count; ++i) {
        const double share = static_cast<double>(i + 1) / static_cast<double>(count);
        std::vector<OutlinePoint> points{{{-w * 0.05, h * 1.02}}};
        const int peaks = 5 + static_cast<int>(random.below(4));
        for (int k = 0; k <= peaks * 2; ++k) {
            const double x = w * (-0.05 + 1.1 * k / (peaks * 2));
            const double height = h * (k % 2 == 0 ? between(random, 0.0, 0.03) : between(random, 0.05, 0.15)) * (1.15 - 0.6 * share);
            points.push_back({{x + (k == 0 || k == peaks * 2 ? 0 : w * between(random, -0.02, 0.02)), h * (0.54 + 0.38 * share) - height}});
        }
        points.push_back({{w * 1.05, h * 1.02}});
        const Color color = mixed(canvas.palette.backgroundEnd, mixed(canvas.shape(0), canvas.shape(3), share), 0.25 + 0.75 * share);
        list.outline(numbered("Ridge", i), points, Fill::linear(color, mixed(color, canvas.palette.background, 0.25), 90));
    }
    result.shapes.group("Ridges", std::move(list));
    result.words = margins(canvas, 0.08, 0.3);
    result.align = "center";
    return result;
}

} // namespace

const std::vector<Style>& styles()
{
    static const std::vector<Style> all{
        {"waves", {"wave", "waves", "ocean", "sea", "beach", "summer", "water", "surf"}, waves},
        {"grid", {"bauhaus", "geometric", "retro", "pattern", "grid", "modern", "school"}, grid},
        {"orbits", {"space", "planet", "orbit", "orbits", "science", "night", "star", "stars", "galaxy"}, orbits},
        {"bands", {"sport", "sale", "dynamic", "music", "jazz", "festival", "tech", "race"}, bands},
        {"blobs", {"soft", "organic", "party", "spring", "coffee", "beauty", "wedding", "birthday"}, blobs},
        {"ridges", {"mountain", "mountains", "nature", "forest", "hike", "travel", "sunset", "landscape"}, ridges}};
    return all;
}

} // namespace tessera::appliance
