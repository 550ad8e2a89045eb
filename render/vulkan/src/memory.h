#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include "device.h"

namespace tessera::vulkan {

/// Device memory in blocks of 32 MiB, first fit; larger requests get a block of their own. Buffers and images live in
/// different blocks, so bufferImageGranularity never matters. Blocks that are empty go back to the driver.
class BlockAllocator
{
public:
    enum class Use { buffer, image };
    struct Block;
    struct Allocation {
        Block* block = nullptr;
        VkDeviceSize offset = 0;
        VkDeviceSize size = 0;
        std::byte* mapped = nullptr; ///< of host-visible memory: where it lies
        [[nodiscard]] VkDeviceMemory memory() const;
    };

    explicit BlockAllocator(const Device& device) : m_device(device) {}
    ~BlockAllocator();
    BlockAllocator(const BlockAllocator&) = delete;
    BlockAllocator& operator=(const BlockAllocator&) = delete;

    /// Memory with all `required` and, where there is a choice, `preferred` properties.
    Result<Allocation, VulkanError> allocate(const VkMemoryRequirements& needs, Use use, VkMemoryPropertyFlags required,
                                             VkMemoryPropertyFlags preferred = 0);
    void release(const Allocation& allocation);

    struct Block {
        VkDeviceMemory memory = VK_NULL_HANDLE;
        VkDeviceSize size = 0;
        std::uint32_t type = 0;
        Use use = Use::buffer;
        std::byte* mapped = nullptr;
        std::map<VkDeviceSize, VkDeviceSize> free; ///< offset to size, never touching
    };

private:
    [[nodiscard]] std::optional<Allocation> takeFrom(Block& block, const VkMemoryRequirements& needs) const;
    Result<Block*, VulkanError> addBlock(VkDeviceSize size, std::uint32_t type, Use use);

    const Device& m_device;
    std::list<Block> m_blocks;
};

} // namespace tessera::vulkan
