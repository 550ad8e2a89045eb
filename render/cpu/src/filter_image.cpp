#include "filter_image.h"

#include <algorithm>
#include <cmath>

namespace tessera::cpu {

void drawImage(Picture& out, const strips::FrameEffects& effects, const document::ImageFilter& image, const Rect& box)
{
    const auto found = std::find_if(effects.images.begin(), effects.images.end(), [&](const auto& entry) { return image.asset && entry.asset == *image.asset; });
    if (found == effects.images.end() || !found->image || box.isEmpty())
        return;
    const scene::Image& pixels = *found->image;
    double sx = box.width / pixels.widthPx, sy = box.height / pixels.heightPx;
    if (image.fit != document::ImageFit::stretch)
        sx = sy = image.fit == document::ImageFit::fill ? std::max(sx, sy) : std::min(sx, sy);
    const double x0 = box.x + (box.width - pixels.widthPx * sx) / 2, y0 = box.y + (box.height - pixels.heightPx * sy) / 2;

    strips::Frame frame;
    frame.images = {found->image};
    strips::FramePaint paint;
    paint.kind = strips::PaintKind::image;
    const double fromDevice[6] = {1 / sx, 0, 0, 1 / sy, -x0 / sx, -y0 / sy};
    std::copy(std::begin(fromDevice), std::end(fromDevice), paint.fromDevice);
    const auto source = makePixelSource(frame, paint);
    const auto pixel = [](double v, int most) { return static_cast<int>(std::clamp(std::floor(v + 0.5), 0.0, 1.0 * most)); };
    const int left = pixel(std::max(box.x, x0), out.width()), right = pixel(std::min(box.right(), x0 + pixels.widthPx * sx), out.width());
    const int top = pixel(std::max(box.y, y0), out.height()), bottom = pixel(std::min(box.bottom(), y0 + pixels.heightPx * sy), out.height());
    for (int y = top; y < bottom && left < right; ++y)
        source->fill(left, y, {out.row(y) + left, static_cast<std::size_t>(right - left)});
}

} // namespace tessera::cpu
