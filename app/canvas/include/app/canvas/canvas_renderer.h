#pragma once

#include <memory>

#include <QImage>
#include <QString>

#include <core/base/color.h>
#include <core/base/result.h>
#include <render/scene/display_list.h>

/// What turns display lists into pictures on the canvas: the CPU back end or Vulkan, the same coverage in both.
namespace tessera::app {

/// One thread at a time.
class CanvasRenderer
{
public:
    virtual ~CanvasRenderer() = default;
    /// Device pixels, premultiplied. `background` is unpremultiplied.
    [[nodiscard]] virtual QImage render(const scene::DisplayList& list, const scene::View& view,
                                        const Color& background) = 0;
    /// For the status bar: "CPU", or the device's name.
    [[nodiscard]] virtual QString name() const = 0;
};

[[nodiscard]] std::unique_ptr<CanvasRenderer> makeCpuRenderer();
/// Errors: why there is none, for people. Falls back to the CPU by itself when the device is lost later.
[[nodiscard]] Result<std::unique_ptr<CanvasRenderer>, QString> makeVulkanRenderer();

} // namespace tessera::app
