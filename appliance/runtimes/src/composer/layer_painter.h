#pragma once

#include <memory>
#include <string>

#include <core/base/bytes.h>
#include <core/base/geometry.h>
#include <render/text/font_library.h>

/// Draws composed layers with the renderer that draws the canvas, so that a preview is what is inserted. One thread.
namespace tessera::appliance {

class LayerPainter
{
public:
    /// Loads the bundled fonts: later a sandbox may forbid it. Without them pictures have no text.
    LayerPainter();

    /// PNG of the layers, at most `maxSidePx` wide and high; empty when they cannot be drawn.
    [[nodiscard]] Bytes paint(const std::string& layersJson, Size size, double maxSidePx);

private:
    text::FontLibrary m_fonts;
};

} // namespace tessera::appliance
