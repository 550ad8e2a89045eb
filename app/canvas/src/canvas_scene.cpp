#include <app/canvas/canvas_scene.h>

#include <cmath>

#include <QPainter>

#include <app/models/blob_exchange.h>

namespace tessera::app {

CanvasScene::CanvasScene(EditorSession& session, text::FontLibrary& fonts, std::unique_ptr<CanvasRenderer> renderer)
    : m_session(session), m_fonts(fonts),
      m_images([&session](const ContentHash& hash) { return session.blobs().bytes(hash); }),
      m_builder(session.document(), fonts, m_images), m_renderer(std::move(renderer))
{
    connect(&session, &EditorSession::documentChanged, this,
            [this](const document::ChangeSet& changes) { damage(m_builder.apply(changes)); });
    connect(&session.blobs(), &BlobExchange::arrived, &m_images, &DocumentImages::retry);
    connect(&m_images, &DocumentImages::decoded, this,
            [this](const ContentHash& asset) { damage(m_builder.assetArrived(asset)); });
}

void CanvasScene::damage(const Rect& page)
{
    if (page.isEmpty())
        return;
    m_damage = united(m_damage, page);
    Q_EMIT changed();
}

void CanvasScene::setPreviews(const std::map<NodeId, NodePreview>& previews)
{
    std::map<NodeId, scene::Preview> shown;
    for (const auto& [node, preview] : previews)
        shown[node] = {preview.transform, preview.size};
    damage(m_builder.setPreviews(std::move(shown)));
}

std::optional<Color> CanvasScene::pageColor() const
{
    const document::Node* page = m_session.document().node(m_session.selection().page());
    if (!page || page->fills.empty() || page->fills.front().kind != document::PaintKind::solid ||
        !page->fills.front().visible)
        return std::nullopt;
    return page->fills.front().color;
}

const QImage& CanvasScene::picture(const Viewport& viewport, double devicePixelRatio, const Color& background)
{
    const QSize size(static_cast<int>(std::ceil(viewport.size.width * devicePixelRatio)),
                     static_cast<int>(std::ceil(viewport.size.height * devicePixelRatio)));
    const NodeId page = m_session.selection().page();
    if (m_picture.size() != size || m_viewport != viewport || m_ratio != devicePixelRatio || m_page != page ||
        !(m_background == background))
        m_allDamaged = true;
    m_viewport = viewport;
    m_ratio = devicePixelRatio;
    m_page = page;
    m_background = background;
    if (m_allDamaged) {
        if (m_picture.size() != size)
            m_picture = QImage(size, QImage::Format_ARGB32_Premultiplied);
        renderRegion(QRect(QPoint(), size));
    } else if (!m_damage.isEmpty()) {
        const Transform toDevice = Transform::scaling(m_ratio, m_ratio) * m_viewport.pageToView();
        // One pixel more on each side: anti-aliased edges reach over their geometry.
        const Rect device = toDevice.mapBounds(m_damage).inflated(1);
        const Rect whole{0, 0, double(size.width()), double(size.height())};
        const Rect part = intersected(device, whole);
        if (!part.isEmpty()) {
            const int left = static_cast<int>(std::floor(part.x)), top = static_cast<int>(std::floor(part.y));
            renderRegion(QRect(left, top, static_cast<int>(std::ceil(part.right())) - left,
                               static_cast<int>(std::ceil(part.bottom())) - top));
        }
    }
    m_allDamaged = false;
    m_damage = {};
    return m_picture;
}

void CanvasScene::renderRegion(const QRect& devicePx)
{
    scene::View view;
    view.pageToDevice = Transform::translation(-devicePx.x(), -devicePx.y()) *
                        Transform::scaling(m_ratio, m_ratio) * m_viewport.pageToView();
    view.widthPx = devicePx.width();
    view.heightPx = devicePx.height();
    const QImage part = m_renderer->render(*m_builder.list(m_page), view, m_background);
    QPainter painter(&m_picture);
    painter.setCompositionMode(QPainter::CompositionMode_Source);
    if (part.isNull())
        painter.fillRect(devicePx, QColor::fromRgbF(m_background.r, m_background.g, m_background.b, m_background.a));
    else
        painter.drawImage(devicePx.topLeft(), part);
}

QImage CanvasScene::pictureOf(const NodeId& root, double scale)
{
    for (const document::Asset& asset : m_session.document().assets()) {
        if (m_images.imageNow(asset.hash))
            damage(m_builder.assetArrived(asset.hash));
    }
    const auto list = m_builder.list(root);
    const Rect bounds = scene::paintedBounds(*list);
    if (bounds.isEmpty())
        return {};
    return m_renderer->render(*list, scene::viewOf(bounds, scale), {0, 0, 0, 0});
}

} // namespace tessera::app
