#include <core/formats/import_file.h>

#include <algorithm>

#include <core/formats/excalidraw_import.h>
#include <core/formats/penpot_import.h>

#include "svg_values.h"

namespace tessera::formats {

std::span<const ImportFormat> importFormats()
{
    static const ImportFormat formats[] = {
        {"svg", "SVG drawings", SvgLimits{}.maxBytes},
        {"penpot", "Penpot files", PenpotLimits{}.maxBytes},
        {"excalidraw", "Excalidraw drawings", ExcalidrawLimits{}.maxBytes},
        {"excalidrawlib", "Excalidraw libraries", ExcalidrawLimits{}.maxBytes},
    };
    return formats;
}

const ImportFormat* importFormatOf(std::string_view path)
{
    const std::size_t dot = path.rfind('.');
    const std::string ending = dot == std::string_view::npos ? std::string() : lowerCase(path.substr(dot + 1));
    const auto formats = importFormats();
    const auto found = std::find_if(formats.begin(), formats.end(), [&](const ImportFormat& format) { return format.ending == ending; });
    return found == formats.end() ? nullptr : &*found;
}

Result<Imported, ImportError> importFile(ByteView source, std::string_view path, const std::string& name, const SvgLimits& svg)
{
    const ImportFormat* format = importFormatOf(path);
    if (!format)
        return fail(ImportError{ImportErrc::notThisFormat, 0, "its name has no ending of a format that can be imported"});
    if (format->ending == "svg")
        return importSvg(source, name, svg);
    return format->ending == "penpot" ? importPenpot(source, name) : importExcalidraw(source, name);
}

} // namespace tessera::formats
