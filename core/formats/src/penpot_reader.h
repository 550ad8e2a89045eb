#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <core/formats/penpot_import.h>

#include "json_values.h"
#include "nested_svg.h"
#include "node_properties.h"
#include "zip_archive.h"

namespace tessera::formats {

using PenpotRows = std::map<std::string, crdt::Any, std::less<>>; ///< by id

/// One import in progress, shared by its pages: the archive, what was made, and what could not be modelled. Used once.
struct PenpotImport {
    PenpotImport(ZipArchive& source, const PenpotLimits& bounds) : archive(source), limits(bounds) {}

    ZipArchive& archive;
    const PenpotLimits& limits;
    PenpotRows media;           ///< of the file being read
    std::size_t shapeCount = 0;
    NestedSvg svg;
    std::map<std::string, std::optional<ContentHash>, std::less<>> images; ///< by media id, once read
    Imported result;

    void notice(std::string element, std::string what);
    /// The asset of a media id as hash; nothing when it is not there.
    [[nodiscard]] std::optional<ContentHash> image(const crdt::Any& reference);

private:
    [[nodiscard]] std::optional<ContentHash> readImage(const crdt::Any& reference);
};

/// One stroke as Penpot has it, several to a shape.
struct PenpotStroke {
    document::Paint paint;
    document::StrokeStyle style;
    std::string capStart, capEnd; ///< markers alone
};

/// What a shape loses, one notice a shape.
using Losses = std::vector<std::string>;

// penpot_paint.cpp. `size` is the shape's, for gradients.
[[nodiscard]] std::vector<document::Paint> penpotFills(const crdt::Any& shape, Size size, PenpotImport& import, Losses& losses);
[[nodiscard]] std::vector<PenpotStroke> penpotStrokes(const crdt::Any& shape, Size size, PenpotImport& import, Losses& losses);
void addPenpotEffects(ImportedNode& node, const crdt::Any& shape, Losses& losses);
/// Arrows and dots at the ends of a path.
[[nodiscard]] std::vector<ImportedNode> penpotMarkers(const document::VectorPath& path, const PenpotStroke& stroke, const Transform& space);

// penpot_text.cpp
void addPenpotText(ImportedNode& node, const crdt::Any& shape, Size size, PenpotImport& import, Losses& losses);

// penpot_path.cpp
/// A list of commands or SVG path data, in page coordinates.
[[nodiscard]] document::VectorPath penpotPath(const crdt::Any& content);
/// The source of an svg-raw shape as one SVG.
[[nodiscard]] std::string penpotSvg(const crdt::Any& shape, const Rect& box);
void addPenpotFeatures(const crdt::Any& shape, Losses& losses); ///< names what has no place in our model

/// The shapes of one page as nodes.
class PenpotPage
{
public:
    PenpotPage(PenpotImport& import, const PenpotRows& shapes) : m_import(import), m_shapes(shapes) {}
    /// A frame around all shapes, its corner at the origin. Errors: tooComplex.
    Result<ImportedNode, ImportError> read(const crdt::Any& page);

private:
    struct Place {
        Transform toPage; ///< from node coordinates
        Size size;
    };
    using Nodes = std::vector<ImportedNode>;
    [[nodiscard]] static Place placeOf(const crdt::Any& shape, Losses& losses);
    void readChildren(const crdt::Any& shape, const Transform& parentToPage, std::size_t depth, Nodes& out);
    void readShape(const crdt::Any& shape, const Transform& parentToPage, std::size_t depth, Nodes& out);
    /// What the type asks for; `outline` becomes that of a path, in node coordinates.
    void readContent(const crdt::Any& shape, const Place& place, std::size_t depth, ImportedNode& node, document::VectorPath& outline, Losses& losses);
    void readGroup(const crdt::Any& shape, const Place& place, std::size_t depth, ImportedNode& node);
    void readSvg(const crdt::Any& shape, const Place& place, ImportedNode& node, Losses& losses);
    /// The node's own stroke, and nodes to stand above it for what it cannot carry.
    [[nodiscard]] static Nodes addStrokes(std::vector<PenpotStroke> strokes, const document::VectorPath& outline, ImportedNode& node, Losses& losses);
    void growBounds(const crdt::Any& shape, const Place& place, const std::vector<PenpotStroke>& strokes);

    PenpotImport& m_import;
    const PenpotRows& m_shapes;
    std::set<std::string, std::less<>> m_seen;
    Rect m_boundsPage;
    std::size_t m_clipDepth = 0; ///< frames that clip around what is being read
    bool m_tooComplex = false;
};

[[nodiscard]] std::string penpotElement(const crdt::Any& shape); ///< type and name

} // namespace tessera::formats
