#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include <QImage>
#include <QObject>

#include <app/canvas/canvas_renderer.h>
#include <app/canvas/document_images.h>
#include <app/canvas/viewport.h>
#include <app/models/editor_session.h>
#include <app/tools/tool.h>
#include <render/scene/scene_builder.h>
#include <render/tiles/lifted_picture.h>

/// The picture of a document for one view: display list kept up to date, and the pixels of the viewport put together from tiles
/// that are redrawn only where something changed. GUI thread.
namespace tessera::app {

class CanvasScene final : public QObject
{
    Q_OBJECT

public:
    /// All must outlive the scene.
    CanvasScene(EditorSession& session, text::FontLibrary& fonts, std::unique_ptr<CanvasRenderer> renderer);

    enum class Drawing { inSlices, whole };
    /// The viewport's pixels at the device pixel ratio, at the nearest whole device px; valid until the next call. In slices it
    /// takes some milliseconds, and what is not there yet shows tiles of another zoom: then it is not finished, and calls to come
    /// go on.
    [[nodiscard]] QImage picture(const Viewport& viewport, double devicePixelRatio, const Color& background,
                                 Drawing drawing = Drawing::inSlices);
    [[nodiscard]] bool isFinished() const { return m_finished; } ///< the last picture
    void setPreviews(const std::map<NodeId, NodePreview>& previews);
    [[nodiscard]] const text::Layout* textLayout(const NodeId& node) { return m_builder.textLayout(node); }
    /// Of the nodes on the page in view.
    [[nodiscard]] const scene::ChildIndex& index() const { return m_builder; }
    [[nodiscard]] text::FontLibrary& fonts() { return m_fonts; }
    [[nodiscard]] DocumentImages& images() { return m_images; }
    [[nodiscard]] QString rendererName() const { return m_renderer->name(); }
    /// One node, or a page, at a scale on transparent ground, by the canvas' own renderer. Null when it paints nothing.
    [[nodiscard]] QImage pictureOf(const NodeId& root, double scale);
    /// Solid colour of the page in view, when it has one.
    [[nodiscard]] std::optional<Color> pageColor() const;

Q_SIGNALS:
    /// The picture is out of date.
    void changed();

private:
    void damage(const Rect& page);
    void lift();
    void putDown();

    EditorSession& m_session;
    text::FontLibrary& m_fonts;
    DocumentImages m_images;
    scene::SceneBuilder m_builder;
    std::unique_ptr<CanvasRenderer> m_renderer;
    tiles::TileCache m_tiles; ///< of the page, without what is lifted
    tiles::LiftedPicture m_over;
    std::optional<scene::LiftedPage> m_lifted; ///< during a gesture whose nodes can be cut out
    std::set<NodeId> m_previewed;
    NodeId m_page;
    bool m_damaged = true; ///< since the last picture
    bool m_finished = true;
};

} // namespace tessera::app
