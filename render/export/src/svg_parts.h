#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <render/export/svg_export.h>
#include <render/scene/display_list.h>
#include <render/scene/scene_builder.h>

#include "svg_markup.h"

/// The parts that write one SVG file, and what they share. By file: svg_export.cpp the file, svg_tree.cpp nodes and groups,
/// svg_masks.cpp clips and masks, svg_shapes.cpp outlines with their fills and strokes, svg_paints.cpp gradients and patterns,
/// svg_images.cpp images, svg_effects.cpp and svg_primitives.cpp filters, svg_text.cpp and svg_outlines.cpp text.
namespace tessera::exports {

/// What <defs> holds: each thing once, under ids in the order of first use.
class SvgDefs
{
public:
    /// The id of an equal definition, or of this one from now on.
    [[nodiscard]] std::string add(SvgElement definition);
    /// "url(#id)" of the same.
    [[nodiscard]] std::string reference(SvgElement definition) { return "url(#" + add(std::move(definition)) + ")"; }
    /// All of them; nothing is left here. Absent when there are none.
    [[nodiscard]] std::optional<SvgElement> take();

private:
    std::map<std::string, std::string, std::less<>> m_ids; ///< by markup without id
    std::vector<SvgElement> m_elements;
};

/// One export in progress.
struct SvgExport {
    SvgExport(const document::Document& d, text::FontLibrary& f, AssetSource& a, const SvgOptions& o)
        : document(d), fonts(f), assets(a), options(o), scene(d, f, noImages)
    {
    }

    const document::Document& document;
    text::FontLibrary& fonts;
    AssetSource& assets;
    const SvgOptions& options;
    scene::NoImages noImages; ///< only places matter to the scene here
    scene::SceneBuilder scene;
    SvgDefs defs;
    std::vector<SvgNotice> notices;
    Rect viewPage;                               ///< what the file shows
    bool mayBeOutside = true;                    ///< nodes from here on may lie beside it
    std::vector<NodeId> openPatterns;            ///< being written: one inside itself ends there
    std::map<ContentHash, std::size_t> assetUses;
    std::set<ContentHash> sharedAssets;          ///< to be written once, in defs

    void notice(const document::Node& node, std::string what);
    /// Box of all the node paints, in the coordinates of its parent; empty when it paints nothing.
    [[nodiscard]] Rect boundsInParent(const NodeId& node);
};

inline constexpr int deepestSvgLevel = 250; ///< what readers of XML take

// --- svg_tree.cpp
void addNode(SvgExport& file, const NodeId& id, std::vector<SvgElement>& out, int depth);
/// The same with another transform than the node's own; `clips` false: a frame's clip is left to whoever shows the result.
void addNode(SvgExport& file, const document::Node& node, const Transform& transform, bool clips, std::vector<SvgElement>& out, int depth);
void addChildren(SvgExport& file, const NodeId& id, std::vector<SvgElement>& out, int depth);
/// The group, or less where it says nothing: its only child with the group's attributes, or its children.
void addSimplified(SvgElement group, std::vector<SvgElement>& out);

// --- svg_masks.cpp
/// What is above a mask, showing only what the mask lets through.
void addMasked(SvgExport& file, const document::Node& mask, std::vector<SvgElement> content, std::vector<SvgElement>& out, int depth);

// --- svg_shapes.cpp
/// The node's outline without paints, moved by `shift`. Absent when it has none or a number is not writable.
[[nodiscard]] std::optional<SvgElement> outlineElement(const document::Node& node, Point shift = {});
/// A clip to the outline, for clip-path. Empty when there is none.
[[nodiscard]] std::string clipReference(SvgExport& file, const document::Node& node, const Transform& transform = {});
/// The outline once for each fill and stroke, or fewer times where one element takes both.
[[nodiscard]] std::vector<SvgElement> shapeElements(SvgExport& file, const document::Node& node, Point shift);
void setStroke(SvgElement& element, const document::StrokeStyle& style, double width);

// --- svg_paints.cpp
/// Where a paint is used.
struct SvgArea {
    const document::Node& node;
    Rect box;                  ///< what gradients without units of their own refer to, node coordinates
    bool isBounds = false;     ///< the box is what SVG takes for the element's bounding box
    Point shift;               ///< from node coordinates to those of the element
    double reach = 0;          ///< how far beyond the box it is seen
};
struct SvgPaint {
    std::string value;         ///< a colour or url(#id)
    double opacity = 1;
};
/// Absent when it paints nothing.
[[nodiscard]] std::optional<SvgPaint> svgPaint(SvgExport& file, const document::Paint& paint, const SvgArea& area);
/// `name` is fill or stroke.
void setPaint(SvgElement& element, std::string_view name, const SvgPaint& paint);
[[nodiscard]] SvgPaint solidSvgPaint(const Color& color, double opacity);
struct SvgGradient {
    scene::GradientKind kind{}; ///< linear or radial
    std::vector<document::GradientStop> stops;
    document::GradientSpread spread{};
    Transform matrix;           ///< gradient space to the element's coordinates, or to the unit box
    bool inBox = false;
    std::optional<Point> focus;
    double focusRadius = 0;
};
[[nodiscard]] SvgPaint gradientPaint(SvgExport& file, SvgGradient gradient, double opacity);

// --- svg_images.cpp
/// An image in a box. Absent, and said, when it cannot be shown.
[[nodiscard]] std::optional<SvgElement> imageElement(SvgExport& file, const document::Node& node, const ContentHash& asset, document::ImageFit fit,
                                                     const Rect& box, double opacity);
/// The same as a paint server for all that `area` shows.
[[nodiscard]] std::optional<SvgPaint> imagePaint(SvgExport& file, const document::Paint& paint, const SvgArea& area);
/// A gradient that SVG has no element for, as an image.
[[nodiscard]] std::optional<SvgPaint> rasterPaint(SvgExport& file, const document::Paint& paint, const SvgArea& area);
/// Empty, and said, when the asset is not here or of no format that SVG readers know.
[[nodiscard]] std::string imageUrl(SvgExport& file, const document::Node& node, const ContentHash& asset);
/// Source markup of an svgRaw node.
[[nodiscard]] std::vector<SvgElement> rawElements(SvgExport& file, const document::Node& node);

// --- svg_effects.cpp
/// References of filters in the order of their application.
[[nodiscard]] std::vector<std::string> filterReferences(SvgExport& file, const document::Node& node);

// --- svg_text.cpp, svg_outlines.cpp
[[nodiscard]] std::vector<SvgElement> textElements(SvgExport& file, const document::Node& node, Point shift);
[[nodiscard]] std::vector<SvgElement> outlinedText(SvgExport& file, const document::Node& node);

} // namespace tessera::exports
