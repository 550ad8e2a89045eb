#include <render/export/svg_export.h>

#include <core/base/utf.h>

#include "svg_parts.h"

namespace tessera::exports {
namespace {

using document::Node;
using document::NodeType;

/// a, b … z, aa, ab …
std::string idOf(std::size_t index)
{
    std::string id;
    for (++index; index > 0; index = (index - 1) / 26)
        id.insert(id.begin(), static_cast<char>('a' + (index - 1) % 26));
    return id;
}

bool isFrameOfItsSize(const Node* node) { return node && node->type == NodeType::frame && node->clip; }

/// One pass over the document.
SvgElement svgElement(SvgExport& file, const NodeId& root, const Rect& bounds)
{
    SvgElement svg{"svg", {{"xmlns", "http://www.w3.org/2000/svg"}}, {}, {}, {}};
    const Node* node = file.document.node(root);
    Rect viewBox = bounds;
    std::vector<SvgElement> content;
    if (!node || node->type == NodeType::page) {
        addChildren(file, root, content, 0);
    } else {
        Transform place = file.document.pageTransform(root);
        const bool isUpright = place.a == 1 && place.b == 0 && place.c == 0 && place.d == 1;
        if (isFrameOfItsSize(node)) { // its corner is the file's
            viewBox = {0, 0, bounds.width, bounds.height};
            place = Transform::translation(-bounds.x, -bounds.y) * place;
        }
        const bool viewClips = isUpright && isFrameOfItsSize(node) && node->radii == std::array<double, 4>{};
        addNode(file, *node, place, !viewClips, content, 0);
    }
    svg.set("width", numberText(viewBox.width)).set("height", numberText(viewBox.height));
    svg.set("viewBox", numbersText({viewBox.x, viewBox.y, viewBox.width, viewBox.height}));
    if (auto defs = file.defs.take())
        svg.children.push_back(std::move(*defs));
    std::move(content.begin(), content.end(), std::back_inserter(svg.children));
    return svg;
}

} // namespace

std::string SvgDefs::add(SvgElement definition)
{
    std::string markup;
    exports::write(markup, definition);
    const auto [known, isNew] = m_ids.try_emplace(std::move(markup), idOf(m_elements.size()));
    if (isNew) {
        definition.attributes.insert(definition.attributes.begin(), {"id", known->second});
        m_elements.push_back(std::move(definition));
    }
    return known->second;
}

std::optional<SvgElement> SvgDefs::take()
{
    if (m_elements.empty())
        return std::nullopt;
    SvgElement defs{"defs", {}, {}, {}, std::move(m_elements)};
    m_elements.clear();
    m_ids.clear();
    return defs;
}

void SvgExport::notice(const Node& node, std::string what)
{
    SvgNotice made{node.id, toValidUtf8(node.name), std::move(what)};
    if (std::find(notices.begin(), notices.end(), made) == notices.end())
        notices.push_back(std::move(made));
}

Rect SvgExport::boundsInParent(const NodeId& id)
{
    const Node* node = document.node(id);
    const auto inverse = document.pageTransform(id).inverted();
    if (!node || !inverse)
        return {};
    const Rect bounds = (node->transform * *inverse).mapBounds(scene.list(id)->boundsPage);
    return isWritable(bounds) ? bounds : Rect{};
}

Result<SvgFile, RenderError> exportSvg(const document::Document& document, text::FontLibrary& fonts, AssetSource& assets, const SvgOptions& options)
{
    NodeId root;
    if (options.node)
        root = *options.node;
    else if (!document.tree().pages.empty())
        root = document.tree().pages.front();
    const Node* node = document.node(root);
    if (!node && !document::isRecoveredGroup(root))
        return fail(RenderError{RenderErrc::unknownNode, root.isEmpty() ? "a first page" : root.text(), {}});
    SvgExport file(document, fonts, assets, options);
    const Rect bounds = isFrameOfItsSize(node) ? document.pageBounds(root) : pictureBounds(document, *file.scene.list(root), root, 1);
    if (bounds.isEmpty() || !isWritable(bounds))
        return fail(RenderError{RenderErrc::nothingToDraw, root.text(), {}});
    file.viewPage = bounds;
    SvgElement svg = svgElement(file, root, bounds);
    for (const auto& [asset, uses] : file.assetUses) {
        if (uses > 1)
            file.sharedAssets.insert(asset);
    }
    if (!file.sharedAssets.empty()) { // known only now: once more, with each of them once
        file.notices.clear();
        svg = svgElement(file, root, bounds);
    }
    SvgFile result;
    write(result.text, svg);
    result.text += '\n';
    result.notices = std::move(file.notices);
    return result;
}

} // namespace tessera::exports
