#include <render/vulkan/renderer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <render/cpu/renderer.h>

#include "lowering.h"
#include "picture_cache.h"

namespace tessera::vulkan {
namespace {

using strips::CommandKind;
using strips::Frame;
using strips::PixelRect;

constexpr std::size_t maxLayerDepth = 32;
constexpr VkMemoryPropertyFlags hostMemory = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
constexpr VkImageUsageFlags targetUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT |
                                          VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;

VkRect2D scissorOf(const PixelRect& bounds, const Frame& frame)
{
    const PixelRect r = strips::intersected(bounds, {0, 0, frame.widthPx, frame.heightPx});
    if (r.isEmpty())
        return {{0, 0}, {0, 0}};
    return {{r.x0, r.y0}, {static_cast<std::uint32_t>(r.width()), static_cast<std::uint32_t>(r.height())}};
}

bool hasBlends(const Frame& frame)
{
    return std::any_of(frame.commands.begin(), frame.commands.end(),
                       [](const strips::Command& command) { return command.blend != scene::BlendMode::normal; });
}

bool isEmpty(const VkRect2D& rect) { return rect.extent.width == 0 || rect.extent.height == 0; }

} // namespace

struct Renderer::Impl {
    std::unique_ptr<Device> device;
    BlockAllocator memory;
    std::unique_ptr<Pipelines> pipelines;
    Buffer spans, alphas, paints, stops, readback;
    std::unique_ptr<PictureCache> pictures;
    std::vector<std::unique_ptr<Picture>> targets; ///< 0 the canvas, n the layer at depth n
    VkCommandPool pool = VK_NULL_HANDLE;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    VkFence finished = VK_NULL_HANDLE;
    std::uint64_t frameNumber = 0;
    std::size_t uploadBytes = 0; ///< of the last frame
    std::string name;

