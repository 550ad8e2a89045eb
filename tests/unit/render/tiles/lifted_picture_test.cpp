#include "drawing.h"

#include <compare.h>
#include <render/cpu/renderer.h>
#include <render/scene/scene_builder.h>
#include <render/text/font_library.h>
#include <render/tiles/lifted_picture.h>

using namespace tessera;
using namespace tessera::document;

namespace {

constexpr Color paper{1, 1, 1, 1};
constexpr int widthPx = 900, heightPx = 700;

class Painter final : public tiles::TilePainter
{
public:
    long pixels = 0;
    scene::Image draw(const scene::DisplayList& list, const scene::View& view, const strips::PixelRect& region, const Color& background) override
    {
        pixels += long{region.width()} * region.height();
        return m_renderer.renderRegion(list, view, region, background);
    }

private:
    cpu::Renderer m_renderer;
};

std::pair<std::string, crdt::Any> translucent(float r, float g, float b)
{
    return {"fills", toAny(std::vector{solidPaint({r, g, b, 0.6f})})};
}

/// Translucent boxes over each other, from corner to corner, and a frame that clips three of them.
struct Page : Drawing {
    text::FontLibrary fonts;
    scene::NoImages images;

    Page()
    {
        for (int i = 0; i < 40; ++i)
            add(QByteArray("box" + QByteArray::number(i)).constData(), i % 3 == 0 ? NodeType::ellipse : NodeType::rect,
                {20.5 * i, 15.25 * i, 180, 140}, {translucent(float(i % 2), float(i % 5) / 4, 0.5f)});
        add("frame", NodeType::frame, {300, 200, 300, 250}, {filled(0.9f, 0.8f, 0.7f), {"clip", crdt::Any(true)}});
        for (const char* id : {"low", "mid", "top"})
            add(id, NodeType::ellipse, {-30.0 + 40 * id[0] / 50, 40, 220, 160}, {translucent(0, 0.5f, float(id[0] == 'm'))}, NodeId("frame"));
        add("last", NodeType::rect, {250, 300, 400, 60}, {translucent(1, 0, 0)});
    }
};

std::set<NodeId> idsOf(const QByteArray& names)
{
    std::set<NodeId> ids;
    for (const QByteArray& name : names.split(' '))
        ids.insert(NodeId(name.toStdString()));
    return ids;
}

} // namespace

