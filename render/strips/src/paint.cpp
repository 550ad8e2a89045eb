#include "paint.h"

#include <algorithm>
#include <cmath>

namespace tessera::strips {

namespace {

float unit(double v) { return static_cast<float>(std::clamp(std::isfinite(v) ? v : 0.0, 0.0, 1.0)); }

bool addSolid(Frame& frame, const Color& color, double opacity)
{
    const float a = unit(color.a * opacity);
    if (a == 0)
        return false;
    FramePaint paint;
    paint.color[0] = unit(color.r) * a;
    paint.color[1] = unit(color.g) * a;
    paint.color[2] = unit(color.b) * a;
    paint.color[3] = a;
    frame.paints.push_back(paint);
    return true;
}

void setFromDevice(FramePaint& paint, const Transform& t)
{
    const double m[6] = {t.a, t.b, t.c, t.d, t.e, t.f};
    std::transform(std::begin(m), std::end(m), paint.fromDevice, [](double v) { return static_cast<float>(v); });
}

PaintKind kindOf(scene::GradientKind kind)
{
    switch (kind) {
    case scene::GradientKind::linear: return PaintKind::linearGradient;
    case scene::GradientKind::radial: return PaintKind::radialGradient;
    case scene::GradientKind::angular: return PaintKind::angularGradient;
    case scene::GradientKind::diamond: return PaintKind::diamondGradient;
    }
    return PaintKind::linearGradient;
}

/// A focal circle that touches or leaves the outer one has points without a colour; SVG 1.1 moves it back inside.
void setFocus(FramePaint& paint, const scene::Gradient& gradient)
{
    constexpr double closest = 1 - 1.0 / 1024;
    const Point center{0.5, 0.5};
    Point focus = (gradient.focus - center) * 2;
    double radius = std::isfinite(gradient.focusRadius) ? std::max(0.0, gradient.focusRadius * 2) : 0;
    if (radius > closest && radius < 2 - closest)
        radius = closest; // circles of one size have no between
    const double distance = length(focus), most = std::abs(1 - radius) * closest;
    if (!(distance <= most))
        focus = std::isfinite(distance) && distance > 0 ? focus * (most / distance) : Point{};
    paint.focus[0] = static_cast<float>(focus.x);
    paint.focus[1] = static_cast<float>(focus.y);
    paint.focusRadius = static_cast<float>(radius);
}

bool addGradient(Frame& frame, const scene::Gradient& gradient, const Transform& toDevice, double opacity)
{
    if (gradient.stops.empty())
        return false;
    const auto fromDevice = (toDevice * gradient.toLocal).inverted();
    if (!fromDevice)
        return addSolid(frame, gradient.stops.back().color, opacity); // SVG 2, 14.2.3: a flat gradient is its last stop
    FramePaint paint;
    setFromDevice(paint, *fromDevice);
    paint.opacity = unit(opacity);
    paint.kind = kindOf(gradient.kind);
    paint.spread = static_cast<std::uint32_t>(gradient.spread);
    setFocus(paint, gradient);
    paint.firstStop = static_cast<std::uint32_t>(frame.stops.size());
    paint.stopCount = static_cast<std::uint32_t>(gradient.stops.size());
    float last = 0;
    for (const auto& stop : gradient.stops) {
        last = std::max(last, unit(stop.offset));
        frame.stops.push_back({{unit(stop.color.r), unit(stop.color.g), unit(stop.color.b), unit(stop.color.a)}, last, {}});
    }
    frame.paints.push_back(paint);
    return true;
}

bool addImage(Frame& frame, ImageLevels& levels, const scene::ImageFill& fill, const Transform& toDevice, double opacity)
{
    if (!fill.image || fill.image->widthPx < 1 || fill.image->heightPx < 1)
        return false;
    const Transform imageToDevice = toDevice * fill.toLocal;
    const ImageLevel level = levels.levelFor(fill.image, 1 / imageToDevice.scale());
    const auto fromDevice = imageToDevice.inverted();
    if (!fromDevice)
        return false;
    FramePaint paint;
    setFromDevice(paint, Transform::scaling(level.scaleX, level.scaleY) * *fromDevice);
    paint.kind = PaintKind::image;
    paint.opacity = unit(opacity);
    paint.repeat = fill.tile == scene::TileMode::repeat;
    const auto found = std::find(frame.images.begin(), frame.images.end(), level.image);
    paint.image = static_cast<std::uint32_t>(found - frame.images.begin());
    if (found == frame.images.end())
        frame.images.push_back(level.image);
    frame.paints.push_back(paint);
    return true;
}

} // namespace

bool addPaint(Frame& frame, ImageLevels& levels, const scene::Paint& paint, const Transform& toDevice, double opacity)
{
    const double total = paint.opacity * opacity;
    if (!(total > 0))
        return false;
    if (const auto* color = std::get_if<Color>(&paint.source))
        return addSolid(frame, *color, total);
    if (const auto* gradient = std::get_if<std::shared_ptr<const scene::Gradient>>(&paint.source))
        return addGradient(frame, **gradient, toDevice, total);
    if (const auto* image = std::get_if<std::shared_ptr<const scene::ImageFill>>(&paint.source))
        return addImage(frame, levels, **image, toDevice, total);
    return false; // patterns: addPicture
}

void addPicture(Frame& frame, std::shared_ptr<const Frame> picture, const Transform& pictureToDevice, double opacity)
{
    FramePaint paint;
    setFromDevice(paint, pictureToDevice.inverted().value_or(Transform{}));
    paint.kind = PaintKind::picture;
    paint.opacity = unit(opacity);
    paint.repeat = 1;
    paint.image = static_cast<std::uint32_t>(frame.pictures.size());
    frame.pictures.push_back(std::move(picture));
    frame.paints.push_back(paint);
}

} // namespace tessera::strips
