#include "device.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace tessera::vulkan {
namespace {

constexpr const char* validationLayer = "VK_LAYER_KHRONOS_validation";

bool hasLayer(const char* name)
{
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    return std::any_of(layers.begin(), layers.end(), [&](const auto& layer) { return std::strcmp(layer.layerName, name) == 0; });
}

VKAPI_ATTR VkBool32 VKAPI_CALL forwardMessage(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                              const VkDebugUtilsMessengerCallbackDataEXT* data, void* user)
{
    const auto& onMessage = static_cast<const Options*>(user)->onMessage;
    if (onMessage)
        onMessage(data->pMessage);
    return VK_FALSE;
}

int preference(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return 4;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return 3;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return 2;
    default: return 1;
    }
}

} // namespace

VulkanError errorOf(VkResult result, const char* where)
{
    VulkanErrc code = VulkanErrc::other;
    if (result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY)
        code = VulkanErrc::outOfMemory;
    else if (result == VK_ERROR_DEVICE_LOST)
        code = VulkanErrc::deviceLost;
    else if (result == VK_ERROR_INCOMPATIBLE_DRIVER || result == VK_ERROR_INITIALIZATION_FAILED)
        code = VulkanErrc::noDevice;
    return {code, where, "VkResult " + std::to_string(result)};
}

std::string describe(const VulkanError& error)
{
    std::string text;
    switch (error.code) {
    case VulkanErrc::noLoader: text = "Vulkan is not installed"; break;
    case VulkanErrc::noDevice: text = "no usable Vulkan 1.3 device"; break;
    case VulkanErrc::outOfMemory: text = "the graphics device is out of memory"; break;
    case VulkanErrc::deviceLost: text = "the graphics device was lost"; break;
    case VulkanErrc::tooLarge: text = "the picture passes a limit of the graphics device"; break;
    case VulkanErrc::other: text = "a graphics call failed"; break;
    }
    return text + " (" + error.where + (error.detail.empty() ? "" : ": " + error.detail) + ")";
}

Result<std::unique_ptr<Device>, VulkanError> Device::create(const Options& options)
{
    if (volkInitialize() != VK_SUCCESS)
        return fail(VulkanError{VulkanErrc::noLoader, "libvulkan.so.1", "not found"});
    std::unique_ptr<Device> device(new Device(options));
    TESSERA_CHECK(device->createInstance());
    TESSERA_CHECK(device->pickPhysicalDevice());
    TESSERA_CHECK(device->createDevice());
    return device;
}

Device::~Device()
{
    if (m_device)
        vkDestroyDevice(m_device, nullptr);
    if (m_messenger)
        vkDestroyDebugUtilsMessengerEXT(m_instance, m_messenger, nullptr);
    if (m_instance)
        vkDestroyInstance(m_instance, nullptr);
}

Result<void, VulkanError> Device::createInstance()
{
    if (volkGetInstanceVersion() < VK_API_VERSION_1_3)
        return fail(VulkanError{VulkanErrc::noDevice, "libvulkan.so.1", "older than 1.3"});
    VkApplicationInfo application{VK_STRUCTURE_TYPE_APPLICATION_INFO};
    application.pApplicationName = "Tessera";
    application.apiVersion = VK_API_VERSION_1_3;
    VkInstanceCreateInfo info{VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    info.pApplicationInfo = &application;
    const char* extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
    const bool validate = m_options.validation && hasLayer(validationLayer);
    if (validate) {
        info.enabledLayerCount = 1;
        info.ppEnabledLayerNames = &validationLayer;
        info.enabledExtensionCount = 1;
        info.ppEnabledExtensionNames = &extension;
    }
    TESSERA_VK(vkCreateInstance(&info, nullptr, &m_instance));
    // Instance-level entry points serve every device; nothing here is hot enough for per-device ones.
    volkLoadInstance(m_instance);
    if (!validate)
        return {};
    VkDebugUtilsMessengerCreateInfoEXT messenger{VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
    messenger.messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
    messenger.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT;
    messenger.pfnUserCallback = forwardMessage;
    messenger.pUserData = &m_options;
    TESSERA_VK(vkCreateDebugUtilsMessengerEXT(m_instance, &messenger, nullptr, &m_messenger));
    return {};
}

bool Device::isUsable(VkPhysicalDevice candidate, std::uint32_t& queueFamily) const
{
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(candidate, &properties);
    if (properties.apiVersion < VK_API_VERSION_1_3)
        return false;
    VkPhysicalDeviceVulkan13Features features13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    VkPhysicalDeviceFeatures2 features{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, &features13};
    vkGetPhysicalDeviceFeatures2(candidate, &features);
    if (!features13.dynamicRendering || !features13.synchronization2)
        return false;
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(candidate, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(candidate, &count, families.data());
    for (std::uint32_t i = 0; i < count; ++i) {
        if (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT) {
            queueFamily = i;
            return true;
        }
    }
    return false;
}

Result<void, VulkanError> Device::pickPhysicalDevice()
{
    std::uint32_t count = 0;
    TESSERA_VK(vkEnumeratePhysicalDevices(m_instance, &count, nullptr));
    std::vector<VkPhysicalDevice> candidates(count);
    TESSERA_VK(vkEnumeratePhysicalDevices(m_instance, &count, candidates.data()));
    int best = 0;
    for (const VkPhysicalDevice candidate : candidates) {
        std::uint32_t queueFamily = 0;
        if (!isUsable(candidate, queueFamily))
            continue;
        VkPhysicalDeviceProperties properties;
        vkGetPhysicalDeviceProperties(candidate, &properties);
        if (preference(properties.deviceType) > best) {
            best = preference(properties.deviceType);
            m_physical = candidate;
            m_queueFamily = queueFamily;
            m_properties = properties;
        }
    }
    if (!m_physical)
        return fail(VulkanError{VulkanErrc::noDevice, "vkEnumeratePhysicalDevices", std::to_string(count) + " devices, none fits"});
    vkGetPhysicalDeviceMemoryProperties(m_physical, &m_memory);
    return {};
}

Result<void, VulkanError> Device::createDevice()
{
    const float priority = 1;
    VkDeviceQueueCreateInfo queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
    queue.queueFamilyIndex = m_queueFamily;
    queue.queueCount = 1;
    queue.pQueuePriorities = &priority;
    VkPhysicalDeviceVulkan13Features features13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    features13.dynamicRendering = VK_TRUE;
    features13.synchronization2 = VK_TRUE;
    VkDeviceCreateInfo info{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &features13};
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queue;
    TESSERA_VK(vkCreateDevice(m_physical, &info, nullptr, &m_device));
    vkGetDeviceQueue(m_device, m_queueFamily, 0, &m_queue);
    return {};
}

} // namespace tessera::vulkan
