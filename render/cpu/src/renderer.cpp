#include <render/cpu/renderer.h>

#include <algorithm>
#include <numeric>
#include <system_error>
#include <thread>
#include <utility>

#include <render/scene/effects.h>

#include "bands.h"
#include "composer.h"

namespace tessera::cpu {
namespace {

using strips::Command;
using strips::CommandKind;
using strips::Frame;
using strips::PixelRect;
using strips::stripHeightPx;

Pixel premultiplied(const Color& background)
{
    const float a = std::clamp(background.a, 0.0f, 1.0f);
    const auto channel = [a](float v) { return std::clamp(v, 0.0f, 1.0f) * a; };
    return toPixel({channel(background.r), channel(background.g), channel(background.b), a});
}

/// Rows that are composed together: their pixels stay in the second-level cache while the commands pass over them.
int rowsAtOnce(int widthPx)
{
    constexpr int cachedPixels = 1 << 17; // half a megabyte
    return std::max(stripHeightPx, cachedPixels / widthPx / stripHeightPx * stripHeightPx);
}

/// A background blur looks at all that lies below it. And what is kept of layers with effects, from the first rows that
/// show it to the last, must not take much more memory than the picture.
bool mustBeWhole(const Frame& frame)
{
    constexpr double keptFrames = 4;
    const bool looksBelow = std::any_of(frame.effects.begin(), frame.effects.end(), [](const strips::FrameEffects& effects) {
        return scene::backdropReachPx(effects.effects, effects.toDevice) > 0;
    });
    double kept = 0;
    for (const Command& command : frame.commands) {
        if (command.kind == CommandKind::pushLayer && command.effects != strips::noEffects && !command.bounds.isEmpty())
            kept += 1.0 * command.bounds.width() * command.bounds.height();
    }
    return looksBelow || kept > keptFrames * frame.widthPx * frame.heightPx;
}

/// For each group of rows the commands that may change them. What is pushed and popped belongs to all.
std::vector<std::vector<std::uint32_t>> commandsByRows(const Frame& frame, int firstRow, int endRow, int rows)
{
    const auto groupOf = [&](int y) { return (std::clamp(y, firstRow, endRow - 1) - firstRow) / rows; };
    std::vector<std::vector<std::uint32_t>> groups(static_cast<std::size_t>(groupOf(endRow)) + 1);
    for (std::uint32_t i = 0; i < frame.commands.size(); ++i) {
        const Command& command = frame.commands[i];
        const bool isDraw = command.kind == CommandKind::draw;
        if (isDraw && command.bounds.isEmpty())
            continue;
        const int from = isDraw ? groupOf(command.bounds.y0) : 0, to = isDraw ? groupOf(command.bounds.y1 - 1) : groupOf(endRow);
        for (int group = from; group <= to; ++group)
            groups[static_cast<std::size_t>(group)].push_back(i);
    }
    return groups;
}

/// Runs part(i) for each i < count at the same time where there are threads, else one after the other.
template <class Part> void runParts(std::size_t count, Part part)
{
#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
    std::vector<std::thread> threads;
    std::size_t next = 1;
    try {
        for (; next < count; ++next)
            threads.emplace_back(part, next);
    } catch (const std::system_error&) { // no more threads: this one does the rest
    }
    part(std::size_t{0});
    for (; next < count; ++next)
        part(next);
    for (std::thread& thread : threads)
        thread.join();
#else
    for (std::size_t i = 0; i < count; ++i)
        part(i);
#endif
}

} // namespace

scene::Image compose(const Frame& frame, const Color& background)
{
    if (frame.widthPx < 1 || frame.heightPx < 1)
        return {};
    scene::Image image = scene::Image::blank(frame.widthPx, frame.heightPx);
    composeRows(frame, background, 0, frame.heightPx, image);
    return image;
}

void composeRows(const Frame& frame, const Color& background, int firstRow, int endRow, scene::Image& out)
{
    const PixelRect wanted{0, firstRow, frame.widthPx, endRow};
    const int rows = rowsAtOnce(frame.widthPx);
    if (mustBeWhole(frame)) {
        std::vector<std::uint32_t> all(frame.commands.size());
        std::iota(all.begin(), all.end(), 0u);
        Composer composer(frame, {0, 0, frame.widthPx, frame.heightPx}, premultiplied(background));
        composer.run(all);
        composer.surface().copyTo(out, wanted, 0, 0);
        return;
    }
    FinishedLayers finished(frame);
    int y = firstRow;
    for (const auto& commands : commandsByRows(frame, firstRow, endRow, rows)) {
        Composer composer(frame, {0, y, frame.widthPx, std::min(y + rows, endRow)}, premultiplied(background), &finished);
        composer.run(commands);
        composer.surface().copyTo(out, wanted, 0, 0);
        y += rows;
        finished.forgetAbove(y);
    }
}

ComposedLayer composeLayer(const Frame& frame, std::size_t push)
{
    FinishedLayers layers(frame);
    const Surface& layer = layers.layer(push);
    return {layer.toImage(layer.bounds()), layer.bounds(), popOf(frame, push)};
}

Renderer::Renderer(int threads) : m_frames(static_cast<std::size_t>(std::max(1, threads))) {}

scene::Image Renderer::render(const scene::DisplayList& list, const scene::View& view, const Color& background, scene::Image memory)
{
    const bool isSized = view.widthPx >= 1 && view.heightPx >= 1 && std::max(view.widthPx, view.heightPx) <= strips::maxDevicePx;
    if (!isSized)
        return {};
    scene::Image image = std::move(memory);
    image.widthPx = view.widthPx;
    image.heightPx = view.heightPx;
    image.strideBytes = view.widthPx * 4;
    image.pixels.resize(static_cast<std::size_t>(image.strideBytes) * static_cast<std::size_t>(view.heightPx));
    const std::vector<int> borders = bandBorders(list, view, static_cast<int>(m_frames.size()));
    runParts(m_frames.size(), [&](std::size_t i) {
        const int first = borders[i], end = borders[i + 1];
        if (first == end)
            return;
        Frame frame = m_frames[i].build(list, view, {0, first, view.widthPx, end});
        composeRows(frame, background, first, end, image);
        m_frames[i].recycle(std::move(frame));
    });
    return image;
}

scene::Image Renderer::renderRegion(const scene::DisplayList& list, const scene::View& view, const PixelRect& region, const Color& background)
{
    const PixelRect all{0, 0, view.widthPx, view.heightPx}, part = strips::intersected(region, all);
    if (part == all)
        return render(list, view, background);
    Frame frame = m_frames.front().build(list, view, part);
    scene::Image image = scene::Image::blank(frame.widthPx, frame.heightPx);
    if (!part.isEmpty())
        composeRows(frame, background, part.y0, part.y1, image);
    m_frames.front().recycle(std::move(frame));
    return image;
}

void Renderer::forgetGeometry()
{
    for (strips::FrameBuilder& frames : m_frames)
        frames.forgetGeometry();
}

} // namespace tessera::cpu
