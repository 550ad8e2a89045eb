#pragma once

#include <map>
#include <string>
#include <vector>

#include <core/formats/excalidraw_import.h>

#include "json_values.h"
#include "nested_svg.h"
#include "node_properties.h"

namespace tessera::formats {

/// How an element is painted.
struct ExcalidrawLook {
    document::Paint stroke;
    document::StrokeStyle style;
    bool hasStroke = false;
    std::optional<Color> background; ///< nothing where transparent
    std::string_view fillStyle;      ///< solid, hachure, cross-hatch or zigzag
};
[[nodiscard]] ExcalidrawLook excalidrawLook(const crdt::Any& element);

/// An outline in the element's own coordinates, its corner at the origin for boxes, its first point for lines.
struct ExcalidrawOutline {
    document::VectorPath path;
    bool isArea = false;  ///< has an inside to fill
    std::vector<Point> points; ///< lines: as they stand in the file
};
[[nodiscard]] ExcalidrawOutline excalidrawOutline(const crdt::Any& element);

/// Lines that fill the outline as Excalidraw's hachure, cross-hatch and zigzag do, without their wobble. Nothing when there would be
/// more than `maxLines`, or more edges to look at than `workLeft`, from which they are taken.
[[nodiscard]] std::optional<document::VectorPath> hachure(const document::VectorPath& outline, std::string_view style, double strokeWidth,
                                                          std::size_t maxLines, double& workLeft);

/// A head at an end of an arrow: an open or closed outline.
struct ArrowHead {
    document::VectorPath path;
    enum class Fill : std::uint8_t { none, stroke, background } fill = Fill::none;
};
enum class ArrowEnd : std::uint8_t { start, end };
/// Nothing for kinds that are not known.
[[nodiscard]] std::optional<ArrowHead> arrowHead(std::string_view kind, ArrowEnd end, const ExcalidrawOutline& line, double strokeWidth);

/// One import in progress. Used once.
class ExcalidrawReader
{
public:
    ExcalidrawReader(const crdt::Any& files, const ExcalidrawLimits& limits) : m_files(files), m_limits(limits) {}

    /// Elements in their order, in groups and frames; `bounds` is united with their boxes. Errors: tooComplex.
    Result<std::vector<ImportedNode>, ImportError> read(const crdt::Any::Array& elements, Rect& bounds);
    [[nodiscard]] Imported take() { return std::move(m_result); }
    void notice(std::string element, std::string what) { m_result.notices.push_back({std::move(element), 0, std::move(what)}); }
    void noteRoughness(); ///< once, after all is read

private:
    using Nodes = std::vector<ImportedNode>;
    using Losses = std::vector<std::string>;
    [[nodiscard]] std::optional<ImportedNode> readElement(const crdt::Any& element, Rect& bounds);
    [[nodiscard]] ImportedNode shape(const crdt::Any& element, const ExcalidrawLook& look, Losses& losses);
    void addFill(ImportedNode& node, const ExcalidrawOutline& outline, const ExcalidrawLook& look, Nodes& below, Losses& losses);
    [[nodiscard]] Nodes arrowHeads(const crdt::Any& element, const ExcalidrawOutline& outline, const ExcalidrawLook& look, Losses& losses);
    [[nodiscard]] ImportedNode text(const crdt::Any& element, Losses& losses);
    [[nodiscard]] ImportedNode image(const crdt::Any& element, Losses& losses);
    [[nodiscard]] static ImportedNode frame(const crdt::Any& element);
    [[nodiscard]] std::string nameOf(const crdt::Any& element) const;

    const crdt::Any& m_files;
    const ExcalidrawLimits& m_limits;
    Imported m_result;
    std::size_t m_elementCount = 0;
    std::size_t m_pointCount = 0;
    std::size_t m_roughCount = 0;
    double m_hachureWork = 1e9;
    NestedSvg m_svg;
};

} // namespace tessera::formats
