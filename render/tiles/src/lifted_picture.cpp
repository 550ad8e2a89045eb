#include <render/tiles/lifted_picture.h>

#include <cmath>
#include <utility>

#include "blit.h"
#include "tile_store.h"

namespace tessera::tiles {
namespace {

constexpr std::size_t budgetBytes = std::size_t{32} << 20;
constexpr Color transparent{0, 0, 0, 0};

/// The pixels of the view that are in the rectangle.
scene::View partOf(const scene::View& view, const PixelRect& rect)
{
    return {Transform::translation(-rect.x0, -rect.y0) * view.pageToDevice, rect.width(), rect.height()};
}

} // namespace

LiftedPicture::LiftedPicture(TilePainter& painter) : m_painter(painter), m_below(painter, budgetBytes), m_above(painter, budgetBytes) {}

void LiftedPicture::setPage(const scene::LiftedPage& page, const Color& background)
{
    m_lifted = page.lifted;
    m_below.setBackground(background);
    m_below.setList(page.below);
    m_above.setList(page.above);
}

void LiftedPicture::begin()
{
    m_below.clear();
    m_above.clear();
    m_picture = {};
}

const scene::Image& LiftedPicture::over(const scene::Image& rest, const PixelRect& changed, const scene::View& given, const Clock& clock)
{
    scene::View view = given;
    view.pageToDevice.e = std::round(view.pageToDevice.e);
    view.pageToDevice.f = std::round(view.pageToDevice.f);
    const PixelRect all{0, 0, rest.widthPx, rest.heightPx};
    PixelRect restored = united(changed, m_covered);
    if (m_picture.widthPx != rest.widthPx || m_picture.heightPx != rest.heightPx || !(m_view.pageToDevice == view.pageToDevice)) {
        m_picture = scene::Image::blank(rest.widthPx, rest.heightPx);
        restored = all;
    }
    m_view = view;
    restored = strips::intersected(restored, all);
    if (!restored.isEmpty())
        copyPixels(rest, restored, m_picture, restored.x0, restored.y0);

    m_covered = strips::intersected(strips::pixelsTouched(view.pageToDevice.mapBounds(m_lifted->boundsPage).inflated(1)), all);
    if (m_covered.isEmpty())
        return m_picture;
    const scene::View part = partOf(view, m_covered);
    m_below.setView(part);
    (void)m_below.drawFrame(untilFinished, clock);
    copyPixels(m_below.picture(), {0, 0, part.widthPx, part.heightPx}, m_picture, m_covered.x0, m_covered.y0);
    blendPixels(m_painter.draw(*m_lifted, part, {0, 0, part.widthPx, part.heightPx}, transparent), m_picture, m_covered.x0, m_covered.y0);
    m_above.setView(part);
    (void)m_above.drawFrame(untilFinished, clock);
    blendPixels(m_above.picture(), m_picture, m_covered.x0, m_covered.y0);
    return m_picture;
}

} // namespace tessera::tiles
