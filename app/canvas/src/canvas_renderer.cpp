#include <app/canvas/canvas_renderer.h>

#include <app/models/qt_convert.h>
#include <core/base/log.h>
#include <render/cpu/renderer.h>
#include <render/strips/frame.h>
#include <render/vulkan/renderer.h>

namespace tessera::app {
namespace {

static_assert(Q_BYTE_ORDER == Q_LITTLE_ENDIAN, "ARGB32 is blue, green, red, alpha");

/// QPainter is quickest with its own byte order.
scene::Image inPainterOrder(scene::Image image)
{
    for (std::size_t i = 0; i + 3 < image.pixels.size(); i += 4)
        std::swap(image.pixels[i], image.pixels[i + 2]);
    return image;
}

class CpuCanvasRenderer final : public CanvasRenderer
{
public:
    scene::Image draw(const scene::DisplayList& list, const scene::View& view, const strips::PixelRect& region,
                      const Color& background) override
    {
        return inPainterOrder(m_renderer.renderRegion(list, view, region, background));
    }
    QString name() const override { return QStringLiteral("CPU"); }

private:
    cpu::Renderer m_renderer;
};

class VulkanCanvasRenderer final : public CanvasRenderer
{
public:
    explicit VulkanCanvasRenderer(std::unique_ptr<vulkan::Renderer> device) : m_device(std::move(device)) {}

    scene::Image draw(const scene::DisplayList& list, const scene::View& view, const strips::PixelRect& region,
                      const Color& background) override
    {
        strips::Frame frame = m_frames.build(list, view, region);
        scene::Image image = compose(frame, background);
        m_frames.recycle(std::move(frame));
        return inPainterOrder(std::move(image));
    }
    QString name() const override { return m_device ? toQt(m_device->deviceName()) : QStringLiteral("CPU"); }

private:
    scene::Image compose(const strips::Frame& frame, const Color& background)
    {
        if (m_device) {
            auto image = m_device->compose(frame, background);
            if (image)
                return std::move(image).value();
            log::warning("canvas", "Vulkan failed, drawing by CPU", {{"error", vulkan::describe(image.error())}});
            if (image.error().code == vulkan::VulkanErrc::deviceLost)
                m_device.reset();
        }
        return cpu::compose(frame, background);
    }

    strips::FrameBuilder m_frames;
    std::unique_ptr<vulkan::Renderer> m_device;
};

} // namespace

QImage CanvasRenderer::render(const scene::DisplayList& list, const scene::View& view, const Color& background)
{
    const scene::Image image = draw(list, view, {0, 0, view.widthPx, view.heightPx}, background);
    if (image.widthPx <= 0 || image.heightPx <= 0)
        return {};
    return QImage(image.pixels.data(), image.widthPx, image.heightPx, image.strideBytes, QImage::Format_ARGB32_Premultiplied).copy();
}

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
