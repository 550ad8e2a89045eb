#include <core/formats/svg_import.h>

#include <cstring>

#include "svg_reader.h"

namespace tessera::formats {
namespace {

/// Nesting that pugixml would parse fine but that no drawing has; checked before any recursion over the tree.
std::size_t depthOf(const pugi::xml_document& xml)
{
    std::size_t depth = 0, deepest = 0;
    for (pugi::xml_node node = xml.first_child(); node;) {
        deepest = std::max(deepest, depth);
        if (node.first_child()) {
            node = node.first_child();
            ++depth;
            continue;
        }
        while (node && !node.next_sibling()) {
            node = node.parent();
            --depth;
        }
        node = node ? node.next_sibling() : node;
    }
    return deepest;
}

} // namespace

Result<Imported, ImportError> importSvg(ByteView source, const std::string& name, const SvgLimits& limits)
{
    return importSvg(source, name, limits, 0);
}

Result<Imported, ImportError> importSvg(ByteView source, const std::string& name, const SvgLimits& limits, int imageDepth)
{
    if (source.size() > limits.maxBytes)
        return fail(ImportError{ImportErrc::tooLarge, limits.maxBytes,
                                std::to_string(source.size()) + " bytes; at most " + std::to_string(limits.maxBytes) + " are read"});
    pugi::xml_document xml;
    const auto parsed = xml.load_buffer(source.data(), source.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!parsed)
        return fail(ImportError{parsed.status == pugi::status_no_document_element ? ImportErrc::notThisFormat : ImportErrc::malformed,
                                static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, parsed.offset)), parsed.description()});
    const pugi::xml_node root = xml.document_element();
    const std::string_view rootName = root.name();
    if (rootName != "svg" && rootName != "svg:svg")
        return fail(ImportError{ImportErrc::notThisFormat, 0, "the root element is <" + std::string(rootName.substr(0, 40)) + ">, not <svg>"});
    if (depthOf(xml) > limits.maxDepth)
        return fail(ImportError{ImportErrc::tooComplex, 0, "nested deeper than " + std::to_string(limits.maxDepth) + " levels"});
    return SvgReader(xml, limits, imageDepth).read(root, name);
}

} // namespace tessera::formats
