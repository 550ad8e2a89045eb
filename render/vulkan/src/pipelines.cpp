#include "pipelines.h"

#include <array>
#include <span>
#include <cstddef>

#include <render/strips/frame.h>

namespace tessera::vulkan {
namespace {

constexpr std::uint32_t spanVertexShader[] = {
#include "span.vert.inc"
};
constexpr std::uint32_t spanFragmentShader[] = {
#include "span.frag.inc"
};
constexpr std::uint32_t layerVertexShader[] = {
#include "layer.vert.inc"
};
constexpr std::uint32_t layerFragmentShader[] = {
#include "layer.frag.inc"
};
constexpr std::uint32_t maskFragmentShader[] = {
#include "mask.frag.inc"
};
constexpr std::uint32_t blendFragmentShader[] = {
#include "blend.frag.inc"
};

} // namespace

Result<std::unique_ptr<Pipelines>, VulkanError> Pipelines::create(const Device& device)
{
    std::unique_ptr<Pipelines> pipelines(new Pipelines(device));
    TESSERA_CHECK(pipelines->createLayouts());
    TESSERA_CHECK(pipelines->createPipelines());
    return pipelines;
}

Result<void, VulkanError> Pipelines::createPipelines()
{
    struct Wanted {
        VkPipeline* pipeline;
        std::span<const std::uint32_t> vertex, fragment;
        bool hasInstances;
        Meeting meeting;
    };
    const Wanted all[] = {{&m_spans, spanVertexShader, spanFragmentShader, true, Meeting::over},
                          {&m_layers, layerVertexShader, layerFragmentShader, false, Meeting::over},
                          {&m_masks, layerVertexShader, maskFragmentShader, false, Meeting::multiplyByAlpha},
                          {&m_blends, layerVertexShader, blendFragmentShader, false, Meeting::replace}};
    for (const Wanted& wanted : all) {
        TESSERA_TRY(vertex, shader(wanted.vertex.data(), wanted.vertex.size_bytes()));
        auto fragment = shader(wanted.fragment.data(), wanted.fragment.size_bytes());
        auto made = fragment ? pipeline(vertex, fragment.value(), wanted.hasInstances, wanted.meeting)
                             : Result<VkPipeline, VulkanError>(fail(VulkanError(fragment.error())));
        vkDestroyShaderModule(m_device.handle(), vertex, nullptr);
        if (fragment)
            vkDestroyShaderModule(m_device.handle(), fragment.value(), nullptr);
        if (!made)
            return fail(std::move(made).error());
        *wanted.pipeline = made.value();
    }
    return {};
}

Pipelines::~Pipelines()
{
    const VkDevice device = m_device.handle();
    vkDestroyPipeline(device, m_spans, nullptr);
    vkDestroyPipeline(device, m_layers, nullptr);
    vkDestroyPipeline(device, m_masks, nullptr);
    vkDestroyPipeline(device, m_blends, nullptr);
    vkDestroyDescriptorPool(device, m_pool, nullptr);
    vkDestroyPipelineLayout(device, m_layout, nullptr);
    vkDestroyDescriptorSetLayout(device, m_pictureLayout, nullptr);
    vkDestroyDescriptorSetLayout(device, m_frameLayout, nullptr);
    vkDestroySampler(device, m_sampler, nullptr);
}

Result<void, VulkanError> Pipelines::createLayouts()
{
    const VkDevice device = m_device.handle();
    VkSamplerCreateInfo sampler{VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO}; // the shaders fetch texels; nothing is filtered here
    TESSERA_VK(vkCreateSampler(device, &sampler, nullptr, &m_sampler));

    std::array<VkDescriptorSetLayoutBinding, 3> buffers{};
    for (std::uint32_t i = 0; i < buffers.size(); ++i)
        buffers[i] = {i, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_FRAGMENT_BIT, nullptr};
    VkDescriptorSetLayoutCreateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
    info.bindingCount = buffers.size();
    info.pBindings = buffers.data();
    TESSERA_VK(vkCreateDescriptorSetLayout(device, &info, nullptr, &m_frameLayout));
    const VkDescriptorSetLayoutBinding picture{0, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 1, VK_SHADER_STAGE_FRAGMENT_BIT, nullptr};
    info.bindingCount = 1;
    info.pBindings = &picture;
    TESSERA_VK(vkCreateDescriptorSetLayout(device, &info, nullptr, &m_pictureLayout));

    const VkDescriptorSetLayout layouts[] = {m_frameLayout, m_pictureLayout, m_pictureLayout};
    const VkPushConstantRange push{VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof(Push)};
    VkPipelineLayoutCreateInfo layout{VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
    layout.setLayoutCount = 3;
    layout.pSetLayouts = layouts;
    layout.pushConstantRangeCount = 1;
    layout.pPushConstantRanges = &push;
    TESSERA_VK(vkCreatePipelineLayout(device, &layout, nullptr, &m_layout));

    const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 3}, {VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, maxPictures}};
    VkDescriptorPoolCreateInfo pool{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO};
    pool.flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT;
    pool.maxSets = maxPictures + 1;
    pool.poolSizeCount = 2;
    pool.pPoolSizes = sizes;
    TESSERA_VK(vkCreateDescriptorPool(device, &pool, nullptr, &m_pool));
    VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
    allocate.descriptorPool = m_pool;
    allocate.descriptorSetCount = 1;
    allocate.pSetLayouts = &m_frameLayout;
    TESSERA_VK(vkAllocateDescriptorSets(device, &allocate, &m_frameSet));
    return {};
}

