#include <render/cpu/renderer.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include <render/scene/effects.h>

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
std::vector<std::vector<std::uint32_t>> commandsByRows(const Frame& frame, int rows)
{
    const int last = (frame.heightPx - 1) / rows;
    std::vector<std::vector<std::uint32_t>> groups(static_cast<std::size_t>(last) + 1);
    for (std::uint32_t i = 0; i < frame.commands.size(); ++i) {
        const Command& command = frame.commands[i];
        const bool isDraw = command.kind == CommandKind::draw;
        if (isDraw && command.bounds.isEmpty())
            continue;
        const int from = isDraw ? std::clamp(command.bounds.y0, 0, frame.heightPx - 1) / rows : 0;
        const int to = isDraw ? std::clamp(command.bounds.y1 - 1, 0, frame.heightPx - 1) / rows : last;
        for (int group = from; group <= to; ++group)
            groups[static_cast<std::size_t>(group)].push_back(i);
    }
    return groups;
}

} // namespace

scene::Image compose(const Frame& frame, const Color& background)
{
    if (frame.widthPx < 1 || frame.heightPx < 1)
        return {};
    scene::Image image = scene::Image::blank(frame.widthPx, frame.heightPx);
    const PixelRect whole{0, 0, frame.widthPx, frame.heightPx};
    const int rows = rowsAtOnce(frame.widthPx);
    if (rows >= frame.heightPx || mustBeWhole(frame)) {
        std::vector<std::uint32_t> all(frame.commands.size());
        std::iota(all.begin(), all.end(), 0u);
        Composer composer(frame, whole, premultiplied(background));
        composer.run(all);
        composer.surface().copyTo(image, whole, 0, 0);
        return image;
    }
    FinishedLayers finished(frame);
    int y = 0;
    for (const auto& commands : commandsByRows(frame, rows)) {
        Composer composer(frame, {0, y, frame.widthPx, std::min(y + rows, frame.heightPx)}, premultiplied(background), &finished);
        composer.run(commands);
        composer.surface().copyTo(image, whole, 0, 0);
        y += rows;
        finished.forgetAbove(y);
    }
    return image;
}

ComposedLayer composeLayer(const Frame& frame, std::size_t push)
{
    FinishedLayers layers(frame);
    const Surface& layer = layers.layer(push);
    std::size_t pop = push;
    for (int depth = 0;; ++pop) {
        const CommandKind kind = frame.commands[pop].kind;
        depth += (kind == CommandKind::pushLayer || kind == CommandKind::pushMask) - (kind == CommandKind::popLayer || kind == CommandKind::popMask);
        if (depth == 0)
            break;
    }
    return {layer.toImage(layer.bounds()), layer.bounds(), pop};
}

scene::Image Renderer::render(const scene::DisplayList& list, const scene::View& view, const Color& background)
{
    return compose(m_frames.build(list, view), background);
}

} // namespace tessera::cpu
