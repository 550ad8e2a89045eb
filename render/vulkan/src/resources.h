#pragma once

#include "memory.h"

namespace tessera::vulkan {

/// A buffer that grows; content is lost when it does. Released by its destructor.
class Buffer
{
public:
    Buffer(const Device& device, BlockAllocator& memory, VkBufferUsageFlags usage, VkMemoryPropertyFlags required, VkMemoryPropertyFlags preferred)
        : m_device(device), m_memory(memory), m_usage(usage), m_required(required), m_preferred(preferred)
    {
    }
    ~Buffer() { reset(); }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;

    Result<void, VulkanError> reserve(VkDeviceSize bytes);
    [[nodiscard]] VkBuffer handle() const { return m_buffer; }
    [[nodiscard]] std::byte* mapped() const { return m_allocation.mapped; }

private:
    void reset();
    const Device& m_device;
    BlockAllocator& m_memory;
    VkBufferUsageFlags m_usage;
    VkMemoryPropertyFlags m_required, m_preferred;
    VkBuffer m_buffer = VK_NULL_HANDLE;
    VkDeviceSize m_size = 0;
    BlockAllocator::Allocation m_allocation;
};

/// An RGBA8 image with its view, in device-local memory.
class Picture
{
public:
    static Result<std::unique_ptr<Picture>, VulkanError> create(const Device& device, BlockAllocator& memory, std::uint32_t widthPx,
                                                                std::uint32_t heightPx, VkImageUsageFlags usage);
    ~Picture();
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    [[nodiscard]] VkImage image() const { return m_image; }
    [[nodiscard]] VkImageView view() const { return m_view; }
    [[nodiscard]] std::uint32_t widthPx() const { return m_widthPx; }
    [[nodiscard]] std::uint32_t heightPx() const { return m_heightPx; }

    VkDescriptorSet descriptor = VK_NULL_HANDLE; ///< set by the pipelines' owner
    std::uint64_t lastUsedFrame = 0;

private:
    Picture(const Device& device, BlockAllocator& memory) : m_device(device), m_memory(memory) {}
    const Device& m_device;
    BlockAllocator& m_memory;
    VkImage m_image = VK_NULL_HANDLE;
    VkImageView m_view = VK_NULL_HANDLE;
    BlockAllocator::Allocation m_allocation;
    std::uint32_t m_widthPx = 0, m_heightPx = 0;
};

/// One image's layout and access change, with the stages before and after.
void transition(VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to, VkPipelineStageFlags2 stagesBefore,
                VkAccessFlags2 accessBefore, VkPipelineStageFlags2 stagesAfter, VkAccessFlags2 accessAfter);

} // namespace tessera::vulkan
