#include "filter_graph.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <render/scene/effects.h>

#include "blend.h"
#include "blur.h"
#include "convolve.h"
#include "filter_color.h"
#include "filter_composite.h"
#include "filter_image.h"
#include "lighting.h"
#include "morphology.h"
#include "turbulence.h"

namespace tessera::cpu {
namespace {

using namespace document;
using strips::PixelRect;

template <class... F> struct Overload : F... {
    using F::operator()...;
};
template <class... F> Overload(F...) -> Overload<F...>;

/// What a primitive made, over the graph's area.
struct Result {
    std::shared_ptr<const Picture> picture; ///< null: transparent, or no longer needed
    ColorSpace space = ColorSpace::encoded;
    PixelRect bounds; ///< device px: where it may paint; a tile repeats this
};

constexpr int mostPx = 1 << 24; ///< offsets and windows; farther than any picture

int wholePx(double v) { return static_cast<int>(std::clamp(v, -1.0 * mostPx, 1.0 * mostPx)); } ///< towards zero

/// From the pixel of the top left corner on, as many as the box is wide and high, rounded up.
PixelRect devicePixels(const Rect& local, const Transform& toDevice)
{
    constexpr double slack = 1e-4; ///< of whole pixels that arithmetic missed
    const Rect box = toDevice.mapBounds(local);
    const auto px = [](double v) { return static_cast<int>(std::clamp(v, -1.0 * mostPx, 1.0 * mostPx)); };
    const int x = px(std::floor(box.x + slack)), y = px(std::floor(box.y + slack));
    return {x, y, x + std::max(1, px(std::ceil(box.width - slack))), y + std::max(1, px(std::ceil(box.height - slack)))};
}

/// A layer's pixels within `area`, whose top left pixel is (0, 0) of all pictures here.
class Graph
{
public:
    Graph(const strips::FrameEffects& effects, std::size_t effect, const Picture& source, const PixelRect& region, const PixelRect& area)
        : m_effects(effects), m_effect(effect), m_filter(*effects.effects[effect].filter), m_toDevice(effects.toDevice),
          m_scale(scene::axisScale(effects.toDevice)), m_source(source), m_region(region), m_area(area)
    {
    }

    /// Encoded, or null for nothing.
    std::shared_ptr<const Picture> run()
    {
        for (std::size_t i = 0; i < m_filter.primitives.size(); ++i) {
            m_results.push_back(resultOf(m_filter.primitives[i]));
            forgetBefore(i + 1);
        }
        return inSpace(m_results.back(), ColorSpace::encoded);
    }

private:
    [[nodiscard]] Result resultOf(const FilterPrimitive& primitive);
    [[nodiscard]] Result operated(const FilterPrimitive& primitive);
    [[nodiscard]] Result input(const FilterPrimitive& primitive, std::size_t index) const;
    [[nodiscard]] std::shared_ptr<const Picture> inSpace(const Result& result, ColorSpace space) const;
    /// The input, to be changed.
    [[nodiscard]] Picture taken(const FilterPrimitive& primitive, std::size_t index = 0) const;
    [[nodiscard]] Picture offset(const Picture& in, Point by) const;
    [[nodiscard]] Picture tiled(const Picture& in, const PixelRect& tile) const;
    [[nodiscard]] Picture displaced(const FilterPrimitive& primitive, const DisplacementFilter& how) const;
    [[nodiscard]] Picture shadowed(const FilterPrimitive& primitive, const DropShadowFilter& shadow) const;
    [[nodiscard]] Picture noise(const FilterPrimitive& primitive, const TurbulenceFilter& how) const;
    [[nodiscard]] Rect imageBox(const FilterPrimitive& primitive) const;
    [[nodiscard]] LightingFilter onArea(LightingFilter lighting) const;
    void clearOutside(Picture& picture, const PixelRect& bounds) const;
    void forgetBefore(std::size_t next);

    static ColorSpace spaceOf(const FilterPrimitive& primitive) { return primitive.linear ? ColorSpace::linear : ColorSpace::encoded; }

