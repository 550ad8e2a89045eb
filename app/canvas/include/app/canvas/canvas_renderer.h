#pragma once

#include <memory>

#include <QImage>
#include <QString>

#include <core/base/color.h>
#include <core/base/result.h>
#include <render/tiles/tile_cache.h>

/// What turns display lists into pictures on the canvas: the CPU back end or Vulkan, the same coverage in both.
namespace tessera::app {

/// One thread at a time. As a painter of tiles it draws premultiplied pixels in QPainter's own order (ARGB32).
class CanvasRenderer : public tiles::TilePainter
{
public:
    /// Device pixels, premultiplied. `background` is unpremultiplied.
    [[nodiscard]] QImage render(const scene::DisplayList& list, const scene::View& view, const Color& background);
    /// For the status bar: "CPU", or the device's name.
    [[nodiscard]] virtual QString name() const = 0;
};

[[nodiscard]] std::unique_ptr<CanvasRenderer> makeCpuRenderer();
/// Errors: why there is none, for people. Falls back to the CPU by itself when the device is lost later.
[[nodiscard]] Result<std::unique_ptr<CanvasRenderer>, QString> makeVulkanRenderer();

} // namespace tessera::app
