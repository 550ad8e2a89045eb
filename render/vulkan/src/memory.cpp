#include "memory.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace tessera::vulkan {
namespace {

constexpr VkDeviceSize blockBytes = VkDeviceSize{32} << 20;

VkDeviceSize alignedUp(VkDeviceSize value, VkDeviceSize alignment) { return (value + alignment - 1) / alignment * alignment; }

} // namespace

VkDeviceMemory BlockAllocator::Allocation::memory() const { return block->memory; }

BlockAllocator::~BlockAllocator()
{
    for (const Block& block : m_blocks)
        vkFreeMemory(m_device.handle(), block.memory, nullptr);
}

Result<BlockAllocator::Allocation, VulkanError> BlockAllocator::allocate(const VkMemoryRequirements& needs, Use use,
                                                                         VkMemoryPropertyFlags required, VkMemoryPropertyFlags preferred)
{
    std::optional<std::uint32_t> type;
    int best = -1;
    const VkPhysicalDeviceMemoryProperties& memory = m_device.memoryProperties();
    for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
        const VkMemoryPropertyFlags flags = memory.memoryTypes[i].propertyFlags;
        if (!(needs.memoryTypeBits >> i & 1) || (flags & required) != required)
            continue;
        if (const int score = std::popcount(flags & preferred); score > best) {
            best = score;
            type = i;
        }
    }
    if (!type)
        return fail(VulkanError{VulkanErrc::outOfMemory, "memory types", "none fits"});
    for (Block& block : m_blocks)
        if (block.type == *type && block.use == use)
            if (const auto taken = takeFrom(block, needs))
                return *taken;
    TESSERA_TRY(block, addBlock(std::max(blockBytes, needs.size), *type, use));
    return *takeFrom(*block, needs);
}

std::optional<BlockAllocator::Allocation> BlockAllocator::takeFrom(Block& block, const VkMemoryRequirements& needs) const
{
    for (const auto& [offset, size] : block.free) {
        const VkDeviceSize start = alignedUp(offset, needs.alignment);
        if (start + needs.size > offset + size)
            continue;
        const VkDeviceSize freeOffset = offset, freeEnd = offset + size;
        block.free.erase(freeOffset);
        if (start > freeOffset)
            block.free[freeOffset] = start - freeOffset;
        if (start + needs.size < freeEnd)
            block.free[start + needs.size] = freeEnd - start - needs.size;
        return Allocation{&block, start, needs.size, block.mapped ? block.mapped + start : nullptr};
    }
    return std::nullopt;
}

Result<BlockAllocator::Block*, VulkanError> BlockAllocator::addBlock(VkDeviceSize size, std::uint32_t type, Use use)
{
    Block block;
    block.size = size;
    block.type = type;
    block.use = use;
    VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
    info.allocationSize = size;
    info.memoryTypeIndex = type;
    TESSERA_VK(vkAllocateMemory(m_device.handle(), &info, nullptr, &block.memory));
    if (m_device.memoryProperties().memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) {
        void* mapped = nullptr;
        if (const VkResult result = vkMapMemory(m_device.handle(), block.memory, 0, VK_WHOLE_SIZE, 0, &mapped); result != VK_SUCCESS) {
            vkFreeMemory(m_device.handle(), block.memory, nullptr);
            return fail(errorOf(result, "vkMapMemory"));
        }
        block.mapped = static_cast<std::byte*>(mapped);
    }
    block.free[0] = size;
    m_blocks.push_back(std::move(block));
    return &m_blocks.back();
}

void BlockAllocator::release(const Allocation& allocation)
{
    if (!allocation.block)
        return;
    Block& block = *allocation.block;
    auto at = block.free.emplace(allocation.offset, allocation.size).first;
    if (const auto next = std::next(at); next != block.free.end() && at->first + at->second == next->first) {
        at->second += next->second;
        block.free.erase(next);
    }
    if (at != block.free.begin()) {
        if (const auto previous = std::prev(at); previous->first + previous->second == at->first) {
            previous->second += at->second;
            block.free.erase(at);
        }
    }
    if (block.free.size() == 1 && block.free.begin()->second == block.size) {
        vkFreeMemory(m_device.handle(), block.memory, nullptr);
        m_blocks.remove_if([&](const Block& candidate) { return &candidate == &block; });
    }
}

} // namespace tessera::vulkan
