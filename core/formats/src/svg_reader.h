#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <optional>
#include <string>
#include <vector>

#include <pugixml.hpp>

#include <core/document/filter.h>
#include <core/formats/svg_import.h>

#include "embedded_image.h"
#include "node_properties.h"
#include "svg_style.h"
#include "svg_values.h"

namespace tessera::formats {

/// Geometry of one basic shape, in its user space.
struct SvgShape {
    document::NodeType type = document::NodeType::vector; ///< rect, ellipse or vector
    document::VectorPath path;                            ///< vector
    Rect bounds;
    std::vector<double> radii;                            ///< rect: none or four
};

/// One import in progress: walks the parsed XML and emits nodes. Used once, on any one thread. By file: svg_reader.cpp
/// structure, svg_compositing.cpp clips, masks and filters, svg_shape.cpp shapes, svg_marker.cpp markers, svg_paint.cpp
/// fills and strokes, svg_pattern.cpp patterns, svg_text.cpp text, svg_image.cpp images.
class SvgReader
{
public:
    SvgReader(const pugi::xml_document& xml, const SvgLimits& limits, int imageDepth = 0)
        : m_xml(xml), m_limits(limits), m_imageDepth(imageDepth)
    {
    }
    Result<Imported, ImportError> read(pugi::xml_node svg, const std::string& name);

private:
    /// What an element inherits besides style.
    struct Context {
        Style style;
        Transform transform;     ///< applied on top of the element's own, where no group carries it
        Rect viewBox;            ///< the nearest viewport, in user units
        std::size_t depth = 0;
    };
    /// Whether opacity and blend mode are the node's own or were given to a group around it.
    enum class Compose : std::uint8_t { onNode, outside };
    /// A resource being expanded; loops end there.
    class Expansion;

    void indexElements(pugi::xml_node root);
    void readChildren(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out);
    void readElement(pugi::xml_node element, const Context& context, std::vector<ImportedNode>& out);
    void readPlaced(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out);
    void readGroup(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out);
    void readSvg(pugi::xml_node element, const Style& style, const Context& context, Compose compose, pugi::xml_node sizeFrom, std::vector<ImportedNode>& out);
    void readUse(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out);
    void readText(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out);
    friend class SvgTextReader;
    void readImage(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out);
    [[nodiscard]] std::optional<ImportedNode> nestedImage(pugi::xml_node element, ByteView source);
    /// Of a data URL or of what the caller hands out.
    [[nodiscard]] std::optional<EmbeddedImage> imageBytes(pugi::xml_node element) const;
    void readShape(pugi::xml_node element, const Style& style, const Context& context, Compose compose, std::vector<ImportedNode>& out);
    void keepRaw(pugi::xml_node element, const Context& context, const std::string& why, std::vector<ImportedNode>& out);
    [[nodiscard]] std::optional<SvgShape> shapeOf(pugi::xml_node element, const Style& style, const Context& context) const;
    /// A frame that shows only `areaUser`; its children's transform is in `inner`.
    [[nodiscard]] ImportedNode viewport(const std::string& name, const Transform& transform, const Rect& areaUser, Context& inner) const;
    [[nodiscard]] Style styleOf(pugi::xml_node element) const; ///< as its ancestors hand it down
    [[nodiscard]] Context inside(const Context& context, const Style& style) const;

    /// Clip, mask and filter of an element.
    struct Compositing {
        pugi::xml_node clip, mask;
        bool filter = false;
        [[nodiscard]] bool any() const { return clip || mask || filter; }
    };
    [[nodiscard]] pugi::xml_node compositor(pugi::xml_node element, std::string_view value, std::string_view kind);
    [[nodiscard]] Compositing compositingOf(pugi::xml_node element, const Style& style);
    void readComposed(pugi::xml_node element, const Style& style, const Compositing& compositing, const Context& context, std::vector<ImportedNode>& out);
    /// The content under its filter; nothing when the filter hides it.
    [[nodiscard]] std::vector<ImportedNode> filtered(pugi::xml_node element, const Style& style, const Rect& boundsUser, const Context& context, std::vector<ImportedNode> content);
    /// What a filter's image shows.
    [[nodiscard]] document::ImageFilter filterImage(pugi::xml_node image, const Rect& areaUser, const Context& context);
    [[nodiscard]] std::optional<ImportedNode> clipNode(pugi::xml_node clipPath, const Rect& boundsUser, const Context& context);
    [[nodiscard]] std::optional<ImportedNode> maskNode(pugi::xml_node mask, const Rect& boundsUser, const Context& context);
    /// The nodes above a mask, in one group. Nothing when there is no mask or nothing to mask.
    [[nodiscard]] static std::vector<ImportedNode> masked(std::optional<ImportedNode> mask, std::vector<ImportedNode> content);

