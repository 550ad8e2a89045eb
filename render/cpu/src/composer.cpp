#include "composer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <span>

#include "blend.h"
#include "blend_modes.h"
#include "effects.h"

namespace tessera::cpu {

using strips::Command;
using strips::CommandKind;
using strips::Span;

namespace {

/// Rec. 709 weights in 1/256, of premultiplied values: alpha is in them.
std::uint32_t luminanceOf(Pixel p) { return (54 * (p & 255) + 183 * ((p >> 8) & 255) + 19 * ((p >> 16) & 255) + 128) >> 8; }

} // namespace

static_assert(std::endian::native == std::endian::little, "Pixel is red first in memory");

Composer::Composer(const strips::Frame& frame, const Color& background) : m_frame(frame)
{
    m_layers.push_back({scene::Image::blank(frame.widthPx, frame.heightPx), {0, 0, frame.widthPx, frame.heightPx}});
    const float a = std::clamp(background.a, 0.0f, 1.0f);
    const auto channel = [a](float v) { return std::clamp(v, 0.0f, 1.0f) * a; };
    const Pixel color = toPixel({channel(background.r), channel(background.g), channel(background.b), a});
    if (color != 0)
        std::fill_n(at(0, 0), m_layers.front().pixels.pixels.size() / 4, color);
}

Composer::Composer(const strips::Frame& frame, const strips::PixelRect& bounds) : m_frame(frame)
{
    m_layers.push_back({scene::Image::blank(std::max(0, bounds.width()), std::max(0, bounds.height())), bounds});
}

void Composer::run()
{
    for (const Command& command : m_frame.commands)
        run(command);
    assert(m_layers.size() == 1);
}

std::size_t Composer::runLayer(std::size_t push)
{
    std::size_t index = push + 1;
    for (;; ++index) {
        const Command& command = m_frame.commands[index];
        if (command.kind == CommandKind::popLayer && m_layers.size() == 1)
            return index;
        run(command);
    }
}

void Composer::run(const Command& command)
{
    switch (command.kind) {
    case CommandKind::draw:
        draw(command);
        break;
    case CommandKind::pushLayer:
    case CommandKind::pushMask:
        push(command);
        break;
    case CommandKind::popLayer:
        popLayer(command);
        break;
    case CommandKind::popMask:
        popMask(command);
        break;
    }
}

Pixel* Composer::at(int x, int y)
{
    Layer& layer = m_layers.back();
    return reinterpret_cast<Pixel*>(layer.pixels.row(y - layer.bounds.y0)) + (x - layer.bounds.x0);
}

Composer::Rows Composer::rowsInside(const Span& span) const
{
    const strips::PixelRect& bounds = m_layers.back().bounds;
    return {std::max(0, bounds.y0 - span.y), std::min(strips::stripHeightPx, bounds.y1 - span.y)};
}

void Composer::draw(const Command& command)
{
    const strips::FramePaint& paint = m_frame.paints[command.paint];
    const std::span spans{m_frame.spans.data() + command.firstSpan, command.spanCount};
    if (paint.kind != strips::PaintKind::solid) {
        const auto source = makePixelSource(m_frame, paint);
        for (const Span& span : spans)
            fillSource(span, *source);
        return;
    }
    const Pixel color = toPixel(paint.color);
    for (const Span& span : spans)
        span.alphaColumn == strips::solidSpan ? fillSolid(span, color) : fillAlphas(span, color);
}

void Composer::fillSolid(const Span& span, Pixel color)
{
    const Rows rows = rowsInside(span);
    for (int row = rows.first; row < rows.end; ++row) {
        Pixel* out = at(span.x, span.y + row);
        if ((color >> 24) == 255)
            std::fill_n(out, span.width, color);
        else
            blendColor(out, span.width, color);
    }
}

void Composer::fillAlphas(const Span& span, Pixel color)
{
    const Rows rows = rowsInside(span);
    for (int row = rows.first; row < rows.end; ++row)
        blendColor(at(span.x, span.y + row), span.width, color, {m_frame.alphas.data() + span.alphaColumn, row});
}

void Composer::fillSource(const Span& span, PixelSource& source)
{
    const Rows rows = rowsInside(span);
    m_line.resize(span.width);
    for (int row = rows.first; row < rows.end; ++row) {
        source.fill(span.x, span.y + row, m_line);
        Pixel* out = at(span.x, span.y + row);
        if (span.alphaColumn == strips::solidSpan)
            blendPixels(out, span.width, m_line.data());
        else
            blendPixels(out, span.width, m_line.data(), RowAlphas{m_frame.alphas.data() + span.alphaColumn, row});
    }
}

void Composer::push(const Command& command)
{
    const strips::PixelRect& b = command.bounds;
    m_layers.push_back({scene::Image::blank(std::max(0, b.width()), std::max(0, b.height())), b});
}

void Composer::popLayer(const Command& command)
{
    Layer layer = std::move(m_layers.back());
    m_layers.pop_back();
    Layer& below = m_layers.back();
    if (command.effects != strips::noEffects && !layer.bounds.isEmpty())
        applyEffects(m_frame.effects[command.effects], {layer.pixels, layer.bounds}, {below.pixels, below.bounds});
    const strips::PixelRect b = intersected(intersected(command.bounds, layer.bounds), below.bounds);
    if (b.isEmpty())
        return;
    if (command.spanCount == 0) {
        for (int y = b.y0; y < b.y1; ++y)
            blendRow(command, layer, b.x0, y, static_cast<std::size_t>(b.width()), nullptr);
        return;
    }
    for (const Span& span : std::span{m_frame.spans.data() + command.firstSpan, command.spanCount}) {
        const int x0 = std::max(span.x, b.x0), x1 = std::min(span.x + static_cast<int>(span.width), b.x1);
        for (int y = std::max(span.y, b.y0); x0 < x1 && y < std::min(span.y + strips::stripHeightPx, b.y1); ++y) {
            const RowAlphas alphas{m_frame.alphas.data() + span.alphaColumn + (x0 - span.x), y - span.y};
            blendRow(command, layer, x0, y, static_cast<std::size_t>(x1 - x0), span.alphaColumn == strips::solidSpan ? nullptr : &alphas);
        }
    }
}

void Composer::blendRow(const Command& command, const Layer& layer, int x, int y, std::size_t count, const RowAlphas* alphas)
{
    const auto opacity = static_cast<std::uint32_t>(command.opacity * 255 + 0.5f);
    const auto* from = reinterpret_cast<const Pixel*>(layer.pixels.row(y - layer.bounds.y0)) + (x - layer.bounds.x0);
    Pixel* to = at(x, y);
    if (command.blend != scene::BlendMode::normal) {
        alphas ? blendPixels(to, count, from, opacity, command.blend, *alphas) : blendPixels(to, count, from, opacity, command.blend);
    } else if (!alphas) {
        blendPixels(to, count, from, opacity);
    } else {
        m_line.assign(from, from + count);
        if (opacity != 255)
            std::transform(m_line.begin(), m_line.end(), m_line.begin(), [&](Pixel p) { return scaled(p, opacity); });
        blendPixels(to, count, m_line.data(), *alphas);
    }
}

/// The layer shows through the mask; beyond the mask's bounds nothing of it is left.
void Composer::popMask(const Command& command)
{
    const Layer mask = std::move(m_layers.back());
    m_layers.pop_back();
    Layer& below = m_layers.back();
    for (int y = below.bounds.y0; y < below.bounds.y1; ++y) {
        Pixel* row = at(below.bounds.x0, y);
        const int x0 = std::clamp(mask.bounds.x0, below.bounds.x0, below.bounds.x1) - below.bounds.x0;
        const int x1 = std::max(x0, std::clamp(mask.bounds.x1, below.bounds.x0, below.bounds.x1) - below.bounds.x0);
        if (y < mask.bounds.y0 || y >= mask.bounds.y1) {
            std::fill_n(row, below.bounds.width(), Pixel{});
            continue;
        }
        std::fill_n(row, x0, Pixel{});
        std::fill(row + x1, row + below.bounds.width(), Pixel{});
        const auto* from = reinterpret_cast<const Pixel*>(mask.pixels.row(y - mask.bounds.y0)) + (below.bounds.x0 - mask.bounds.x0);
        for (int x = x0; x < x1; ++x)
            row[x] = scaled(row[x], command.luminance ? luminanceOf(from[x]) : from[x] >> 24);
    }
}

} // namespace tessera::cpu
