#pragma once

#include <optional>
#include <vector>

#include <QByteArray>
#include <QString>

#include <app/canvas/canvas_scene.h>
#include <app/models/editor_session.h>

/// Bringing content in and out: SVG and files of other tools, images, PNG, clipboard. Each import is one undoable edit. Errors are texts for people
/// that name the file. GUI thread.
namespace tessera::app {

struct ImportedContent {
    NodeId node;
    std::vector<QString> notices; ///< what was kept as SVG, simplified or left out
    ContentHash asset;            ///< of an image
};

/// Where imported content goes: under `parent` (default: the insertion parent), its corner at `at` in the parent.
struct Place {
    std::optional<NodeId> parent;
    Point at;
};
/// A file of another tool, in any of formats::importFormats().
Result<ImportedContent, QString> importDrawingFile(EditorSession& session, const QString& path, const Place& place);
Result<ImportedContent, QString> placeImageFile(EditorSession& session, const QString& path, const Place& place);

struct ExportedPicture {
    int widthPx = 0;
    int heightPx = 0;
};
/// `node` absent: the page in view.
Result<ExportedPicture, QString> exportPngFile(EditorSession& session, CanvasScene& scene, const QString& path,
                                               std::optional<NodeId> node, double scale);

void copySelection(EditorSession& session);
/// Layers of ours, else an image, else text of the clipboard, at `center` of the page.
bool paste(EditorSession& session, Point center);

} // namespace tessera::app
