#include "filter_image.h"

#include <algorithm>

namespace tessera::cpu {

void drawImage(Picture& out, const strips::FrameEffects& effects, const document::ImageFilter& image, const strips::PixelRect& box)
{
    const auto found = std::find_if(effects.images.begin(), effects.images.end(), [&](const auto& entry) { return image.asset && entry.asset == *image.asset; });
    if (found == effects.images.end() || !found->image || box.isEmpty())
        return;
    const scene::Image& pixels = *found->image;
    double sx = 1.0 * box.width() / pixels.widthPx, sy = 1.0 * box.height() / pixels.heightPx;
    if (image.fit != document::ImageFit::stretch)
        sx = sy = image.fit == document::ImageFit::fill ? std::max(sx, sy) : std::min(sx, sy);
    const double x0 = box.x0 + (box.width() - pixels.widthPx * sx) / 2, y0 = box.y0 + (box.height() - pixels.heightPx * sy) / 2;

    strips::Frame frame;
    frame.images = {found->image};
    strips::FramePaint paint;
    paint.kind = strips::PaintKind::image;
    const double fromDevice[6] = {1 / sx, 0, 0, 1 / sy, -x0 / sx, -y0 / sy};
    std::copy(std::begin(fromDevice), std::end(fromDevice), paint.fromDevice);
    const auto source = makePixelSource(frame, paint);
    const auto column = [](double v, int low, int high) { return std::clamp(static_cast<int>(v + 0.5), low, high); };
    const int left = std::max(0, box.x0), top = std::max(0, box.y0);
    const int first = column(x0, left, std::max(left, out.width())), end = std::min({column(x0 + pixels.widthPx * sx, first, std::max(first, out.width())), box.x1, out.width()});
    const int last = std::min({column(y0 + pixels.heightPx * sy, top, std::max(top, out.height())), box.y1, out.height()});
    for (int y = column(y0, top, std::max(top, out.height())); y < last && first < end; ++y)
        source->fill(first, y, {out.row(y) + first, static_cast<std::size_t>(end - first)});
}

} // namespace tessera::cpu
