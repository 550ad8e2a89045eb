#include "nested_svg.h"

#include <algorithm>

#include <core/formats/svg_import.h>

#include "embedded_image.h"
#include "node_properties.h"

namespace tessera::formats {
namespace {

std::size_t nodeCount(const ImportedNode& node)
{
    std::size_t count = 1;
    for (const ImportedNode& child : node.children)
        count += nodeCount(child);
    return count;
}

} // namespace

std::optional<ImportedNode> NestedSvg::read(ByteView source, const std::string& name, Imported& into, std::vector<std::string>& losses)
{
    constexpr std::size_t mostElements = 20'000, leastCost = 200;
    SvgLimits limits;
    limits.maxElements = std::min(mostElements, m_elementsLeft);
    limits.maxDepth = 64;
    if (m_elementsLeft == 0)
        return std::nullopt;
    auto drawing = importSvg(source, name, limits);
    const std::size_t cost = drawing ? nodeCount(drawing->root) + leastCost : limits.maxElements;
    m_elementsLeft -= std::min(cost, m_elementsLeft);
    if (!drawing)
        return std::nullopt;
    prefixKeys(drawing->root, "svg " + std::to_string(m_count++) + " ");
    for (ImportedAsset& asset : drawing->assets)
        addAsset(into, std::move(asset));
    for (const ImportNotice& notice : drawing->notices)
        losses.push_back(notice.element + ": " + notice.what);
    return std::move(drawing->root);
}

} // namespace tessera::formats
