#pragma once

#include <core/formats/imported_node.h>

/// .penpot files of version 3 (document-model section 10): what Penpot exports since 2.4, and what its library and the
/// community's Figma exporter write. A page becomes a frame around its shapes; several pages stand side by side in a group.
/// Shapes keep their looks; a stroke that a node cannot carry beside its others is a node above it. Each shape with
/// something that the document model has no place for (components, layout, tokens, interactions …) gets one notice.
/// Pure; any thread.
namespace tessera::formats {

struct PenpotLimits {
    std::size_t maxBytes = std::size_t{256} << 20;        ///< of the archive
    std::size_t maxEntries = 300'000;
    std::size_t maxEntryBytes = std::size_t{64} << 20;    ///< unpacked
    std::size_t maxUnpackedBytes = std::size_t{512} << 20; ///< of all that is read
    std::size_t maxShapes = 200'000;
    std::size_t maxDepth = 64; ///< of shapes within shapes
};

/// Errors: tooLarge (the archive, or what it unpacks to), notThisFormat (with advice for versions 1 and 2), malformed (names the
/// entry), tooComplex (entries, shapes, nesting).
Result<Imported, ImportError> importPenpot(ByteView source, const std::string& name, const PenpotLimits& limits = {});

} // namespace tessera::formats
