#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>

#include <app/models/geometry_edits.h>
#include <core/document/document.h>

/// Commands that set properties of every node of a selection. Pure: they read the document and return commands.
namespace tessera::app {

/// Stored forms (document-model section 3).
[[nodiscard]] crdt::Any storedParagraph(const document::ParagraphStyle& style);
[[nodiscard]] crdt::Any storedRadii(const std::array<double, 4>& radii);
[[nodiscard]] std::string_view alignName(document::StrokeAlign align);

/// One property of all nodes.
[[nodiscard]] Commands setProperty(std::span<const NodeId> nodes, std::string_view key, const crdt::Any& value);
/// `fills` or `strokes` of all nodes, each changed on its own.
[[nodiscard]] Commands changePaints(const document::Document& document, std::span<const NodeId> nodes,
                                    std::string_view key,
                                    const std::function<void(std::vector<document::Paint>&)>& change);
[[nodiscard]] Commands changeParagraph(const document::Document& document, std::span<const NodeId> nodes,
                                       const std::function<void(document::ParagraphStyle&)>& change);
/// Character attributes of the whole text of all text nodes.
[[nodiscard]] Commands formatText(const document::Document& document, std::span<const NodeId> nodes,
                                  const document::Properties& attributes);

/// Where the box of the selection's nodes goes. Position and size are those of the properties panel: x and y in the
/// parent, measured to the node's unrotated top left corner; absent values stay.
struct FrameChange {
    std::function<double(double)> x, y, width, height, rotationDegrees;
};
[[nodiscard]] Commands changeFrames(const document::Document& document, std::span<const NodeId> nodes,
                                    const FrameChange& change);

/// A paint id that is not among `paints`.
[[nodiscard]] std::string freshPaintId(const std::vector<document::Paint>& paints);

} // namespace tessera::app
