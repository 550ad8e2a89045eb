#pragma once

#include <span>

#include <core/formats/imported_node.h>
#include <core/formats/svg_import.h>

/// The one list of formats that come in as trees of nodes. Pure; any thread.
namespace tessera::formats {

struct ImportFormat {
    std::string_view ending; ///< of the file name, lower case, without the dot
    std::string_view what;   ///< for lists of formats, as in "SVG drawings"
    std::size_t maxBytes;    ///< larger files need not be read
};
[[nodiscard]] std::span<const ImportFormat> importFormats();
/// By the ending of the file name, in any case; null for other files.
[[nodiscard]] const ImportFormat* importFormatOf(std::string_view path);

/// Imports a file's bytes in the format that its name says; `name` is that of the outermost node. `svg` is for SVG alone.
/// Errors: notThisFormat for a name of no format, and those of the format.
Result<Imported, ImportError> importFile(ByteView source, std::string_view path, const std::string& name, const SvgLimits& svg = {});

} // namespace tessera::formats
