#include "filter_image.h"

#include <algorithm>
#include <cmath>

#include <render/cpu/renderer.h>

namespace tessera::cpu {

void drawImage(Picture& out, const strips::FilterPicture& shown, document::ImageFit fit, const Rect& box)
{
    scene::ImageRef image = shown.image;
    if (shown.picture)
        image = std::make_shared<const scene::Image>(compose(*shown.picture));
    if (!image || image->widthPx < 1 || image->heightPx < 1 || box.isEmpty())
        return;
    const scene::Image& pixels = *image;
    double sx = 1, sy = 1, x0 = box.x, y0 = box.y;
    if (!shown.picture) {
        sx = box.width / pixels.widthPx, sy = box.height / pixels.heightPx;
        if (fit != document::ImageFit::stretch)
            sx = sy = fit == document::ImageFit::fill ? std::max(sx, sy) : std::min(sx, sy);
        x0 += (box.width - pixels.widthPx * sx) / 2, y0 += (box.height - pixels.heightPx * sy) / 2;
    }

    strips::Frame frame;
    frame.images = {image};
    strips::FramePaint paint;
    paint.kind = strips::PaintKind::image;
    const double fromDevice[6] = {1 / sx, 0, 0, 1 / sy, -x0 / sx, -y0 / sy};
    std::copy(std::begin(fromDevice), std::end(fromDevice), paint.fromDevice);
    const auto source = makePixelSource(frame, paint);
    const auto pixel = [](double v, int most) { return static_cast<int>(std::clamp(std::floor(v + 0.5), 0.0, 1.0 * most)); };
    const int left = pixel(std::max(box.x, x0), out.width()), right = pixel(std::min(box.right(), x0 + pixels.widthPx * sx), out.width());
    const int top = pixel(std::max(box.y, y0), out.height()),
              bottom = pixel(std::min(box.bottom(), y0 + pixels.heightPx * sy), out.height());
    for (int y = top; y < bottom && left < right; ++y)
        source->fill(left, y, {out.row(y) + left, static_cast<std::size_t>(right - left)});
}

} // namespace tessera::cpu