    const strips::FrameEffects& m_effects;
    std::size_t m_effect;
    const Filter& m_filter;
    Transform m_toDevice;
    Point m_scale;
    const Picture& m_source;
    PixelRect m_region, m_area;
    std::vector<Result> m_results;
};

Result Graph::resultOf(const FilterPrimitive& primitive)
{
    PixelRect bounds = m_region;
    if (primitive.area)
        bounds = intersected(devicePixels(*primitive.area, m_toDevice), m_region);
    else if (std::holds_alternative<OffsetFilter>(primitive.operation)) // keeps its input's, so that a tile repeats that
        bounds = input(primitive, 0).bounds;
    if (bounds.isEmpty() || (primitive.area && primitive.area->isEmpty()))
        return {nullptr, ColorSpace::encoded, {}};
    Result result = operated(primitive);
    result.bounds = bounds;
    if (result.picture && primitive.area && bounds != m_region) {
        Picture clipped = *result.picture;
        clearOutside(clipped, bounds);
        result.picture = std::make_shared<const Picture>(std::move(clipped));
    }
    return result;
}

Result Graph::operated(const FilterPrimitive& primitive)
{
    const ColorSpace space = spaceOf(primitive);
    const auto made = [](Picture picture, ColorSpace in) { return Result{std::make_shared<const Picture>(std::move(picture)), in, {}}; };
    return std::visit(
        Overload{
            [&](const FloodFilter& f) {
                Picture out(m_area.width(), m_area.height());
                std::fill(out.pixels().begin(), out.pixels().end(), toPixel(f.color, ColorSpace::encoded));
                return made(std::move(out), ColorSpace::encoded);
            },
            [&](const BlurFilter& f) {
                if (f.sigmaX <= 0 && f.sigmaY <= 0)
                    return input(primitive, 0);
                Picture out = taken(primitive);
                blur(out.view(), f.sigmaX * m_scale.x, f.sigmaY * m_scale.y);
                return made(std::move(out), space);
            },
            [&](const OffsetFilter& f) {
                const Result in = input(primitive, 0);
                return in.picture ? made(offset(*in.picture, f.by), in.space) : in;
            },
            [&](const BlendFilter& f) {
                Picture below = taken(primitive, 1);
                blendOnto(taken(primitive, 0), below, f.mode);
                return made(std::move(below), space);
            },
            [&](const CompositeFilter& f) {
                Picture below = taken(primitive, 1);
                compositeOnto(taken(primitive, 0), below, f);
                return made(std::move(below), space);
            },
            [&](const ColorMatrixFilter& f) {
                Picture out = taken(primitive);
                applyMatrix(out.view(), f);
                return made(std::move(out), space);
            },
            [&](const ComponentTransferFilter& f) {
                Picture out = taken(primitive);
                applyTransfer(out.view(), f);
                return made(std::move(out), space);
            },
            [&](const ConvolveFilter& f) { return made(convolved(taken(primitive), f), space); },
            [&](const MorphologyFilter& f) {
                Picture out = taken(primitive);
                const int rx = wholePx(std::ceil(f.radiusX * m_scale.x)), ry = wholePx(std::ceil(f.radiusY * m_scale.y));
                if (rx > 0 && ry > 0)
                    extremes(out.view(), f.with == MorphologyFilter::Operator::erode ? Extreme::smallest : Extreme::largest,
                             {rx, rx - 1}, {ry, ry - 1});
                return made(std::move(out), space);
            },
            [&](const TurbulenceFilter& f) { return made(noise(primitive, f), space); },
            [&](const LightingFilter& f) { return made(lit(taken(primitive), onArea(f), space), space); },
            [&](const DisplacementFilter& f) { return made(displaced(primitive, f), space); },
            [&](const ImageFilter& f) {
                Picture out(m_area.width(), m_area.height());
                for (const strips::FilterPicture& shown : m_effects.pictures) { // operated in order: the next is this one
                    if (shown.effect == m_effect && shown.primitive == m_results.size())
                        drawImage(out, shown, f.fit, imageBox(primitive));
                }
                return made(std::move(out), ColorSpace::encoded);
            },
            [&](const MergeFilter&) {
                Picture out(m_area.width(), m_area.height());
                for (std::size_t i = 0; i < primitive.inputs.size(); ++i)
                    blendOnto(taken(primitive, i), out, BlendMode::normal);
                return made(std::move(out), space);
            },
            [&](const TileFilter&) {
                const Result in = input(primitive, 0);
                return in.picture ? made(tiled(*in.picture, in.bounds), in.space) : in;
            },
            [&](const DropShadowFilter& f) { return made(shadowed(primitive, f), space); }},
        primitive.operation);
}

/// From the top left pixel of the area, as large as the area is, not its turned box.
Rect Graph::imageBox(const FilterPrimitive& primitive) const
{
    const Rect& area = primitive.area ? *primitive.area : m_filter.region;
    const PixelRect box = devicePixels(area, m_toDevice);
    return {1.0 * (box.x0 - m_area.x0), 1.0 * (box.y0 - m_area.y0), area.width * m_scale.x, area.height * m_scale.y};
}

Result Graph::input(const FilterPrimitive& primitive, std::size_t index) const
{
    const FilterInput from = index < primitive.inputs.size() ? primitive.inputs[index] : FilterInput{FilterInput::From::nothing, 0};
    if (from.from == FilterInput::From::primitive && from.primitive < m_results.size())
        return m_results[from.primitive];
    Result result{nullptr, ColorSpace::encoded, m_region};
    if (from.from == FilterInput::From::sourceGraphic) {
        result.picture = {std::shared_ptr<void>(), &m_source}; // lives longer than the results
    } else if (from.from == FilterInput::From::sourceAlpha) {
        Picture alpha(m_area.width(), m_area.height());
        std::transform(m_source.pixels().begin(), m_source.pixels().end(), alpha.pixels().begin(), [](Pixel p) { return p & 0xff000000; });
        result.picture = std::make_shared<const Picture>(std::move(alpha));
    }
    return result;
}

std::shared_ptr<const Picture> Graph::inSpace(const Result& result, ColorSpace space) const
{
    if (!result.picture || result.space == space)
        return result.picture;
    Picture converted = *result.picture;
    convert(converted.view(), result.space, space);
    return std::make_shared<const Picture>(std::move(converted));
}

Picture Graph::taken(const FilterPrimitive& primitive, std::size_t index) const
{
    const Result in = input(primitive, index);
    if (!in.picture)
        return {m_area.width(), m_area.height()};
    Picture picture = *in.picture;
    convert(picture.view(), in.space, spaceOf(primitive));
    return picture;
}

Picture Graph::offset(const Picture& in, Point by) const
{
    const int dx = wholePx(by.x * m_scale.x), dy = wholePx(by.y * m_scale.y);
    Picture out(in.width(), in.height());
    const int x0 = std::clamp(dx, 0, in.width()), x1 = std::clamp(in.width() + dx, x0, in.width());
    for (int y = std::max(0, dy); y < std::min(in.height(), in.height() + dy) && x0 < x1; ++y)
        std::copy_n(in.row(y - dy) + (x0 - dx), x1 - x0, out.row(y) + x0);
    return out;
}

Picture Graph::tiled(const Picture& in, const PixelRect& tile) const
{
    Picture out(in.width(), in.height());
    const auto wrapped = [](int v, int size) { return ((v % size) + size) % size; };
    if (tile.isEmpty())
        return out;
    for (int y = 0; y < out.height(); ++y) {
        const int fromY = tile.y0 - m_area.y0 + wrapped(y + m_area.y0 - tile.y0, tile.height());
        for (int x = 0; x < out.width() && fromY >= 0 && fromY < in.height(); ++x) {
            const int fromX = tile.x0 - m_area.x0 + wrapped(x + m_area.x0 - tile.x0, tile.width());
            if (fromX >= 0 && fromX < in.width())
                out.row(y)[x] = in.row(fromY)[fromX];
        }
    }
    return out;
}

Picture Graph::displaced(const FilterPrimitive& primitive, const DisplacementFilter& how) const
{
    const Picture in = taken(primitive, 0), map = taken(primitive, 1);
    Picture out(in.width(), in.height());
    const double scaleX = std::clamp(how.scale * m_scale.x, -1.0 * mostPx, 1.0 * mostPx),
                 scaleY = std::clamp(how.scale * m_scale.y, -1.0 * mostPx, 1.0 * mostPx);
    for (int y = 0; y < in.height(); ++y) {
        for (int x = 0; x < in.width(); ++x) {
            const Pixel moves = unpremultiplied(map.row(y)[x]);
            const auto from = [&](int at, double scale, int channel) {
                return static_cast<int>(std::floor(at + scale * (channelOf(moves, channel) / 255.0 - 0.5) + 0.5));
            };
            const int fromX = from(x, scaleX, how.channelX), fromY = from(y, scaleY, how.channelY);
            if (fromX >= 0 && fromX < in.width() && fromY >= 0 && fromY < in.height())
                out.row(y)[x] = in.row(fromY)[fromX];
        }
    }
    return out;
}

Picture Graph::shadowed(const FilterPrimitive& primitive, const DropShadowFilter& shadow) const
{
    const Picture in = taken(primitive);
    Picture out = in;
    blur(out.view(), shadow.sigmaX * m_scale.x, shadow.sigmaY * m_scale.y);
    const Pixel color = toPixel(shadow.color, spaceOf(primitive));
    for (Pixel& p : out.pixels())
        p = scaled(color, p >> 24);
    out = offset(out, shadow.by);
    blendOnto(in, out, BlendMode::normal);
    return out;
}

Picture Graph::noise(const FilterPrimitive& primitive, const TurbulenceFilter& how) const
{
    if (!(m_scale.x > 0 && m_scale.y > 0))
        return {m_area.width(), m_area.height()};
    const Point origin{(m_area.x0 - m_toDevice.e) / m_scale.x, (m_area.y0 - m_toDevice.f) / m_scale.y};
    return turbulence(how, m_area.width(), m_area.height(), origin, {1 / m_scale.x, 1 / m_scale.y},
                      primitive.area.value_or(m_filter.region));
}

/// The light in pixels of the graph's pictures.
LightingFilter Graph::onArea(LightingFilter lighting) const
{
    const double height = std::hypot(m_toDevice.a, m_toDevice.d) / std::sqrt(2.0);
    const auto place = [&](Point p) { return m_toDevice.apply(p) - Point{1.0 * m_area.x0, 1.0 * m_area.y0}; };
    if (auto* point = std::get_if<PointLight>(&lighting.light)) {
        point->at = place(point->at);
        point->z *= height;
    } else if (auto* spot = std::get_if<SpotLight>(&lighting.light)) {
        spot->at = place(spot->at);
        spot->pointsAt = place(spot->pointsAt);
        spot->z *= height;
        spot->pointsAtZ *= height;
    }
    return lighting;
}

void Graph::clearOutside(Picture& picture, const PixelRect& bounds) const
{
    const int x0 = std::clamp(bounds.x0 - m_area.x0, 0, picture.width()), x1 = std::clamp(bounds.x1 - m_area.x0, x0, picture.width());
    for (int y = 0; y < picture.height(); ++y) {
        Pixel* row = picture.row(y);
        const bool inside = y + m_area.y0 >= bounds.y0 && y + m_area.y0 < bounds.y1;
        std::fill(row, row + (inside ? x0 : picture.width()), Pixel{});
        std::fill(row + x1, row + picture.width(), Pixel{});
    }
}

/// Frees results that nobody from `next` on looks at, but for the newest.
void Graph::forgetBefore(std::size_t next)
{
    for (std::size_t i = 0; i + 1 < next; ++i) {
        const bool needed = std::any_of(m_filter.primitives.begin() + static_cast<std::ptrdiff_t>(next),
                                        m_filter.primitives.end(), [&](const FilterPrimitive& p) {
                                            return std::any_of(p.inputs.begin(), p.inputs.end(), [&](const FilterInput& in) {
                                                return in.from == FilterInput::From::primitive && in.primitive == i;
                                            });
                                        });
        if (!needed)
            m_results[i].picture = nullptr;
    }
}

} // namespace

void runFilter(const strips::FrameEffects& effects, std::size_t effect, LayerPixels layer)
{
    const PixelRect region = devicePixels(effects.effects[effect].filter->region, effects.toDevice),
                    area = intersected(region, layer.bounds);
    const auto rowOf = [&](int y) { return reinterpret_cast<Pixel*>(layer.pixels.row(y - layer.bounds.y0)) + (area.x0 - layer.bounds.x0); };
    std::shared_ptr<const Picture> result;
    Picture source(std::max(0, area.width()), std::max(0, area.height()));
    if (!area.isEmpty()) {
        for (int y = area.y0; y < area.y1; ++y)
            std::copy_n(rowOf(y), area.width(), source.row(y - area.y0));
        result = Graph(effects, effect, source, region, area).run();
    }
    std::fill(layer.pixels.pixels.begin(), layer.pixels.pixels.end(), std::uint8_t{0});
    for (int y = area.y0; result && y < area.y1; ++y)
        std::copy_n(result->row(y - area.y0), area.width(), rowOf(y));
}

} // namespace tessera::cpu
