#include "composer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <span>

#include "blend.h"

namespace tessera::cpu {

using strips::Command;
using strips::CommandKind;
using strips::Span;

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

void Composer::run()
{
    for (const Command& command : m_frame.commands) {
        switch (command.kind) {
        case CommandKind::draw:
            draw(command);
            break;
        case CommandKind::pushLayer:
            m_layers.push_back({scene::Image::blank(command.bounds.width(), command.bounds.height()), command.bounds});
            break;
        case CommandKind::popLayer:
            popLayer(command);
            break;
        }
    }
    assert(m_layers.size() == 1);
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

void Composer::popLayer(const Command& command)
{
    const Layer layer = std::move(m_layers.back());
    m_layers.pop_back();
    const auto opacity = static_cast<std::uint32_t>(command.opacity * 255 + 0.5f);
    const strips::PixelRect& b = layer.bounds;
    for (int y = b.y0; y < b.y1; ++y) {
        const auto* from = reinterpret_cast<const Pixel*>(layer.pixels.row(y - b.y0));
        blendPixels(at(b.x0, y), static_cast<std::size_t>(b.width()), from, opacity);
    }
}

} // namespace tessera::cpu
