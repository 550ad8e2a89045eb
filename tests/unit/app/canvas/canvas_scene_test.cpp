#include <QtTest>

#include <app/canvas/canvas_scene.h>
#include <app_session.h>

using namespace tessera;
using namespace tessera::app;

namespace {

constexpr Color paper{0.9f, 0.9f, 0.95f, 1};

std::unique_ptr<CanvasRenderer> rendererNamed(const QString& name)
{
    if (name == QLatin1String("CPU"))
        return makeCpuRenderer();
    auto made = makeVulkanRenderer();
    return made ? std::move(made).value() : nullptr;
}

/// The page as its document and previews have it now, without tiles.
QImage direct(EditorSession& session, CanvasRenderer& renderer, const Viewport& viewport, double ratio,
              const std::map<NodeId, scene::Preview>& previews)
{
    text::FontLibrary fonts;
    scene::NoImages images;
    scene::SceneBuilder builder(session.document(), fonts, images);
    (void)builder.setPreviews(previews);
    const scene::View view{Transform::scaling(ratio, ratio) * viewport.pageToView(),
                           static_cast<int>(std::ceil(viewport.size.width * ratio)), static_cast<int>(std::ceil(viewport.size.height * ratio))};
    return renderer.render(*builder.list(session.selection().page()), view, paper);
}

/// The largest difference of any channel; 255 where sizes differ.
int difference(const QImage& a, const QImage& b)
{
    if (a.size() != b.size())
        return 255;
    const QImage x = a.convertToFormat(QImage::Format_RGB32), y = b.convertToFormat(QImage::Format_RGB32);
    int largest = 0;
    for (int row = 0; row < x.height(); ++row) {
        for (int i = 0; i < 4 * x.width(); ++i)
            largest = std::max(largest, std::abs(x.constScanLine(row)[i] - y.constScanLine(row)[i]));
    }
    return largest;
}

} // namespace

/// Whatever happens to document and view, the canvas shows what a direct render would.
class CanvasSceneTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void picturesFollowEditsDragsAndViews_data();
    void picturesFollowEditsDragsAndViews();
    void anotherPageHasNoTilesOfTheOneBefore();
};

void CanvasSceneTest::picturesFollowEditsDragsAndViews_data()
{
    QTest::addColumn<QString>("backEnd");
    QTest::addColumn<double>("ratio");
    QTest::newRow("CPU") << "CPU" << 1.0;
    QTest::newRow("CPU on a dense screen") << "CPU" << 1.5;
    QTest::newRow("Vulkan") << "Vulkan" << 1.0;
}

void CanvasSceneTest::picturesFollowEditsDragsAndViews()
{
    QFETCH(QString, backEnd);
    QFETCH(double, ratio);
    auto renderer = rendererNamed(backEnd);
    if (!renderer)
        QSKIP("NOT run on Vulkan: there is no device; the package mesa-vulkan-drivers has one in software");
    CanvasRenderer& drawing = *renderer;
    test::AppSession app;
    text::FontLibrary fonts;
    CanvasScene canvas(*app.session, fonts, std::move(renderer));
    Viewport viewport{{}, 1, {800, 600}};
    std::map<NodeId, NodePreview> dragged;
    const auto verify = [&](const char* what) {
        const Viewport shown = snapped(viewport, ratio);
        const QImage picture = canvas.picture(shown, ratio, paper);
        std::map<NodeId, scene::Preview> previews;
        for (const auto& [node, preview] : dragged)
            previews[node] = {preview.transform, preview.size};
        const QImage expected = direct(*app.session, drawing, shown, ratio, previews);
        QVERIFY2(canvas.isFinished(), what);
        const int most = dragged.empty() ? 0 : 2; // what is over a dragged thing is blended once more
        QVERIFY2(difference(picture, expected) <= most, what);
    };
    verify("first");
    viewport = panned(viewport, {-130.4, 77});
    verify("panned");
    viewport = zoomed(viewport, 1.7, {300, 200});
    verify("zoomed");
    QVERIFY(app.session->apply({document::SetTransform{NodeId("red"), Transform::translation(90, 120)}}));
    verify("edited");
    dragged[NodeId("blue")].transform = Transform::translation(500, 90);
    canvas.setPreviews(dragged);
    verify("dragged");
    dragged[NodeId("blue")].transform = Transform::translation(450, 140);
    canvas.setPreviews(dragged);
    verify("dragged on");
    viewport = panned(viewport, {31, -12});
    verify("panned while dragging");
    QVERIFY(app.session->apply({document::SetTransform{NodeId("frame"), Transform::translation(120, 130)}}));
    verify("edited meanwhile");
    dragged[NodeId("blue")].transform = Transform::translation(300, 150);
    canvas.setPreviews(dragged);
    verify("dragged over it");
    dragged = {{NodeId("red"), {Transform::translation(-20, 30), Size{200, 90}}}};
    canvas.setPreviews(dragged);
    verify("another one, inside a frame that clips it");
    dragged.clear();
    canvas.setPreviews(dragged);
    verify("let go");
    viewport = zoomed(viewport, 1, {300, 200});
    verify("zoomed back, over tiles that edits have touched");
}

void CanvasSceneTest::anotherPageHasNoTilesOfTheOneBefore()
{
    test::AppSession app;
    text::FontLibrary fonts;
    CanvasScene canvas(*app.session, fonts, makeCpuRenderer());
    const Viewport viewport{{}, 1, {800, 600}};
    (void)canvas.picture(viewport, 1, paper);
    QVERIFY(app.session->apply({document::CreateNode{NodeId("other"), document::NodeType::page, {}, {}, {}}}));
    app.session->selection().setPage(NodeId("other"));
    const QImage picture = canvas.picture(viewport, 1, paper);
    QCOMPARE(picture.pixel(650, 100), picture.pixel(0, 0));
}

QTEST_MAIN(CanvasSceneTest)
#include "canvas_scene_test.moc"
