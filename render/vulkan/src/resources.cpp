#include "resources.h"

#include <algorithm>

namespace tessera::vulkan {

Result<void, VulkanError> Buffer::reserve(VkDeviceSize bytes)
{
    bytes = std::max<VkDeviceSize>(bytes, 256);
    if (bytes <= m_size)
        return {};
    reset();
    VkBufferCreateInfo info{VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
    info.size = bytes + bytes / 2; // grows rarely
    info.usage = m_usage;
    TESSERA_VK(vkCreateBuffer(m_device.handle(), &info, nullptr, &m_buffer));
    VkMemoryRequirements needs;
    vkGetBufferMemoryRequirements(m_device.handle(), m_buffer, &needs);
    TESSERA_TRY(allocation, m_memory.allocate(needs, BlockAllocator::Use::buffer, m_required, m_preferred));
    m_allocation = allocation;
    TESSERA_VK(vkBindBufferMemory(m_device.handle(), m_buffer, m_allocation.memory(), m_allocation.offset));
    m_size = info.size;
    return {};
}

void Buffer::reset()
{
    if (m_buffer)
        vkDestroyBuffer(m_device.handle(), m_buffer, nullptr);
    m_memory.release(m_allocation);
    m_buffer = VK_NULL_HANDLE;
    m_allocation = {};
    m_size = 0;
}

Result<std::unique_ptr<Picture>, VulkanError> Picture::create(const Device& device, BlockAllocator& memory, std::uint32_t widthPx,
                                                              std::uint32_t heightPx, VkImageUsageFlags usage)
{
    std::unique_ptr<Picture> picture(new Picture(device, memory));
    picture->m_widthPx = widthPx;
    picture->m_heightPx = heightPx;
    VkImageCreateInfo info{VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO};
    info.imageType = VK_IMAGE_TYPE_2D;
    info.format = VK_FORMAT_R8G8B8A8_UNORM;
    info.extent = {widthPx, heightPx, 1};
    info.mipLevels = 1;
    info.arrayLayers = 1;
    info.samples = VK_SAMPLE_COUNT_1_BIT;
    info.tiling = VK_IMAGE_TILING_OPTIMAL;
    info.usage = usage;
    TESSERA_VK(vkCreateImage(device.handle(), &info, nullptr, &picture->m_image));
    VkMemoryRequirements needs;
    vkGetImageMemoryRequirements(device.handle(), picture->m_image, &needs);
    TESSERA_TRY(allocation, memory.allocate(needs, BlockAllocator::Use::image, 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT));
    picture->m_allocation = allocation;
    TESSERA_VK(vkBindImageMemory(device.handle(), picture->m_image, allocation.memory(), allocation.offset));
    VkImageViewCreateInfo view{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    view.image = picture->m_image;
    view.viewType = VK_IMAGE_VIEW_TYPE_2D;
    view.format = info.format;
    view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    TESSERA_VK(vkCreateImageView(device.handle(), &view, nullptr, &picture->m_view));
    return picture;
}

Picture::~Picture()
{
    if (m_view)
        vkDestroyImageView(m_device.handle(), m_view, nullptr);
    if (m_image)
        vkDestroyImage(m_device.handle(), m_image, nullptr);
    m_memory.release(m_allocation);
}

void transition(VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to, VkPipelineStageFlags2 stagesBefore,
                VkAccessFlags2 accessBefore, VkPipelineStageFlags2 stagesAfter, VkAccessFlags2 accessAfter)
{
    VkImageMemoryBarrier2 barrier{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2};
    barrier.srcStageMask = stagesBefore;
    barrier.srcAccessMask = accessBefore;
    barrier.dstStageMask = stagesAfter;
    barrier.dstAccessMask = accessAfter;
    barrier.oldLayout = from;
    barrier.newLayout = to;
    barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.image = image;
    barrier.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkDependencyInfo dependency{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
    dependency.imageMemoryBarrierCount = 1;
    dependency.pImageMemoryBarriers = &barrier;
    vkCmdPipelineBarrier2(commands, &dependency);
}

} // namespace tessera::vulkan
