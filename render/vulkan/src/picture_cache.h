#pragma once

#include <unordered_map>

#include "pipelines.h"

namespace tessera::vulkan {

/// Images of frames on the device, by pointer: a held ImageRef never changes. Uploads go through one staging buffer in
/// the frame's own command buffer. Images unused for many frames leave when room is wanted.
class PictureCache
{
public:
    PictureCache(const Device& device, BlockAllocator& memory, const Pipelines& pipelines);
    ~PictureCache();
    PictureCache(const PictureCache&) = delete;
    PictureCache& operator=(const PictureCache&) = delete;

    /// Makes every image of the frame resident, recording the uploads it takes. Errors: tooLarge, outOfMemory, other.
    Result<void, VulkanError> prepare(VkCommandBuffer commands, const std::vector<scene::ImageRef>& images, std::uint64_t frameNumber);
    [[nodiscard]] std::size_t lastUploadBytes() const { return m_uploadBytes; } ///< of the last prepare()
    /// Forgets everything: after a prepare() that failed, whose uploads were never submitted.
    void clear();
    /// Of an image that prepare() has seen; a 1 x 1 transparent one for null.
    [[nodiscard]] VkDescriptorSet descriptor(const scene::ImageRef& image) const;

private:
    struct Entry {
        scene::ImageRef source; ///< keeps the key alive
        std::unique_ptr<Picture> picture;
    };
    void evict(std::uint64_t frameNumber, std::size_t wantedPlaces);

    const Device& m_device;
    BlockAllocator& m_memory;
    const Pipelines& m_pipelines;
    Buffer m_staging;
    std::size_t m_uploadBytes = 0;
    scene::ImageRef m_blank;
    std::unordered_map<const scene::Image*, Entry> m_entries;
};

} // namespace tessera::vulkan
