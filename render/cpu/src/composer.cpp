#include "composer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>

#include "blend.h"
#include "blend_modes.h"
#include "effects.h"

namespace tessera::cpu {

using strips::Command;
using strips::CommandKind;
using strips::PixelRect;
using strips::Span;
using strips::stripHeightPx;

namespace {

/// Rec. 709 weights in 1/256, of premultiplied values: alpha is in them.
std::uint32_t luminanceOf(Pixel p) { return (54 * (p & 255) + 183 * ((p >> 8) & 255) + 19 * ((p >> 16) & 255) + 128) >> 8; }

/// Full coverage for the rows of a strip within first..end.
std::uint32_t alphasOfRows(int strip, int first, int end)
{
    std::uint32_t alphas = 0;
    for (int row = std::max(0, first - strip); row < std::min(stripHeightPx, end - strip); ++row)
        alphas |= 255u << (8 * row);
    return alphas;
}
constexpr std::uint32_t allRows = 0xffffffff;

/// The layer's pixels through its effects; `below` is what they may look at.
Surface throughEffects(const strips::FrameEffects& effects, const Surface& layer, const Surface* below)
{
    if (layer.bounds().isEmpty())
        return layer;
    scene::Image pixels = layer.toImage(layer.bounds());
    const PixelRect shared = below ? intersected(layer.bounds(), below->bounds()) : PixelRect{};
    scene::Image backdrop = below ? below->toImage(shared) : scene::Image{};
    applyEffects(effects, {pixels, layer.bounds()}, {backdrop, shared});
    return Surface(pixels, layer.bounds());
}

} // namespace

static_assert(std::endian::native == std::endian::little, "Pixel is red first in memory");

std::size_t popOf(const strips::Frame& frame, std::size_t push)
{
    int depth = 0;
    for (std::size_t at = push;; ++at) {
        const CommandKind kind = frame.commands[at].kind;
        depth += kind == CommandKind::pushLayer || kind == CommandKind::pushMask;
        depth -= kind == CommandKind::popLayer || kind == CommandKind::popMask;
        if (depth == 0)
            return at;
    }
}

Composer::Composer(const strips::Frame& frame, const PixelRect& bounds, Pixel background, FinishedLayers* finished)
    : m_frame(frame), m_finished(finished)
{
    m_layers.emplace_back(bounds);
    if (background != 0)
        m_layers.front().fill(background);
}

void Composer::run(std::span<const std::uint32_t> commands)
{
    for (std::size_t at = 0; at < commands.size(); ++at) {
        const Command& command = m_frame.commands[commands[at]];
        switch (command.kind) {
        case CommandKind::draw:
            draw(command);
            break;
        case CommandKind::pushLayer:
            if (m_finished && command.effects != strips::noEffects) {
                const std::size_t pop = popOf(m_frame, commands[at]);
                const Command& last = m_frame.commands[pop];
                if (!intersected(last.bounds, m_layers.back().bounds()).isEmpty())
                    blendLayer(last, m_finished->layer(commands[at]));
                while (commands[at] != pop) // which is among them
                    ++at;
                break;
            }
            [[fallthrough]];
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
    assert(m_layers.size() == 1);
}

std::span<const Span> Composer::spansOf(const Command& command) const
{
    std::span<const Span> spans{m_frame.spans.data() + command.firstSpan, command.spanCount};
    const Surface& top = m_layers.back();
    const auto firstFrom = [](std::span<const Span> sorted, int y) {
        return static_cast<std::size_t>(std::ranges::lower_bound(sorted, y, {}, &Span::y) - sorted.begin());
    };
    if (!spans.empty() && spans.back().y >= top.endRow())
        spans = spans.first(firstFrom(spans, top.endRow()));
    if (!spans.empty() && spans.front().y < top.firstRow())
        spans = spans.subspan(firstFrom(spans, top.firstRow()));
    return spans;
}

void Composer::draw(const Command& command)
{
    const strips::FramePaint& paint = m_frame.paints[command.paint];
    const auto spans = spansOf(command);
    if (spans.empty())
        return;
    if (paint.kind != strips::PaintKind::solid) {
        const auto source = makePixelSource(m_frame, paint);
        for (const Span& span : spans)
            fillSource(span, *source);
        return;
    }
    const Pixel color = toPixel(paint.color);
    for (const Span& span : spans) {
        Pixel* out = m_layers.back().column(span.x, span.y);
        if (span.alphaColumn != strips::solidSpan)
            blendColor(out, span.width, color, m_frame.alphas.data() + span.alphaColumn);
        else if ((color >> 24) == 255)
            std::fill_n(out, span.width * stripHeightPx, color);
        else
            blendColor(out, span.width, color);
    }
}

void Composer::fillSource(const Span& span, PixelSource& source)
{
    m_source.resize(span.width * std::size_t{stripHeightPx});
    for (int row = 0; row < stripHeightPx; ++row)
        source.fill(span.x, span.y + row, m_source.data() + row, span.width, stripHeightPx);
    Pixel* out = m_layers.back().column(span.x, span.y);
    if (span.alphaColumn == strips::solidSpan)
        blendPixels(out, span.width, m_source.data());
    else
        blendPixels(out, span.width, m_source.data(), m_frame.alphas.data() + span.alphaColumn);
}

void Composer::push(const Command& command)
{
    PixelRect bounds = command.bounds;
    if (m_finished) {
        // Only what this part of the frame shows. Nothing looks farther: layers with effects come finished.
        bounds.y0 = std::max(bounds.y0, m_layers.front().bounds().y0);
        bounds.y1 = std::min(bounds.y1, m_layers.front().bounds().y1);
    }
    m_layers.emplace_back(bounds);
}

void Composer::popLayer(const Command& command)
{
    Surface layer = std::move(m_layers.back());
    m_layers.pop_back();
    if (command.effects != strips::noEffects)
        layer = throughEffects(m_frame.effects[command.effects], layer, &m_layers.back());
    blendLayer(command, layer);
}

void Composer::blendLayer(const Command& command, const Surface& layer)
{
    const PixelRect b = intersected(intersected(command.bounds, layer.bounds()), m_layers.back().bounds());
    if (b.isEmpty())
        return;
    const auto width = static_cast<std::size_t>(b.width());
    if (command.spanCount == 0) {
        for (int y = stripOf(b.y0); y < b.y1; y += stripHeightPx) {
            const std::uint32_t rows = alphasOfRows(y, b.y0, b.y1);
            if (rows != allRows)
                m_alphas.assign(width, rows);
            blendColumns(command, layer.column(b.x0, y), b.x0, y, width, rows == allRows ? nullptr : m_alphas.data());
        }
        return;
    }
    for (const Span& span : spansOf(command)) {
        const int x0 = std::max(span.x, b.x0), x1 = std::min(span.x + static_cast<int>(span.width), b.x1);
        const std::uint32_t rows = alphasOfRows(span.y, b.y0, b.y1);
        if (x0 >= x1 || rows == 0)
            continue;
        const bool isSolid = span.alphaColumn == strips::solidSpan;
        const std::uint32_t* alphas = isSolid ? nullptr : m_frame.alphas.data() + span.alphaColumn + (x0 - span.x);
        const auto columns = static_cast<std::size_t>(x1 - x0);
        if (rows != allRows) {
            m_alphas.assign(columns, rows);
            for (std::size_t i = 0; i < columns && alphas; ++i)
                m_alphas[i] &= alphas[i];
            alphas = m_alphas.data();
        }
        blendColumns(command, layer.column(x0, span.y), x0, span.y, columns, alphas);
    }
}

void Composer::blendColumns(const Command& command, const Pixel* from, int x, int y, std::size_t columns, const std::uint32_t* alphas)
{
    const auto opacity = static_cast<std::uint32_t>(command.opacity * 255 + 0.5f);
    Pixel* to = m_layers.back().column(x, y);
    if (command.blend != scene::BlendMode::normal) {
        blendPixels(to, columns * stripHeightPx, from, opacity, command.blend, alphas);
    } else if (!alphas) {
        blendPixels(to, columns, from, opacity);
    } else if (opacity == 255) {
        blendPixels(to, columns, from, alphas);
    } else {
        m_source.resize(columns * stripHeightPx);
        std::transform(from, from + m_source.size(), m_source.begin(), [&](Pixel p) { return scaled(p, opacity); });
        blendPixels(to, columns, m_source.data(), alphas);
    }
}

/// The layer shows through the mask; beyond the mask's bounds nothing of it is left.
void Composer::popMask(const Command& command)
{
    const Surface mask = std::move(m_layers.back());
    m_layers.pop_back();
    Surface& below = m_layers.back();
    const PixelRect& b = below.bounds();
    const PixelRect shown = intersected(b, mask.bounds());
    for (int y = below.firstRow(); y < below.endRow(); y += stripHeightPx) {
        Pixel* out = below.column(b.x0, y);
        Pixel* const end = out + static_cast<std::size_t>(b.width()) * stripHeightPx;
        const std::uint32_t rows = shown.isEmpty() ? 0 : alphasOfRows(y, shown.y0, shown.y1);
        if (rows == 0) {
            std::fill(out, end, Pixel{});
            continue;
        }
        Pixel* const first = out + static_cast<std::size_t>(shown.x0 - b.x0) * stripHeightPx;
        const std::size_t count = static_cast<std::size_t>(shown.width()) * stripHeightPx;
        std::fill(out, first, Pixel{});
        std::fill(first + count, end, Pixel{});
        const Pixel* from = mask.column(shown.x0, y);
        for (std::size_t i = 0; i < count; ++i) {
            const bool isShown = (rows >> (8 * (i % stripHeightPx))) & 1;
            first[i] = isShown ? scaled(first[i], command.luminance ? luminanceOf(from[i]) : from[i] >> 24) : Pixel{};
        }
    }
}

const Surface& FinishedLayers::layer(std::size_t push)
{
    const auto known = m_layers.find(push);
    if (known != m_layers.end())
        return known->second;
    const std::size_t pop = popOf(m_frame, push);
    const Command& command = m_frame.commands[push];
    std::vector<std::uint32_t> within(pop - push - 1);
    std::iota(within.begin(), within.end(), static_cast<std::uint32_t>(push + 1));
    Composer composer(m_frame, command.bounds, {});
    composer.run(within);
    Surface finished = command.effects == strips::noEffects
                           ? composer.surface()
                           : throughEffects(m_frame.effects[command.effects], composer.surface(), nullptr);
    return m_layers.emplace(push, std::move(finished)).first->second;
}

void FinishedLayers::forgetAbove(int y)
{
    std::erase_if(m_layers, [y](const auto& entry) { return entry.second.bounds().y1 <= y; });
}

} // namespace tessera::cpu
