#pragma once

#include <map>

#include <QPainter>

#include <app/canvas/viewport.h>
#include <app/tools/tool.h>
#include <collab/session/session.h>
#include <core/document/document.h>
#include <render/text/layout.h>

/// Canvas furniture: outlines, handles, names and cursors, drawn in view px above the picture.
namespace tessera::app {

struct RemoteCursor {
    collab::Peer peer;
    double strength = 1; ///< 0..1: fades when it stands still
};

struct OverlayInput {
    const document::Document& document;
    NodeId page;
    std::vector<NodeId> selection;
    Viewport viewport;
    const ToolFeedback& feedback;
    bool showHandles = true;   ///< not while a gesture runs or text is edited
    const std::vector<RemoteCursor>& cursors;
};

void paintOverlay(QPainter& painter, const OverlayInput& input);

/// Caret, selection and composition of the text that is edited. `toView` maps the node's space to view px.
struct TextOverlay {
    const text::Layout& layout;
    Transform toView;
    std::uint32_t caret{};
    std::uint32_t selectionStart{};
    std::uint32_t selectionEnd{};
    bool caretVisible = true;
};
void paintTextOverlay(QPainter& painter, const TextOverlay& input);

/// Frame whose name stands under the view point.
[[nodiscard]] std::optional<NodeId> frameNameAt(const document::Document& document, const NodeId& page,
                                                const Viewport& viewport, Point view);

} // namespace tessera::app
