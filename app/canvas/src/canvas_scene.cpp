#include <app/canvas/canvas_scene.h>

#include <cmath>

#include <app/models/blob_exchange.h>

namespace tessera::app {
namespace {

using namespace std::chrono_literals;

constexpr auto slice = 6ms;
constexpr auto damagedSlice = 100ms;

} // namespace

CanvasScene::CanvasScene(EditorSession& session, text::FontLibrary& fonts, std::unique_ptr<CanvasRenderer> renderer)
    : m_session(session), m_fonts(fonts),
      m_images([&session](const ContentHash& hash) { return session.blobs().bytes(hash); }),
      m_builder(session.document(), fonts, m_images), m_renderer(std::move(renderer)), m_tiles(*m_renderer), m_over(*m_renderer)
{
    connect(&session, &EditorSession::documentChanged, this,
            [this](const document::ChangeSet& changes) {
                putDown();
                damage(m_builder.apply(changes));
            });
    connect(&session.blobs(), &BlobExchange::arrived, &m_images, &DocumentImages::retry);
    connect(&m_images, &DocumentImages::decoded, this,
            [this](const ContentHash& asset) {
                putDown();
                damage(m_builder.assetArrived(asset));
            });
}

void CanvasScene::damage(const Rect& page)
{
    if (page.isEmpty())
        return;
    m_tiles.invalidate(page);
    m_damaged = true;
    Q_EMIT changed();
}

void CanvasScene::setPreviews(const std::map<NodeId, NodePreview>& previews)
{
    std::map<NodeId, scene::Preview> shown;
    std::set<NodeId> nodes;
    for (const auto& [node, preview] : previews) {
        shown[node] = {preview.transform, preview.size};
        nodes.insert(node);
    }
    if (nodes != m_previewed)
        putDown();
    m_previewed = std::move(nodes);
    const Rect area = m_builder.setPreviews(std::move(shown));
    if (area.isEmpty())
        return;
    if (!m_lifted)
        damage(area); // the tiles lose the nodes, or draw them where they are now
    lift();
    Q_EMIT changed();
}

/// Cuts the page at the nodes of the gesture. Where that cannot be, all of it stays in the tiles.
void CanvasScene::lift()
{
    const bool wasLifted = m_lifted.has_value();
    const Rect before = wasLifted ? m_lifted->lifted->boundsPage : Rect{};
    m_lifted = m_builder.lifted(m_page, m_previewed);
    if (!m_lifted) {
        if (wasLifted)
            damage(united(before, m_builder.list(m_page)->boundsPage));
        return;
    }
    if (!wasLifted)
        m_over.begin();
}

/// The tiles take back what was lifted.
void CanvasScene::putDown()
{
    if (!m_lifted)
        return;
    const Rect area = m_lifted->lifted->boundsPage;
    m_lifted.reset();
    damage(area);
}

std::optional<Color> CanvasScene::pageColor() const
{
    const document::Node* page = m_session.document().node(m_session.selection().page());
    if (!page || page->fills.empty() || page->fills.front().kind != document::PaintKind::solid ||
        !page->fills.front().visible)
        return std::nullopt;
    return page->fills.front().color;
}

QImage CanvasScene::picture(const Viewport& viewport, double devicePixelRatio, const Color& background, Drawing drawing)
{
    const NodeId page = m_session.selection().page();
    if (page != m_page) {
        putDown();
        m_tiles.clear();
        m_damaged = true;
    }
    m_page = page;
    m_tiles.setBackground(background);
    m_tiles.setList(m_lifted ? m_lifted->rest : m_builder.list(page));
    const scene::View view{Transform::scaling(devicePixelRatio, devicePixelRatio) * viewport.pageToView(),
                           static_cast<int>(std::ceil(viewport.size.width * devicePixelRatio)),
                           static_cast<int>(std::ceil(viewport.size.height * devicePixelRatio))};
    m_tiles.setView(view);
    // Edits and drags are seen whole where that can be: half of a moved thing in its new place would look torn.
    const auto budget = drawing == Drawing::whole ? tiles::untilFinished : m_damaged ? damagedSlice : slice;
    if (m_lifted)
        m_over.setPage(*m_lifted, background);
    const Clock& clock = m_session.services().clock;
    const tiles::FrameResult result = m_tiles.drawFrame(budget, clock);
    m_finished = result.finished;
    m_damaged = m_damaged && !m_finished;
    const scene::Image& image = m_lifted ? m_over.over(m_tiles.picture(), result.changed, view, clock) : m_tiles.picture();
    const auto format = background.a >= 1 ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied;
    return QImage(image.pixels.data(), image.widthPx, image.heightPx, image.strideBytes, format);
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