    [[nodiscard]] std::vector<ImportedNode> markers(const document::VectorPath& path, const Style& style, const Context& context);
    [[nodiscard]] std::optional<ImportedNode> marker(pugi::xml_node marker, Point at, double angle, double strokeWidth, const Style& user, const Context& context);

    [[nodiscard]] std::string nameOf(pugi::xml_node element) const;
    [[nodiscard]] pugi::xml_node byReference(std::string_view reference) const; ///< url(#id) or #id
    void addAppearance(ImportedNode& node, const Style& style, const Rect& boundsUser, const Context& context, pugi::xml_node element);
    [[nodiscard]] std::optional<document::Paint> paint(std::string_view value, double opacity, const Style& style, const Rect& boundsUser, const Context& context, pugi::xml_node element);
    [[nodiscard]] std::optional<document::Paint> gradient(pugi::xml_node element, double opacity, const Rect& boundsUser, const Context& context);
    [[nodiscard]] std::optional<document::Paint> pattern(pugi::xml_node element, double opacity, const Rect& boundsUser, const Context& context);
    [[nodiscard]] static document::Paint paintOf(const std::string& patternKey, const Transform& patternToUser, const Rect& cellUser, double opacity, const Rect& boundsUser);
    [[nodiscard]] std::vector<pugi::xml_node> referenceChain(pugi::xml_node element) const;
    void notice(pugi::xml_node element, std::string what);
    [[nodiscard]] bool overLimit();

    const pugi::xml_document& m_xml;
    SvgLimits m_limits;
    int m_imageDepth = 0;              ///< SVG images within SVG images
    StyleSheet m_sheet;
    std::map<std::string, pugi::xml_node, std::less<>> m_byId;
    Imported m_result;
    std::vector<ImportedNode> m_patterns;
    std::map<std::string, std::string> m_patternKeys; ///< by what makes one pattern another
    std::vector<pugi::xml_node> m_open;               ///< resources being expanded
    std::set<std::pair<std::size_t, std::size_t>> m_loops; ///< elements and the clips or masks they name in a circle
    std::size_t m_elementCount = 0;
    bool m_inClip = false;             ///< shapes count, not their paints
    bool m_tooComplex = false;
};

class SvgReader::Expansion
{
public:
    Expansion(SvgReader& reader, pugi::xml_node resource) : m_reader(reader)
    {
        constexpr std::size_t deepest = 32;
        const auto& open = reader.m_open;
        m_isLoop = open.size() >= deepest || std::find(open.begin(), open.end(), resource) != open.end();
        reader.m_open.push_back(resource);
    }
    ~Expansion() { m_reader.m_open.pop_back(); }
    Expansion(const Expansion&) = delete;
    Expansion& operator=(const Expansion&) = delete;
    [[nodiscard]] bool isLoop() const { return m_isLoop; }

private:
    SvgReader& m_reader;
    bool m_isLoop;
};

/// The viewBox-to-viewport transform with preserveAspectRatio; identity without a viewBox.
[[nodiscard]] Transform viewBoxTransform(pugi::xml_node element, Size viewport);
/// The same for a given box and the value of preserveAspectRatio.
[[nodiscard]] Transform fitTransform(const Rect& box, Size viewport, std::string_view aspect);
[[nodiscard]] std::optional<Rect> viewBoxOf(pugi::xml_node element);
[[nodiscard]] double attributeLength(pugi::xml_node element, const char* name, double percentBase, double fallback = 0, double emPx = 16);
[[nodiscard]] std::string_view hrefOf(pugi::xml_node element);
/// What percentages of lengths without a direction refer to.
[[nodiscard]] double diagonalOf(const Rect& viewBox);
[[nodiscard]] std::string_view tagOf(pugi::xml_node element); ///< without the prefix svg:
/// The element's own transform with its origin; empty when it flattens everything.
[[nodiscard]] std::optional<Transform> ownTransform(pugi::xml_node element, const Style& style, const Rect& viewBox);

/// The public importSvg(), which an SVG image within an SVG calls again.
Result<Imported, ImportError> importSvg(ByteView source, const std::string& name, const SvgLimits& limits, int imageDepth);

/// Opacity, blend mode and isolation.
void setComposing(ImportedNode& node, const Style& style);
/// display and, of a leaf, visibility.
void setVisibility(ImportedNode& node, const Style& style, bool isLeaf);
void addDashes(ImportedNode& node, const Style& style, double diagonal);
/// A shape and its markers as nodes in the order that the property paint-order asks for.
[[nodiscard]] std::vector<ImportedNode> paintOrder(ImportedNode shape, std::vector<ImportedNode> markers, std::string_view order);
/// Box of the shapes' outlines in the space of the nodes' parent, without strokes; nothing of hidden nodes.
[[nodiscard]] Rect geometryBounds(const std::vector<ImportedNode>& nodes);
/// The same with the strokes, as if all joins were round.
[[nodiscard]] Rect paintedBounds(const std::vector<ImportedNode>& nodes);

} // namespace tessera::formats
