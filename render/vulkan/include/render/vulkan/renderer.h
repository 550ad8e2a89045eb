#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <core/base/color.h>
#include <core/base/result.h>
#include <render/scene/image.h>
#include <render/strips/frame.h>

/// The Vulkan back end: the same strips::Frame as the CPU back end, composed on a GPU and read back. Vulkan 1.3 with
/// dynamic rendering; no MSAA, no stencil, no bindless, no compute. The loader is opened at run time, so a machine
/// without Vulkan gets an error value and takes the CPU back end.
namespace tessera::vulkan {

enum class VulkanErrc : std::uint8_t {
    noLoader = 1,    ///< no libvulkan on this machine
    noDevice = 2,    ///< no driver or no device with Vulkan 1.3, dynamic rendering and a graphics queue
    outOfMemory = 3,
    deviceLost = 4,  ///< make a new Renderer, or go on with the CPU
    tooLarge = 5,    ///< the frame passes a limit of the device
    other = 6,
};
using VulkanError = ErrorOf<VulkanErrc>;
[[nodiscard]] std::string describe(const VulkanError& error);

struct Options {
    /// Turns on VK_LAYER_KHRONOS_validation where it is installed.
    bool validation = false;
    /// Validation messages; called on the thread that renders.
    std::function<void(std::string_view message)> onMessage;
};

/// One device, one frame in flight. One thread at a time.
class Renderer
{
public:
    /// Prefers a discrete GPU, then an integrated one, then software. Errors: noLoader, noDevice, outOfMemory, other.
    static Result<std::unique_ptr<Renderer>, VulkanError> create(const Options& options = {});
    ~Renderer();
    Renderer(const Renderer&) = delete;
    Renderer& operator=(const Renderer&) = delete;

    [[nodiscard]] const std::string& deviceName() const;
    [[nodiscard]] bool isSoftware() const;  ///< the device is a CPU
    [[nodiscard]] bool isValidating() const; ///< the validation layer is really there

    /// Composes onto `background` (unpremultiplied). Blocks until the pixels are read back. Errors: tooLarge,
    /// outOfMemory, deviceLost, other; the Renderer stays usable after all but deviceLost.
    Result<scene::Image, VulkanError> compose(const strips::Frame& frame, const Color& background = {0, 0, 0, 0});
    /// What the last compose() copied to the device: strips, paints, and images that were not there yet. 0 when the CPU
    /// drew the frame.
    [[nodiscard]] std::size_t lastUploadBytes() const;

private:
    struct Impl;
    explicit Renderer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace tessera::vulkan
