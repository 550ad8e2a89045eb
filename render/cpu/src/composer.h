#pragma once

#include <vector>

#include <core/base/color.h>
#include <render/strips/frame.h>

#include "blend.h"
#include "pixel_source.h"

namespace tessera::cpu {

/// Runs the commands of one frame: a stack of layers, spans blended into the top one.
class Composer
{
public:
    Composer(const strips::Frame& frame, const Color& background);
    /// An empty layer to draw on, for runLayer().
    Composer(const strips::Frame& frame, const strips::PixelRect& bounds);
    void run();
    /// What lies between a push and its pop; returns the index of the pop.
    std::size_t runLayer(std::size_t push);
    [[nodiscard]] scene::Image take() { return std::move(m_layers.front().pixels); }

private:
    struct Layer {
        scene::Image pixels;
        strips::PixelRect bounds;
    };
    void run(const strips::Command& command);
    void draw(const strips::Command& command);
    void fillSolid(const strips::Span& span, Pixel color);
    void fillAlphas(const strips::Span& span, Pixel color);
    void fillSource(const strips::Span& span, PixelSource& source);
    void popLayer(const strips::Command& command);
    void popMask(const strips::Command& command);
    /// A row of a layer through a span of its clip, or whole (no alphas).
    void blendRow(const strips::Command& command, const Layer& layer, int x, int y, std::size_t count, const RowAlphas* alphas);
    void push(const strips::Command& command);
    /// Rows of the span that lie within the layer: first and end, 0..4 from the span's y.
    struct Rows {
        int first, end;
    };
    [[nodiscard]] Rows rowsInside(const strips::Span& span) const;
    [[nodiscard]] Pixel* at(int x, int y);

    const strips::Frame& m_frame;
    std::vector<Layer> m_layers;
    std::vector<Pixel> m_line;
};

} // namespace tessera::cpu
