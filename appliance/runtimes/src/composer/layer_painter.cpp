#include "layer_painter.h"

#include <algorithm>

#include <core/base/log.h>
#include <core/base/random.h>
#include <core/document/document.h>
#include <core/formats/imported_node.h>
#include <render/export/render_document.h>
#include <render/scene/image.h>
#include <render/text/font_files.h>

namespace tessera::appliance {
namespace {

void warn(std::string_view what, const std::string& detail)
{
    log::warning("composer", what, {{"detail", detail}});
}

} // namespace

LayerPainter::LayerPainter()
{
    if (const auto added = text::addBundledFonts(m_fonts); !added)
        warn("no fonts: previews have no text", added.error().where + ": " + added.error().detail);
}

Bytes LayerPainter::paint(const std::string& layersJson, Size size, double maxSidePx)
{
    const auto value = crdt::parseJson(layersJson);
    if (!value)
        return warn("layers are no JSON", describe(value.error())), Bytes();
    auto nodes = formats::parseLayers(*value);
    if (!nodes)
        return warn("layers do not parse", formats::describe(nodes.error())), Bytes();
    // Ids only live as long as this document: a fixed seed keeps the bytes the same.
    SeededRandom random(1);
    const auto document = document::Document::createBlank(random, "preview");
    const NodeId page = document->tree().pages.front();
    for (formats::ImportedNode& node : *nodes) {
        const auto commands = formats::toCommands({std::move(node), {}, {}}, {page, std::nullopt}, random);
        if (const auto applied = document::apply(*document, commands, "composer"); !applied)
            return warn("layers do not apply", document::describe(applied.error())), Bytes();
    }
    exports::RenderOptions options;
    options.boundsPage = Rect{0, 0, size.width, size.height};
    options.scale = std::min(1.0, maxSidePx / std::max(size.width, size.height));
    scene::NoImages noImages;
    auto png = exports::renderPng(*document, m_fonts, noImages, options);
    if (!png)
        return warn("layers do not draw", exports::describe(png.error())), Bytes();
    return std::move(*png);
}

} // namespace tessera::appliance