Result<VkShaderModule, VulkanError> Pipelines::shader(const std::uint32_t* words, std::size_t bytes) const
{
    VkShaderModuleCreateInfo info{VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
    info.codeSize = bytes;
    info.pCode = words;
    VkShaderModule module = VK_NULL_HANDLE;
    TESSERA_VK(vkCreateShaderModule(m_device.handle(), &info, nullptr, &module));
    return module;
}

Result<VkPipeline, VulkanError> Pipelines::pipeline(VkShaderModule vertex, VkShaderModule fragment, bool hasInstances, Meeting meeting) const
{
    std::array<VkPipelineShaderStageCreateInfo, 2> stages{};
    for (auto& stage : stages)
        stage = {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO};
    stages[0].stage = VK_SHADER_STAGE_VERTEX_BIT;
    stages[0].module = vertex;
    stages[0].pName = "main";
    stages[1].stage = VK_SHADER_STAGE_FRAGMENT_BIT;
    stages[1].module = fragment;
    stages[1].pName = "main";

    // strips::Span as it is: x, y, width, alphaColumn.
    using strips::Span;
    const VkVertexInputBindingDescription binding{0, sizeof(Span), VK_VERTEX_INPUT_RATE_INSTANCE};
    const std::array<VkVertexInputAttributeDescription, 3> attributes{{
        {0, 0, VK_FORMAT_R32G32_SINT, offsetof(Span, x)},
        {1, 0, VK_FORMAT_R32_UINT, offsetof(Span, width)},
        {2, 0, VK_FORMAT_R32_UINT, offsetof(Span, alphaColumn)},
    }};
    VkPipelineVertexInputStateCreateInfo input{VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO};
    if (hasInstances) {
        input.vertexBindingDescriptionCount = 1;
        input.pVertexBindingDescriptions = &binding;
        input.vertexAttributeDescriptionCount = attributes.size();
        input.pVertexAttributeDescriptions = attributes.data();
    }
    VkPipelineInputAssemblyStateCreateInfo assembly{VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO};
    assembly.topology = hasInstances ? VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP : VK_PRIMITIVE_TOPOLOGY_TRIANGLE_LIST;
    VkPipelineViewportStateCreateInfo viewport{VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO};
    viewport.viewportCount = 1;
    viewport.scissorCount = 1;
    VkPipelineRasterizationStateCreateInfo raster{VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO};
    raster.polygonMode = VK_POLYGON_MODE_FILL;
    raster.cullMode = VK_CULL_MODE_NONE;
    raster.lineWidth = 1;
    VkPipelineMultisampleStateCreateInfo samples{VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO};
    samples.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT;
    const bool masks = meeting == Meeting::multiplyByAlpha;
    VkPipelineColorBlendAttachmentState over{};
    over.blendEnable = meeting == Meeting::replace ? VK_FALSE : VK_TRUE;
    over.srcColorBlendFactor = over.srcAlphaBlendFactor = masks ? VK_BLEND_FACTOR_ZERO : VK_BLEND_FACTOR_ONE;
    over.dstColorBlendFactor = over.dstAlphaBlendFactor = masks ? VK_BLEND_FACTOR_SRC_ALPHA : VK_BLEND_FACTOR_ONE_MINUS_SRC_ALPHA;
    over.colorBlendOp = over.alphaBlendOp = VK_BLEND_OP_ADD;
    over.colorWriteMask = VK_COLOR_COMPONENT_R_BIT | VK_COLOR_COMPONENT_G_BIT | VK_COLOR_COMPONENT_B_BIT | VK_COLOR_COMPONENT_A_BIT;
    VkPipelineColorBlendStateCreateInfo blend{VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO};
    blend.attachmentCount = 1;
    blend.pAttachments = &over;
    const VkDynamicState dynamicStates[] = {VK_DYNAMIC_STATE_VIEWPORT, VK_DYNAMIC_STATE_SCISSOR};
    VkPipelineDynamicStateCreateInfo dynamic{VK_STRUCTURE_TYPE_PIPELINE_DYNAMIC_STATE_CREATE_INFO};
    dynamic.dynamicStateCount = 2;
    dynamic.pDynamicStates = dynamicStates;
    const VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;
    VkPipelineRenderingCreateInfo rendering{VK_STRUCTURE_TYPE_PIPELINE_RENDERING_CREATE_INFO};
    rendering.colorAttachmentCount = 1;
    rendering.pColorAttachmentFormats = &format;

    VkGraphicsPipelineCreateInfo info{VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO, &rendering};
    info.stageCount = stages.size();
    info.pStages = stages.data();
    info.pVertexInputState = &input;
    info.pInputAssemblyState = &assembly;
    info.pViewportState = &viewport;
    info.pRasterizationState = &raster;
    info.pMultisampleState = &samples;
    info.pColorBlendState = &blend;
    info.pDynamicState = &dynamic;
    info.layout = m_layout;
    VkPipeline result = VK_NULL_HANDLE;
    TESSERA_VK(vkCreateGraphicsPipelines(m_device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &result));
    return result;
}

void Pipelines::bindFrameBuffers(VkBuffer alphas, VkBuffer paints, VkBuffer stops) const
{
    const std::array<VkDescriptorBufferInfo, 3> buffers{{{alphas, 0, VK_WHOLE_SIZE}, {paints, 0, VK_WHOLE_SIZE}, {stops, 0, VK_WHOLE_SIZE}}};
    VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    write.dstSet = m_frameSet;
    write.descriptorCount = buffers.size();
    write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    write.pBufferInfo = buffers.data();
    vkUpdateDescriptorSets(m_device.handle(), 1, &write, 0, nullptr);
}

Result<VkDescriptorSet, VulkanError> Pipelines::makePictureSet(VkImageView view) const
{
    VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO};
    allocate.descriptorPool = m_pool;
    allocate.descriptorSetCount = 1;
    allocate.pSetLayouts = &m_pictureLayout;
    VkDescriptorSet set = VK_NULL_HANDLE;
    TESSERA_VK(vkAllocateDescriptorSets(m_device.handle(), &allocate, &set));
    const VkDescriptorImageInfo image{m_sampler, view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
    VkWriteDescriptorSet write{VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET};
    write.dstSet = set;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
    write.pImageInfo = &image;
    vkUpdateDescriptorSets(m_device.handle(), 1, &write, 0, nullptr);
    return set;
}

void Pipelines::freePictureSet(VkDescriptorSet set) const
{
    if (set)
        vkFreeDescriptorSets(m_device.handle(), m_pool, 1, &set);
}

} // namespace tessera::vulkan
