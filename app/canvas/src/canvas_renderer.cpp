#include <app/canvas/canvas_renderer.h>

#include <app/models/qt_convert.h>
#include <core/base/log.h>
#include <render/cpu/renderer.h>
#include <render/strips/frame.h>
#include <render/vulkan/renderer.h>

namespace tessera::app {
namespace {

/// QPainter is quickest with its own byte order.
QImage toQImage(const scene::Image& image)
{
    if (image.widthPx <= 0 || image.heightPx <= 0)
        return {};
    const QImage view(image.pixels.data(), image.widthPx, image.heightPx, image.strideBytes,
                      QImage::Format_RGBA8888_Premultiplied);
    return view.convertToFormat(QImage::Format_ARGB32_Premultiplied);
}

class CpuCanvasRenderer final : public CanvasRenderer
{
public:
    QImage render(const scene::DisplayList& list, const scene::View& view, const Color& background) override
    {
        return toQImage(m_renderer.render(list, view, background));
    }
    QString name() const override { return QStringLiteral("CPU"); }

private:
    cpu::Renderer m_renderer;
};

class VulkanCanvasRenderer final : public CanvasRenderer
{
public:
    explicit VulkanCanvasRenderer(std::unique_ptr<vulkan::Renderer> device) : m_device(std::move(device)) {}

    QImage render(const scene::DisplayList& list, const scene::View& view, const Color& background) override
    {
        const strips::Frame frame = m_frames.build(list, view);
        if (m_device) {
            auto image = m_device->compose(frame, background);
            if (image)
                return toQImage(image.value());
            log::warning("canvas", "Vulkan failed, drawing by CPU", {{"error", vulkan::describe(image.error())}});
            if (image.error().code == vulkan::VulkanErrc::deviceLost)
                m_device.reset();
        }
        return toQImage(cpu::compose(frame, background));
    }
    QString name() const override { return m_device ? toQt(m_device->deviceName()) : QStringLiteral("CPU"); }

private:
    strips::FrameBuilder m_frames;
    std::unique_ptr<vulkan::Renderer> m_device;
};

} // namespace

std::unique_ptr<CanvasRenderer> makeCpuRenderer()
{
    return std::make_unique<CpuCanvasRenderer>();
}

Result<std::unique_ptr<CanvasRenderer>, QString> makeVulkanRenderer()
{
    auto device = vulkan::Renderer::create();
    if (!device)
        return fail(toQt(vulkan::describe(device.error())));
    return std::unique_ptr<CanvasRenderer>(std::make_unique<VulkanCanvasRenderer>(std::move(device).value()));
}

} // namespace tessera::app
