#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <pugixml.hpp>

#include <core/formats/svg_import.h>

#include "svg_style.h"
#include "svg_values.h"

namespace tessera::formats {

/// One import in progress: walks the parsed XML and emits nodes. Used once, on any one thread.
class SvgReader
{
public:
    SvgReader(const pugi::xml_document& xml, const SvgLimits& limits) : m_xml(xml), m_limits(limits) {}
    Result<Imported, ImportError> read(pugi::xml_node svg, const std::string& name);

private:
    /// What an element inherits besides style.
    struct Context {
        Style style;
        Transform transform;     ///< applied on top of the element's own, where no group carries it
        Rect viewBox;            ///< the nearest viewport, in user units
        std::size_t depth = 0;
    };

    void indexElements(pugi::xml_node root);
    void readChildren(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out);
    enum class Applied : std::uint8_t { nothing, clip, filter }; ///< each with those before it
    void readElement(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out, Applied applied = Applied::nothing);
    void readFiltered(pugi::xml_node element, const Style& style, const Context& context, std::vector<ImportedNode>& out);
    struct EmbeddedImage {
        ContentHash hash;
        Size pixels;
    };
    [[nodiscard]] std::optional<EmbeddedImage> embedImage(std::string_view href, const std::string& name);
    void readGroup(pugi::xml_node element, const Style& style, const Context& context, std::vector<ImportedNode>& out);
    void readUse(pugi::xml_node element, const Style& style, const Context& context, std::vector<ImportedNode>& out);
    void readText(pugi::xml_node element, const Style& style, const Transform& transform, const Context& context, std::vector<ImportedNode>& out);
    void readImage(pugi::xml_node element, const Style& style, const Transform& transform, const Context& context, std::vector<ImportedNode>& out);
    void keepRaw(pugi::xml_node element, const Context& context, const std::string& why, std::vector<ImportedNode>& out);
    [[nodiscard]] std::optional<ImportedNode> shape(pugi::xml_node element, const Style& style, Transform transform, const Context& context);
    [[nodiscard]] std::optional<Rect> rectangularClip(pugi::xml_node clipPath) const;

    [[nodiscard]] std::string nameOf(pugi::xml_node element) const;
    [[nodiscard]] pugi::xml_node byReference(std::string_view reference) const; ///< url(#id) or #id
    void addAppearance(ImportedNode& node, const Style& style, const Rect& boundsUser, const Context& context, pugi::xml_node element);
    [[nodiscard]] std::optional<document::Paint> paint(std::string_view value, double opacity, const Style& style, const Rect& boundsUser, const Context& context, pugi::xml_node element);
    [[nodiscard]] std::optional<document::Paint> gradient(pugi::xml_node element, double opacity, const Rect& boundsUser, const Context& context, pugi::xml_node user);
    void notice(pugi::xml_node element, std::string what);
    [[nodiscard]] bool overLimit();

    const pugi::xml_document& m_xml;
    SvgLimits m_limits;
    StyleSheet m_sheet;
    std::map<std::string, pugi::xml_node, std::less<>> m_byId;
    Imported m_result;
    std::size_t m_elementCount = 0;
    std::size_t m_useDepth = 0;
    bool m_tooComplex = false;
};

/// The viewBox-to-viewport transform with preserveAspectRatio; identity without a viewBox.
[[nodiscard]] Transform viewBoxTransform(pugi::xml_node element, Size viewport);
[[nodiscard]] std::optional<Rect> viewBoxOf(pugi::xml_node element);
[[nodiscard]] Size imageSize(ByteView bytes); ///< from a PNG, JPEG, GIF or WebP header; 0x0 when unknown

} // namespace tessera::formats
