#pragma once

#include <map>
#include <span>
#include <vector>

#include <core/base/color.h>
#include <render/cpu/renderer.h>
#include <render/strips/frame.h>

#include "pixel_source.h"
#include "surface.h"

namespace tessera::cpu {

/// Index of the pop that belongs to the push.
[[nodiscard]] std::size_t popOf(const strips::Frame& frame, std::size_t push);

/// Layers with effects, composed as a whole the first time that a part of them is asked for.
class FinishedLayers
{
public:
    explicit FinishedLayers(const strips::Frame& frame) : m_frame(frame) {}
    /// `push`: index of its pushLayer.
    [[nodiscard]] const Surface& layer(std::size_t push);
    /// Forgets those that end above the row.
    void forgetAbove(int y);

private:
    const strips::Frame& m_frame;
    std::map<std::size_t, Surface> m_layers;
};

/// Runs commands of one frame: a stack of layers, spans blended into the top one.
class Composer
{
public:
    /// Draws on `bounds` of the frame, in `background` (premultiplied) at first. With `finished` it takes layers with effects
    /// from there; without, it composes them itself, which may take pixels from outside `bounds`.
    Composer(const strips::Frame& frame, const strips::PixelRect& bounds, Pixel background, FinishedLayers* finished = nullptr);
    /// Indices of commands in their order. Every push among them has its pop.
    void run(std::span<const std::uint32_t> commands);
    [[nodiscard]] const Surface& surface() const { return m_layers.front(); }

private:
    void draw(const strips::Command& command);
    void fillSource(const strips::Span& span, PixelSource& source);
    void push(const strips::Command& command);
    void popLayer(const strips::Command& command);
    void popMask(const strips::Command& command);
    void blendLayer(const strips::Command& command, const Surface& layer);
    /// Columns of a strip of a layer; `alphas` may be null.
    void blendColumns(const strips::Command& command, const Pixel* from, int x, int y, std::size_t columns, const std::uint32_t* alphas);
    /// Those that lie in the top layer's strips.
    [[nodiscard]] std::span<const strips::Span> spansOf(const strips::Command& command) const;

    const strips::Frame& m_frame;
    FinishedLayers* m_finished;
    std::vector<Surface> m_layers;
    std::vector<Pixel> m_source;
    std::vector<std::uint32_t> m_alphas;
};

} // namespace tessera::cpu
