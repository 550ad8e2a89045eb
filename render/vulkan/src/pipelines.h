#pragma once

#include "resources.h"

namespace tessera::vulkan {

/// What both shaders read per draw; 16 bytes.
struct Push {
    float pixelToClip[2]{};
    std::uint32_t paint{};
    float opacity = 1;
};

/// How a pipeline's colour meets what is below.
enum class Meeting : std::uint8_t { over, replace, multiplyByAlpha };

/// The pipelines (spans, finished layers, masks, layers with blend modes), their layout, and descriptor sets: set 0 the
/// frame's buffers, sets 1 and 2 an image each. Premultiplied colours.
class Pipelines
{
public:
    static Result<std::unique_ptr<Pipelines>, VulkanError> create(const Device& device);
    ~Pipelines();
    Pipelines(const Pipelines&) = delete;
    Pipelines& operator=(const Pipelines&) = delete;

    [[nodiscard]] VkPipeline spans() const { return m_spans; }
    [[nodiscard]] VkPipeline layers() const { return m_layers; }
    [[nodiscard]] VkPipeline masks() const { return m_masks; }
    [[nodiscard]] VkPipeline blends() const { return m_blends; }
    [[nodiscard]] VkPipelineLayout layout() const { return m_layout; }
    [[nodiscard]] VkDescriptorSet frameSet() const { return m_frameSet; }

    /// Points set 0 at the frame's buffers; only between frames.
    void bindFrameBuffers(VkBuffer alphas, VkBuffer paints, VkBuffer stops) const;
    Result<VkDescriptorSet, VulkanError> makePictureSet(VkImageView view) const;
    void freePictureSet(VkDescriptorSet set) const;

    static constexpr std::uint32_t maxPictures = 1024;

private:
    explicit Pipelines(const Device& device) : m_device(device) {}
    Result<void, VulkanError> createLayouts();
    Result<VkShaderModule, VulkanError> shader(const std::uint32_t* words, std::size_t bytes) const;
    Result<VkPipeline, VulkanError> pipeline(VkShaderModule vertex, VkShaderModule fragment, bool hasInstances, Meeting meeting) const;
    Result<void, VulkanError> createPipelines();

    const Device& m_device;
    VkSampler m_sampler = VK_NULL_HANDLE;
    VkDescriptorSetLayout m_frameLayout = VK_NULL_HANDLE;
    VkDescriptorSetLayout m_pictureLayout = VK_NULL_HANDLE;
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    VkDescriptorPool m_pool = VK_NULL_HANDLE;
    VkDescriptorSet m_frameSet = VK_NULL_HANDLE;
    VkPipeline m_spans = VK_NULL_HANDLE;
    VkPipeline m_layers = VK_NULL_HANDLE;
    VkPipeline m_masks = VK_NULL_HANDLE;
    VkPipeline m_blends = VK_NULL_HANDLE;
};

} // namespace tessera::vulkan
