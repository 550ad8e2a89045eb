#include "lowering.h"

#include <algorithm>

#include <render/cpu/renderer.h>

namespace tessera::vulkan {
namespace {

using strips::Command;
using strips::CommandKind;
using strips::Frame;

/// Solid strips over the rectangle; what they cover beyond its top and bottom is left to the scissor.
void addRectangle(Frame& frame, Command& draw)
{
    draw.firstSpan = static_cast<std::uint32_t>(frame.spans.size());
    const strips::PixelRect& r = draw.bounds;
    const int first = r.y0 - ((r.y0 % strips::stripHeightPx) + strips::stripHeightPx) % strips::stripHeightPx;
    for (int y = first; y < r.y1 && r.x0 < r.x1; y += strips::stripHeightPx)
        frame.spans.push_back({r.x0, y, static_cast<std::uint32_t>(r.width()), strips::solidSpan});
    draw.spanCount = static_cast<std::uint32_t>(frame.spans.size()) - draw.firstSpan;
}

/// A composed layer as an image, at its place, with its clip; in a layer of its own when it blends.
void addLayer(Frame& out, const Command& pop, cpu::ComposedLayer layer)
{
    const auto bounds = strips::intersected(strips::intersected(pop.bounds, layer.bounds), {0, 0, out.widthPx, out.heightPx});
    if (bounds.isEmpty())
        return;
    strips::FramePaint paint;
    paint.kind = strips::PaintKind::image;
    paint.opacity = pop.opacity;
    paint.fromDevice[4] = static_cast<float>(-layer.bounds.x0);
    paint.fromDevice[5] = static_cast<float>(-layer.bounds.y0);
    paint.image = static_cast<std::uint32_t>(out.images.size());
    out.images.push_back(std::make_shared<const scene::Image>(std::move(layer.pixels)));
    out.paints.push_back(paint);
    Command draw;
    draw.bounds = bounds;
    draw.paint = static_cast<std::uint32_t>(out.paints.size() - 1);
    if (pop.spanCount > 0)
        draw.firstSpan = pop.firstSpan, draw.spanCount = pop.spanCount;
    else
        addRectangle(out, draw);
    if (pop.blend == scene::BlendMode::normal) {
        out.commands.push_back(draw);
        return;
    }
    Command around = pop;
    around.bounds = bounds;
    around.effects = strips::noEffects;
    around.opacity = 1;
    around.spanCount = 0;
    around.kind = CommandKind::pushLayer;
    out.commands.push_back(around);
    out.commands.push_back(draw);
    around.kind = CommandKind::popLayer;
    out.commands.push_back(around);
}

} // namespace

bool needsCpu(const Frame& frame)
{
    return std::any_of(frame.effects.begin(), frame.effects.end(), [](const strips::FrameEffects& effects) {
        return std::any_of(effects.effects.begin(), effects.effects.end(),
                           [](const scene::Effect& effect) { return effect.kind == document::EffectKind::backgroundBlur; });
    });
}

std::optional<Frame> lowered(const Frame& frame)
{
    if (frame.effects.empty() && frame.pictures.empty())
        return std::nullopt;
    Frame out = frame;
    out.commands.clear();
    out.effects.clear();
    for (strips::FramePaint& paint : out.paints) {
        if (paint.kind != strips::PaintKind::picture)
            continue;
        auto picture = std::make_shared<const scene::Image>(cpu::compose(*frame.pictures[paint.image]));
        paint.kind = strips::PaintKind::image;
        paint.image = static_cast<std::uint32_t>(out.images.size());
        out.images.push_back(std::move(picture));
    }
    out.pictures.clear();
    for (std::size_t i = 0; i < frame.commands.size(); ++i) {
        const Command& command = frame.commands[i];
        if (command.kind != CommandKind::pushLayer || command.effects == strips::noEffects) {
            out.commands.push_back(command);
            continue;
        }
        auto layer = cpu::composeLayer(frame, i);
        i = layer.pop;
        addLayer(out, frame.commands[i], std::move(layer));
    }
    return out;
}

} // namespace tessera::vulkan
