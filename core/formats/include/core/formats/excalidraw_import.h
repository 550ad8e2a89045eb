#pragma once

#include <core/formats/imported_node.h>

/// .excalidraw drawings (version 2) and .excalidrawlib libraries (versions 1 and 2); document-model section 10. A drawing becomes a
/// frame around its elements, a library a frame with its items in a grid, each a group. Lines are drawn clean, without the
/// hand-drawn wobble; hachures are lines of their own, clipped to the shape, at the angle and distance that Excalidraw uses,
/// so that the same file always gives the same nodes. Pure; any thread.
namespace tessera::formats {

struct ExcalidrawLimits {
    std::size_t maxBytes = std::size_t{128} << 20;
    std::size_t maxElements = 100'000;
    std::size_t maxPoints = 2'000'000; ///< of all lines together, hachures counted
};

/// Errors: tooLarge, malformed (JSON, with offset), notThisFormat (no drawing, no library), tooComplex.
Result<Imported, ImportError> importExcalidraw(ByteView source, const std::string& name, const ExcalidrawLimits& limits = {});

} // namespace tessera::formats
