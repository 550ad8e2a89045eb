#pragma once

#include <optional>
#include <string>
#include <vector>

#include <core/base/bytes.h>
#include <core/document/document.h>
#include <render/export/render_document.h>
#include <render/scene/image.h>
#include <render/text/font_library.h>

/// A page, or a node with all below it, as an SVG file that browsers, Inkscape and resvg show alike: SVG 1.1 with plain
/// `href`, mix-blend-mode and isolation of later modules. Small: no default attributes, no editor metadata, lengths with at
/// most 4 decimals, what is shared stands once in <defs>. The same document gives the same bytes. docs/formats.md says what
/// becomes what. The document's thread.
namespace tessera::exports {

enum class SvgText : std::uint8_t {
    text,    ///< <text>: editable, needs the fonts where it is opened; a <tspan> with a place for each line
    outlines ///< paths: looks the same everywhere
};

struct SvgOptions {
    std::optional<NodeId> node;    ///< absent: the first page
    SvgText text = SvgText::text;
    bool names = false;            ///< layer names as data-name
};

/// One thing of a node that the file shows otherwise, or not at all.
struct SvgNotice {
    NodeId node;
    std::string name; ///< the node's
    std::string what;
    friend bool operator==(const SvgNotice&, const SvgNotice&) = default;
};

struct SvgFile {
    std::string text;              ///< UTF-8, well-formed XML whatever the document holds
    std::vector<SvgNotice> notices;
};

/// Encoded images, as the document's assets store them.
class AssetSource
{
public:
    virtual ~AssetSource() = default;
    /// Nothing when the bytes are not here. They are embedded as they are when they are PNG, JPEG or WebP.
    [[nodiscard]] virtual std::optional<Bytes> bytes(const ContentHash& asset) = 0;
};

/// The file shows pictureBounds(); a frame that clips shows its own box, to the fraction of a px.
/// Errors: unknownNode, nothingToDraw.
Result<SvgFile, RenderError> exportSvg(const document::Document& document, text::FontLibrary& fonts, AssetSource& assets,
                                       const SvgOptions& options = {});

} // namespace tessera::exports