    explicit Impl(std::unique_ptr<Device> made)
        : device(std::move(made)), memory(*device), spans(*device, memory, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT, hostMemory, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
          alphas(*device, memory, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, hostMemory, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
          paints(*device, memory, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, hostMemory, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
          stops(*device, memory, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, hostMemory, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
          readback(*device, memory, VK_BUFFER_USAGE_TRANSFER_DST_BIT, hostMemory, VK_MEMORY_PROPERTY_HOST_CACHED_BIT),
          name(device->properties().deviceName)
    {
    }

    ~Impl()
    {
        vkDeviceWaitIdle(device->handle());
        dropTargets();
        pictures.reset();
        vkDestroyFence(device->handle(), finished, nullptr);
        vkDestroyCommandPool(device->handle(), pool, nullptr);
    }

    Result<void, VulkanError> prepare()
    {
        TESSERA_TRY(made, Pipelines::create(*device));
        pipelines = std::move(made);
        pictures = std::make_unique<PictureCache>(*device, memory, *pipelines);
        VkCommandPoolCreateInfo poolInfo{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
        poolInfo.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
        poolInfo.queueFamilyIndex = device->queueFamily();
        TESSERA_VK(vkCreateCommandPool(device->handle(), &poolInfo, nullptr, &pool));
        VkCommandBufferAllocateInfo allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
        allocate.commandPool = pool;
        allocate.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
        allocate.commandBufferCount = 1;
        TESSERA_VK(vkAllocateCommandBuffers(device->handle(), &allocate, &commands));
        VkFenceCreateInfo fence{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        TESSERA_VK(vkCreateFence(device->handle(), &fence, nullptr, &finished));
        return {};
    }

    void dropTargets()
    {
        for (const auto& target : targets)
            pipelines->freePictureSet(target->descriptor);
        targets.clear();
    }

    /// Canvas and layers share one size, so that a pixel has the same coordinates in all of them.
    Result<void, VulkanError> ensureTargets(const Frame& frame)
    {
        const auto width = static_cast<std::uint32_t>(frame.widthPx), height = static_cast<std::uint32_t>(frame.heightPx);
        if (!targets.empty() && (targets[0]->widthPx() != width || targets[0]->heightPx() != height))
            dropTargets();
        std::size_t depth = 0, deepest = 0;
        for (const strips::Command& command : frame.commands) {
            depth += command.kind == CommandKind::pushLayer || command.kind == CommandKind::pushMask;
            depth -= command.kind == CommandKind::popLayer || command.kind == CommandKind::popMask;
            deepest = std::max(deepest, depth);
        }
        deepest += hasBlends(frame); // one more for copies of what is below
        if (deepest > maxLayerDepth)
            return fail(VulkanError{VulkanErrc::tooLarge, "layers", std::to_string(deepest) + " deep"});
        while (targets.size() <= deepest) {
            TESSERA_TRY(target, Picture::create(*device, memory, width, height, targetUsage));
            TESSERA_TRY(descriptor, pipelines->makePictureSet(target->view()));
            target->descriptor = descriptor;
            targets.push_back(std::move(target));
        }
        return {};
    }

    template <class T> Result<void, VulkanError> upload(Buffer& buffer, const std::vector<T>& data, const char* what)
    {
        const VkDeviceSize bytes = data.size() * sizeof(T);
        if (bytes > device->properties().limits.maxStorageBufferRange)
            return fail(VulkanError{VulkanErrc::tooLarge, what, std::to_string(bytes) + " bytes"});
        TESSERA_CHECK(buffer.reserve(bytes));
        if (!data.empty())
            std::memcpy(buffer.mapped(), data.data(), bytes);
        uploadBytes += bytes;
        return {};
    }

    void beginTarget(std::size_t depth, const VkRect2D& area, VkAttachmentLoadOp load, const VkClearColorValue& clear)
    {
        VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
        color.imageView = targets[depth]->view();
        color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
        color.loadOp = load;
        color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
        color.clearValue.color = clear;
        VkRenderingInfo info{VK_STRUCTURE_TYPE_RENDERING_INFO};
        info.renderArea = area;
        info.layerCount = 1;
        info.colorAttachmentCount = 1;
        info.pColorAttachments = &color;
        vkCmdBeginRendering(commands, &info);
    }

    /// Part of a target into another, which is left to be sampled; the first goes on as a target.
    void copyBelow(std::size_t from, std::size_t to, const VkRect2D& area)
    {
        constexpr auto target = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
        constexpr auto output = VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT;
        transition(commands, targets[from]->image(), target, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, output, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                   VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_READ_BIT);
        transition(commands, targets[to]->image(), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, 0,
                   VK_PIPELINE_STAGE_2_COPY_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT);
        VkImageCopy region{};
        region.srcSubresource = region.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
        region.srcOffset = region.dstOffset = {area.offset.x, area.offset.y, 0};
        region.extent = {area.extent.width, area.extent.height, 1};
        vkCmdCopyImage(commands, targets[from]->image(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, targets[to]->image(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region);
        transition(commands, targets[to]->image(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_2_COPY_BIT,
                   VK_ACCESS_2_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_SHADER_SAMPLED_READ_BIT);
        transition(commands, targets[from]->image(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, target, VK_PIPELINE_STAGE_2_COPY_BIT, 0, output,
                   VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT);
    }

    void record(const Frame& frame, const Color& background)
    {
        const VkExtent2D size{static_cast<std::uint32_t>(frame.widthPx), static_cast<std::uint32_t>(frame.heightPx)};
        const VkRect2D whole{{0, 0}, size};
        const VkClearColorValue clear{{background.r * background.a, background.g * background.a, background.b * background.a, background.a}};
        transition(commands, targets[0]->image(), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_PIPELINE_STAGE_2_COPY_BIT, 0,
                   VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT);
        const VkViewport viewport{0, 0, static_cast<float>(size.width), static_cast<float>(size.height), 0, 1};
        vkCmdSetViewport(commands, 0, 1, &viewport);
        const VkDeviceSize zero = 0;
        const VkBuffer instances = spans.handle();
        vkCmdBindVertexBuffers(commands, 0, 1, &instances, &zero);
        const VkDescriptorSet frameSet = pipelines->frameSet();
        vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines->layout(), 0, 1, &frameSet, 0, nullptr);

        VkPipeline boundPipeline = VK_NULL_HANDLE;
        VkDescriptorSet boundPicture = VK_NULL_HANDLE;
        const auto bind = [&](VkPipeline pipeline, VkDescriptorSet picture) {
            if (pipeline != boundPipeline)
                vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, boundPipeline = pipeline);
            if (picture != boundPicture)
                vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines->layout(), 1, 1, &(boundPicture = picture), 0, nullptr);
        };
        Push push;
        push.pixelToClip[0] = 2.0f / static_cast<float>(size.width);
        push.pixelToClip[1] = 2.0f / static_cast<float>(size.height);
        const auto sendPush = [&] {
            vkCmdPushConstants(commands, pipelines->layout(), VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT, 0, sizeof push, &push);
        };

        beginTarget(0, whole, VK_ATTACHMENT_LOAD_OP_CLEAR, clear);
        std::size_t depth = 0;
        for (const strips::Command& command : frame.commands) {
            const VkRect2D area = scissorOf(command.bounds, frame);
            switch (command.kind) {
            case CommandKind::draw: {
                if (isEmpty(area) || command.spanCount == 0)
                    break;
                const strips::FramePaint& paint = frame.paints[command.paint];
                bind(pipelines->spans(), pictures->descriptor(paint.kind == strips::PaintKind::image ? frame.images[paint.image] : nullptr));
                push.paint = command.paint;
                sendPush();
                vkCmdSetScissor(commands, 0, 1, &area);
                vkCmdDraw(commands, 4, command.spanCount, 0, command.firstSpan);
                break;
            }
            case CommandKind::pushLayer:
            case CommandKind::pushMask:
                vkCmdEndRendering(commands);
                ++depth;
                transition(commands, targets[depth]->image(), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                           VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_COPY_BIT, 0,
                           VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT);
                // A mask is nothing outside its own bounds, wherever its layer reaches.
                beginTarget(depth, command.kind == CommandKind::pushMask || isEmpty(area) ? whole : area, VK_ATTACHMENT_LOAD_OP_CLEAR, {});
                break;
            case CommandKind::popLayer:
            case CommandKind::popMask: {
                vkCmdEndRendering(commands);
                transition(commands, targets[depth]->image(), VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                           VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT, VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                           VK_ACCESS_2_SHADER_SAMPLED_READ_BIT);
                const bool isMask = command.kind == CommandKind::popMask;
                const bool blends = !isMask && command.blend != scene::BlendMode::normal && !isEmpty(area);
                const std::size_t copy = targets.size() - 1;
                if (blends)
                    copyBelow(depth - 1, copy, area);
                else
                    transition(commands, targets[depth - 1]->image(), VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                               VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT,
                               VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT);
                --depth;
                beginTarget(depth, whole, VK_ATTACHMENT_LOAD_OP_LOAD, {});
                const VkRect2D& drawn = isMask ? whole : area;
                if (!isEmpty(drawn)) {
                    bind(isMask ? pipelines->masks() : blends ? pipelines->blends() : pipelines->layers(), targets[depth + 1]->descriptor);
                    if (blends)
                        vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines->layout(), 2, 1, &targets[copy]->descriptor, 0, nullptr);
                    push.opacity = command.opacity;
                    push.paint = isMask ? static_cast<std::uint32_t>(command.luminance) : static_cast<std::uint32_t>(command.blend);
                    sendPush();
                    vkCmdSetScissor(commands, 0, 1, &drawn);
                    vkCmdDraw(commands, 3, 1, 0, 0);
                }
                break;
            }
            }
        }
        vkCmdEndRendering(commands);

        transition(commands, targets[0]->image(), VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                   VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT, VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT, VK_PIPELINE_STAGE_2_COPY_BIT,
                   VK_ACCESS_2_TRANSFER_READ_BIT);
        VkBufferImageCopy copy{};
        copy.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
        copy.imageExtent = {size.width, size.height, 1};
        vkCmdCopyImageToBuffer(commands, targets[0]->image(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, readback.handle(), 1, &copy);
        VkMemoryBarrier2 toHost{VK_STRUCTURE_TYPE_MEMORY_BARRIER_2};
        toHost.srcStageMask = VK_PIPELINE_STAGE_2_COPY_BIT;
        toHost.srcAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT;
        toHost.dstStageMask = VK_PIPELINE_STAGE_2_HOST_BIT;
        toHost.dstAccessMask = VK_ACCESS_2_HOST_READ_BIT;
        VkDependencyInfo dependency{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
        dependency.memoryBarrierCount = 1;
        dependency.pMemoryBarriers = &toHost;
        vkCmdPipelineBarrier2(commands, &dependency);
    }

    Result<scene::Image, VulkanError> compose(const Frame& frame, const Color& background)
    {
        uploadBytes = 0;
        if (frame.widthPx <= 0 || frame.heightPx <= 0)
            return scene::Image{};
        if (needsCpu(frame))
            return cpu::compose(frame, background);
        if (const auto plain = lowered(frame))
            return compose(*plain, background);
        const std::uint32_t limit = device->properties().limits.maxImageDimension2D;
        if (static_cast<std::uint32_t>(std::max(frame.widthPx, frame.heightPx)) > limit)
            return fail(VulkanError{VulkanErrc::tooLarge, "frame", std::to_string(frame.widthPx) + " x " + std::to_string(frame.heightPx)});
        ++frameNumber;
        TESSERA_CHECK(ensureTargets(frame));
        TESSERA_CHECK(upload(spans, frame.spans, "spans"));
        TESSERA_CHECK(upload(alphas, frame.alphas, "alphas"));
        TESSERA_CHECK(upload(paints, frame.paints, "paints"));
        TESSERA_CHECK(upload(stops, frame.stops, "stops"));
        scene::Image image = scene::Image::blank(frame.widthPx, frame.heightPx);
        TESSERA_CHECK(readback.reserve(image.pixels.size()));
        pipelines->bindFrameBuffers(alphas.handle(), paints.handle(), stops.handle());

        VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
        begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
        TESSERA_VK(vkBeginCommandBuffer(commands, &begin));
        if (auto prepared = pictures->prepare(commands, frame.images, frameNumber); !prepared) {
            vkEndCommandBuffer(commands);
            pictures->clear();
            return fail(std::move(prepared).error());
        }
        uploadBytes += pictures->lastUploadBytes();
        record(frame, background);
        TESSERA_VK(vkEndCommandBuffer(commands));
        VkCommandBufferSubmitInfo commandInfo{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
        commandInfo.commandBuffer = commands;
        VkSubmitInfo2 submit{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
        submit.commandBufferInfoCount = 1;
        submit.pCommandBufferInfos = &commandInfo;
        TESSERA_VK(vkResetFences(device->handle(), 1, &finished));
        TESSERA_VK(vkQueueSubmit2(device->queue(), 1, &submit, finished));
        TESSERA_VK(vkWaitForFences(device->handle(), 1, &finished, VK_TRUE, UINT64_MAX));
        std::memcpy(image.pixels.data(), readback.mapped(), image.pixels.size());
        return image;
    }
};

Renderer::Renderer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Renderer::~Renderer() = default;

Result<std::unique_ptr<Renderer>, VulkanError> Renderer::create(const Options& options)
{
    TESSERA_TRY(device, Device::create(options));
    auto impl = std::make_unique<Impl>(std::move(device));
    TESSERA_CHECK(impl->prepare());
    return std::unique_ptr<Renderer>(new Renderer(std::move(impl)));
}

const std::string& Renderer::deviceName() const { return m_impl->name; }
bool Renderer::isSoftware() const { return m_impl->device->properties().deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU; }
bool Renderer::isValidating() const { return m_impl->device->isValidating(); }

std::size_t Renderer::lastUploadBytes() const { return m_impl->uploadBytes; }

Result<scene::Image, VulkanError> Renderer::compose(const strips::Frame& frame, const Color& background)
{
    return m_impl->compose(frame, background);
}

} // namespace tessera::vulkan