/// A page cut at what a gesture moves looks like the page.
class LiftedPictureTest : public QObject
{
    Q_OBJECT
private slots:
    void aGestureLooksAsIfAllWereDrawn_data()
    {
        QTest::addColumn<QByteArray>("nodes");
        QTest::newRow("among siblings") << QByteArray("box20");
        QTest::newRow("the lowest") << QByteArray("box0");
        QTest::newRow("the topmost") << QByteArray("last");
        QTest::newRow("a frame with its content") << QByteArray("frame");
        QTest::newRow("inside a frame that clips") << QByteArray("mid");
        QTest::newRow("two with others between them") << QByteArray("box10 box14");
        QTest::newRow("in different containers") << QByteArray("box30 mid last");
    }
    void aGestureLooksAsIfAllWereDrawn()
    {
        QFETCH(QByteArray, nodes);
        const std::set<NodeId> ids = idsOf(nodes);
        Page page;
        scene::SceneBuilder builder(*page.document, page.fonts, page.images);
        Painter painter;
        tiles::TileCache rest(painter);
        tiles::LiftedPicture over(painter);
        rest.setBackground(paper);
        const SystemClock clock;
        cpu::Renderer renderer;
        scene::View view{Transform::scaling(1.3, 1.3), widthPx, heightPx};
        over.begin();
        long lastPixels = 0;
        for (int step = 0; step < 5; ++step) {
            std::map<NodeId, scene::Preview> previews;
            for (const NodeId& id : ids)
                previews[id].transform = Transform::translation(13.0 * step, 4.5 * step) * page.document->node(id)->transform;
            (void)builder.list(page.page);
            (void)builder.setPreviews(previews);
            const auto cut = builder.lifted(page.page, ids);
            QVERIFY(cut);
            if (step == 3) // and the view moves meanwhile
                view.pageToDevice = Transform::translation(-37, 21) * view.pageToDevice;
            rest.setList(cut->rest);
            over.setPage(*cut, paper);
            rest.setView(view);
            lastPixels = painter.pixels;
            const auto result = rest.drawFrame(tiles::untilFinished, clock);
            if (step == 1 || step == 2)
                QCOMPARE(painter.pixels, lastPixels); // the rest has not changed
            const scene::Image& picture = over.over(rest.picture(), result.changed, view, clock);
            const scene::Image expected = renderer.render(*builder.list(page.page), view, paper);
            const auto difference = testing::compare(picture, expected, 2);
            QVERIFY2(difference.pixelsOver == 0, qPrintable(QString("step %1: %2").arg(step).arg(difference.largest)));
        }
    }
    /// Of later frames of a gesture, what is lifted is drawn and nothing else.
    void laterFramesDrawWhatIsLifted()
    {
        Page page;
        scene::SceneBuilder builder(*page.document, page.fonts, page.images);
        Painter painter;
        tiles::LiftedPicture over(painter);
        const SystemClock clock;
        const scene::View view{{}, widthPx, heightPx};
        const scene::Image rest = scene::Image::blank(widthPx, heightPx);
        (void)builder.list(page.page);
        over.begin();
        for (int step = 0; step < 4; ++step) {
            painter.pixels = 0;
            (void)builder.setPreviews({{NodeId("box5"), {Transform::translation(100 + 3 * step, 70), {}}}});
            const auto cut = builder.lifted(page.page, {NodeId("box5")});
            QVERIFY(cut);
            over.setPage(*cut, paper);
            (void)over.over(rest, {}, view, clock);
            if (step > 0)
                QVERIFY2(painter.pixels <= 184 * 144, qPrintable(QString::number(painter.pixels)));
        }
    }
    void nothingIsCutWhereThatWouldShow_data()
    {
        QTest::addColumn<QByteArray>("changed");
        QTest::addColumn<QByteArray>("property");
        QTest::addColumn<QByteArray>("nodes");
        QTest::newRow("in a translucent frame") << QByteArray("frame") << QByteArray("op") << QByteArray("mid");
        QTest::newRow("in a frame that blends") << QByteArray("frame") << QByteArray("blend") << QByteArray("mid");
        QTest::newRow("it blends itself") << QByteArray("box5") << QByteArray("blend") << QByteArray("box5");
        QTest::newRow("something above blends") << QByteArray("last") << QByteArray("blend") << QByteArray("box5");
        QTest::newRow("one in the other") << QByteArray("box1") << QByteArray("op") << QByteArray("frame mid");
        QTest::newRow("it is not drawn") << QByteArray("box5") << QByteArray("vis") << QByteArray("box5");
        QTest::newRow("it is a mask") << QByteArray("box5") << QByteArray("mask") << QByteArray("box5");
        QTest::newRow("it is not there") << QByteArray("box5") << QByteArray("op") << QByteArray("nobody");
        QTest::newRow("none") << QByteArray("box5") << QByteArray("op") << QByteArray();
    }
    void nothingIsCutWhereThatWouldShow()
    {
        QFETCH(QByteArray, changed);
        QFETCH(QByteArray, property);
        QFETCH(QByteArray, nodes);
        Page page;
        const crdt::Any value = property == "op" ? crdt::Any(0.5) : property == "vis" ? crdt::Any(false)
                                : property == "mask" ? crdt::Any("alpha") : crdt::Any("multiply");
        page.run(SetProperties{NodeId(changed.toStdString()), {{property.toStdString(), value}}});
        scene::SceneBuilder builder(*page.document, page.fonts, page.images);
        QVERIFY(!builder.lifted(page.page, nodes.isEmpty() ? std::set<NodeId>{} : idsOf(nodes)));
    }
    /// A layer is one thing, above as well as lifted.
    void layersStayWhole()
    {
        Page page;
        page.run(SetProperties{NodeId("box20"), {{"op", crdt::Any(0.5)}}});
        page.run(SetProperties{NodeId("frame"), {{"op", crdt::Any(0.5)}}});
        scene::SceneBuilder builder(*page.document, page.fonts, page.images);
        for (const char* id : {"box5", "box20", "frame", "last"})
            QVERIFY2(builder.lifted(page.page, {NodeId(id)}), id);
    }
};

QTEST_GUILESS_MAIN(LiftedPictureTest)
#include "lifted_picture_test.moc"
