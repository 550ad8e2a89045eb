#pragma once

#include <functional>
#include <optional>

#include <core/formats/imported_node.h>

/// SVG 1.1 and the parts of SVG 2 and CSS that icon packages and drawing tools use (document-model section 10). The
/// root becomes a frame of the SVG's size; clips and masks become masking siblings, patterns hidden nodes that paints
/// name, markers groups beside their path, filters effects. What cannot be modelled (foreignObject, linked images …) is kept as an svgRaw node with its source and reported. Never runs scripts, never fetches.
/// Pure; any thread.
namespace tessera::formats {

struct SvgLimits {
    std::size_t maxBytes = std::size_t{64} << 20;
    std::size_t maxElements = 200'000; ///< instances of `use` counted
    std::size_t maxDepth = 256;
    /// Bytes of an image that the file links to, or nothing. Not set: no link is followed.
    std::function<std::optional<Bytes>(std::string_view href)> linkedImage;
};

/// Errors: tooLarge, malformed (with offset), notThisFormat (no svg root), tooComplex.
Result<Imported, ImportError> importSvg(ByteView source, const std::string& name, const SvgLimits& limits = {});

} // namespace tessera::formats
