#pragma once

#include <functional>
#include <memory>
#include <string>

#define VK_NO_PROTOTYPES
#include <vulkan/vulkan.h>

#include <volk.h>

#include <render/vulkan/renderer.h>

namespace tessera::vulkan {

[[nodiscard]] VulkanError errorOf(VkResult result, const char* where);

/// Returns the error of a failed Vulkan call from the enclosing function.
#define TESSERA_VK(call)                                                                           \
    do {                                                                                           \
        if (const VkResult vkResult_ = (call); vkResult_ != VK_SUCCESS)                            \
            return ::tessera::fail(::tessera::vulkan::errorOf(vkResult_, #call));                  \
    } while (false)

/// Instance, device and graphics queue; outlives everything made from it.
class Device
{
public:
    static Result<std::unique_ptr<Device>, VulkanError> create(const Options& options);
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] VkDevice handle() const { return m_device; }
    [[nodiscard]] VkQueue queue() const { return m_queue; }
    [[nodiscard]] std::uint32_t queueFamily() const { return m_queueFamily; }
    [[nodiscard]] const VkPhysicalDeviceProperties& properties() const { return m_properties; }
    [[nodiscard]] const VkPhysicalDeviceMemoryProperties& memoryProperties() const { return m_memory; }
    [[nodiscard]] bool isValidating() const { return m_messenger != VK_NULL_HANDLE; }

private:
    explicit Device(Options options) : m_options(std::move(options)) {}
    Result<void, VulkanError> createInstance();
    Result<void, VulkanError> pickPhysicalDevice();
    Result<void, VulkanError> createDevice();
    [[nodiscard]] bool isUsable(VkPhysicalDevice candidate, std::uint32_t& queueFamily) const;

    Options m_options;
    VkInstance m_instance = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
    VkPhysicalDevice m_physical = VK_NULL_HANDLE;
    VkDevice m_device = VK_NULL_HANDLE;
    VkQueue m_queue = VK_NULL_HANDLE;
    std::uint32_t m_queueFamily = 0;
    VkPhysicalDeviceProperties m_properties{};
    VkPhysicalDeviceMemoryProperties m_memory{};
};

} // namespace tessera::vulkan
