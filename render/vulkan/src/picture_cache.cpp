#include "picture_cache.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace tessera::vulkan {
namespace {

/// Room for the nested layers' own descriptors beside the images.
constexpr std::size_t maxCachedPictures = Pipelines::maxPictures - 64;
constexpr std::uint64_t keepFrames = 120;

} // namespace

PictureCache::PictureCache(const Device& device, BlockAllocator& memory, const Pipelines& pipelines)
    : m_device(device), m_memory(memory), m_pipelines(pipelines),
      m_staging(device, memory, VK_BUFFER_USAGE_TRANSFER_SRC_BIT, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT, 0),
      m_blank(std::make_shared<scene::Image>(scene::Image::blank(1, 1)))
{
}

PictureCache::~PictureCache() { clear(); }

void PictureCache::clear()
{
    for (const auto& [source, entry] : m_entries)
        m_pipelines.freePictureSet(entry.picture->descriptor);
    m_entries.clear();
}

Result<void, VulkanError> PictureCache::prepare(VkCommandBuffer commands, const std::vector<scene::ImageRef>& images, std::uint64_t frameNumber)
{
    std::vector<scene::ImageRef> wanted{m_blank};
    wanted.insert(wanted.end(), images.begin(), images.end());
    std::vector<scene::ImageRef> missing;
    VkDeviceSize bytes = 0;
    m_uploadBytes = 0;
    const std::uint32_t limit = m_device.properties().limits.maxImageDimension2D;
    for (const scene::ImageRef& image : wanted) {
        if (!image || image->widthPx <= 0 || image->heightPx <= 0)
            continue;
        if (const auto known = m_entries.find(image.get()); known != m_entries.end()) {
            known->second.picture->lastUsedFrame = frameNumber;
            continue;
        }
        if (std::find(missing.begin(), missing.end(), image) != missing.end())
            continue;
        if (static_cast<std::uint32_t>(std::max(image->widthPx, image->heightPx)) > limit)
            return fail(VulkanError{VulkanErrc::tooLarge, "image", std::to_string(image->widthPx) + " x " + std::to_string(image->heightPx)});
        missing.push_back(image);
        bytes += static_cast<VkDeviceSize>(image->widthPx) * static_cast<VkDeviceSize>(image->heightPx) * 4;
    }
    if (missing.empty())
        return {};
    evict(frameNumber, missing.size());
    if (m_entries.size() + missing.size() > maxCachedPictures)
        return fail(VulkanError{VulkanErrc::tooLarge, "images in one frame", std::to_string(missing.size())});
    TESSERA_CHECK(m_staging.reserve(bytes));
    VkDeviceSize at = 0;
    for (const scene::ImageRef& image : missing) {
        const auto width = static_cast<std::uint32_t>(image->widthPx), height = static_cast<std::uint32_t>(image->heightPx);
        TESSERA_TRY(picture, Picture::create(m_device, m_memory, width, height, VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_SAMPLED_BIT));
        TESSERA_TRY(descriptor, m_pipelines.makePictureSet(picture->view()));
        picture->descriptor = descriptor;
        picture->lastUsedFrame = frameNumber;
        const std::size_t rowBytes = std::size_t{width} * 4;
        for (int y = 0; y < image->heightPx; ++y)
            std::memcpy(m_staging.mapped() + at + static_cast<std::size_t>(y) * rowBytes, image->row(y), rowBytes);
        transition(commands, picture->image(), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_PIPELINE_STAGE_2_NONE, 0,
                   VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT);
        VkBufferImageCopy copy{};
        copy.bufferOffset = at;
        copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
        copy.imageExtent = {width, height, 1};
        vkCmdCopyBufferToImage(commands, m_staging.handle(), picture->image(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
        transition(commands, picture->image(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_2_COPY_BIT,
                   VK_ACCESS_2_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_SHADER_SAMPLED_READ_BIT);
        at += rowBytes * height;
        m_entries[image.get()] = {image, std::move(picture)};
    }
    m_uploadBytes = bytes;
    return {};
}

VkDescriptorSet PictureCache::descriptor(const scene::ImageRef& image) const
{
    const auto found = m_entries.find(image ? image.get() : m_blank.get());
    return found == m_entries.end() ? m_entries.at(m_blank.get()).picture->descriptor : found->second.picture->descriptor;
}

void PictureCache::evict(std::uint64_t frameNumber, std::size_t wantedPlaces)
{
    const bool full = m_entries.size() + wantedPlaces > maxCachedPictures;
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        const std::uint64_t age = frameNumber - entry->second.picture->lastUsedFrame;
        if (age > (full ? 0 : keepFrames)) {
            m_pipelines.freePictureSet(entry->second.picture->descriptor);
            entry = m_entries.erase(entry);
        } else {
            ++entry;
        }
    }
}

} // namespace tessera::vulkan
