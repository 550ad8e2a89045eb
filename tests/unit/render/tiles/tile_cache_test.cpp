#include <QtTest>

#include <algorithm>

#include <compare.h>
#include <render/cpu/renderer.h>
#include <render/scene/effects.h>
#include <render/tiles/tile_cache.h>
#include <scenes/scenes.h>

using namespace tessera;
using namespace std::chrono_literals;
using scene::DisplayList;
using scene::Image;
using strips::PixelRect;
using tiles::tilePx;

namespace {

using Rgba = std::vector<int>; ///< premultiplied
using ListRef = std::shared_ptr<const DisplayList>;

constexpr Color paper{0.9f, 0.95f, 1, 1};
constexpr std::size_t tileBytes = std::size_t{4} * tilePx * tilePx;

/// The CPU back end; tells what it was asked for and how long that took.
class CountingPainter final : public tiles::TilePainter
{
public:
    explicit CountingPainter(ManualClock& clock) : m_clock(clock) {}

    std::chrono::milliseconds takes{0};
    std::vector<scene::View> views;
    long pixels = 0;

    Image draw(const DisplayList& list, const scene::View& view, const PixelRect& region, const Color& background) override
    {
        if (view.widthPx > 1) { // else it is asked for the background
            views.push_back(view);
            pixels += long{region.width()} * region.height();
            m_clock.advance(takes);
        }
        return m_renderer.renderRegion(list, view, region, background);
    }

private:
    ManualClock& m_clock;
    cpu::Renderer m_renderer;
};

struct Fixture {
    explicit Fixture(ListRef list, std::size_t budgetBytes = tiles::defaultBudgetBytes) : cache(painter, budgetBytes)
    {
        cache.setList(std::move(list));
        cache.setBackground(paper);
    }

    ManualClock clock;
    CountingPainter painter{clock};
    tiles::TileCache cache;

    /// Draws calls since the call before.
    std::size_t calls()
    {
        const std::size_t count = painter.views.size();
        painter.views.clear();
        return count;
    }
    tiles::FrameResult finish() { return cache.drawFrame(tiles::untilFinished, clock); }
};

scene::View viewAt(double scale, int x, int y, int widthPx, int heightPx)
{
    return {Transform::translation(-x, -y) * Transform::scaling(scale, scale), widthPx, heightPx};
}

Image direct(const DisplayList& list, const scene::View& view)
{
    cpu::Renderer renderer;
    return renderer.render(list, view, paper);
}

scene::Item box(const Rect& r, const Color& color)
{
    return {scene::FillPath{std::make_shared<const Path>(rectPath(r)), scene::FillRule::nonzero, {color, 1}}, {}, r, scene::noNode};
}

DisplayList boxes(const std::vector<Rect>& rects, const Color& color = {1, 0, 0, 1})
{
    DisplayList list;
    for (const Rect& r : rects) {
        list.items.push_back(box(r, color));
        list.boundsPage = united(list.boundsPage, r);
    }
    return list;
}

/// Gradients and images have positions in float; clips are cut at the picture's sides.
bool dependsOnOrigin(const scene::Item& item)
{
    if (std::holds_alternative<scene::PushClip>(item.content))
        return true;
    const auto isPlaced = [](const scene::Paint& paint) { return !std::holds_alternative<Color>(paint.source); };
    if (const auto* fill = std::get_if<scene::FillPath>(&item.content))
        return isPlaced(fill->paint);
    if (const auto* stroke = std::get_if<scene::StrokePath>(&item.content))
        return isPlaced(stroke->paint);
    const auto* run = std::get_if<std::shared_ptr<const scene::GlyphRun>>(&item.content);
    return run && isPlaced((*run)->paint);
}

/// A list within another, moved.
DisplayList placed(DisplayList list, const Transform& toPage)
{
    Rect bounds;
    for (const scene::Item& item : list.items)
        bounds = united(bounds, item.boundsPage);
    list.boundsPage = bounds;
    list.blursBackdrop = scene::backdropReachPx(list, {}, 1) > 0;
    DisplayList outer;
    outer.boundsPage = toPage.mapBounds(bounds);
    outer.blursBackdrop = list.blursBackdrop;
    outer.items.push_back({std::make_shared<const DisplayList>(std::move(list)), toPage, outer.boundsPage, scene::noNode});
    return outer;
}

ListRef shared(DisplayList list) { return std::make_shared<const DisplayList>(std::move(list)); }

DisplayList withEffect(DisplayList list, const document::Effect& effect, const Rect& boundsPage)
{
    scene::PushLayer push;
    push.effects = std::make_shared<const std::vector<document::Effect>>(std::vector{effect});
    const Rect painted = scene::effectBoundsPage(*push.effects, boundsPage, {});
    list.items.push_back({push, {}, painted, scene::noNode});
    list.items.push_back(box(boundsPage, {0, 0.3f, 1, 0.4f}));
    list.items.push_back({scene::PopLayer{}, {}, painted, scene::noNode});
    list.boundsPage = united(list.boundsPage, painted);
    return list;
}

Image cropped(const Image& image, const QRect& to)
{
    Image part = Image::blank(to.width(), to.height());
    for (int y = 0; y < to.height(); ++y)
        std::copy_n(image.row(to.y() + y) + 4 * to.x(), 4 * to.width(), part.row(y));
    return part;
}

Rgba at(const Image& image, int x, int y)
{
    const std::uint8_t* p = image.row(y) + 4 * x;
    return {p[0], p[1], p[2], p[3]};
}

const Rgba red{255, 0, 0, 255};

} // namespace

class TileCacheTest : public QObject
{
    Q_OBJECT
private slots:
    void aFinishedPictureEqualsADirectRender_data()
    {
        QTest::addColumn<int>("scene");
        QTest::addColumn<double>("scale");
        const auto& cases = testing::sceneCases();
        for (std::size_t i = 0; i < cases.size(); ++i) {
            for (const double scale : {1.0, 2.6})
                QTest::addRow("%s at %g", cases[i].name.c_str(), scale) << static_cast<int>(i) << scale * cases[i].scale;
        }
    }
    void aFinishedPictureEqualsADirectRender()
    {
        QFETCH(int, scene);
        QFETCH(double, scale);
        const auto& sceneCase = testing::sceneCases()[static_cast<std::size_t>(scene)];
        // Around the origin, where four tiles meet.
        const ListRef list = shared(placed(sceneCase.make(), Transform::translation(-100, -77)));
        Fixture f(list);
        const auto made = sceneCase.make();
        const bool isExact = std::none_of(made.items.begin(), made.items.end(), dependsOnOrigin);
        for (const QPoint& origin : {QPoint(-301, -222), QPoint(-40, -3)}) {
            const scene::View view = viewAt(scale, origin.x(), origin.y(), 731, 603);
            f.cache.setView(view);
            QVERIFY(f.finish().finished);
            const auto difference = testing::compare(f.cache.picture(), direct(*list, view), 0);
            QVERIFY2(difference.largest <= (isExact ? 0 : 1),
                     qPrintable(QString("%1 in %2 pixels").arg(difference.largest).arg(difference.pixelsOver)));
        }
    }
    void effectsReachAcrossTileBorders_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("layer blur") << static_cast<int>(document::EffectKind::layerBlur);
        QTest::newRow("drop shadow") << static_cast<int>(document::EffectKind::dropShadow);
        QTest::newRow("background blur") << static_cast<int>(document::EffectKind::backgroundBlur);
    }
    void effectsReachAcrossTileBorders()
    {
        QFETCH(int, kind);
        document::Effect effect;
        effect.kind = static_cast<document::EffectKind>(kind);
        effect.color = {0, 0, 0, 0.6f};
        effect.offset = {7, 11};
        effect.blur = 40;
        std::vector<Rect> stripes;
        for (int i = 0; i < 60; ++i)
            stripes.push_back({-600.0 + 20 * i, -500.0 + 7 * i, 9, 700});
        const ListRef list = shared(withEffect(boxes(stripes), effect, {-200, -150, 420, 330}));
        Fixture f(list);
        f.cache.setView(viewAt(1, -400, -400, 800, 800));
        QVERIFY(f.finish().finished);
        // A direct render with as much around the view as the blur looks at.
        const Image whole = direct(*list, viewAt(1, -800, -800, 1600, 1600));
        QCOMPARE(testing::compare(f.cache.picture(), cropped(whole, {400, 400, 800, 800}), 0).largest, 0);
    }
    void aViewIsShownAtTheNearestPixel()
    {
        Fixture f(shared(boxes({{10, 10, 5, 5}})));
        scene::View view = viewAt(1, 0, 0, 100, 100);
        view.pageToDevice.e = 3.4;
        f.cache.setView(view);
        f.finish();
        QCOMPARE(at(f.cache.picture(), 13, 10), red);
        QCOMPARE(at(f.cache.picture(), 17, 10), red);
        QVERIFY(at(f.cache.picture(), 12, 10) != red && at(f.cache.picture(), 18, 10) != red);
    }

    void panningDrawsOnlyTilesThatWereNotThere()
    {
        Fixture f(shared(boxes({{-2000, -2000, 4000, 4000}})));
        f.cache.setView(viewAt(1, 0, 0, tilePx, tilePx));
        QCOMPARE(f.finish().tilesDrawn, std::size_t{1});
        f.cache.setView(viewAt(1, 1, 0, tilePx, tilePx));
        QCOMPARE(f.finish().tilesDrawn, std::size_t{1});
        f.calls();
        f.cache.setView(viewAt(1, 0, 0, tilePx, tilePx));
        const auto back = f.finish();
        QCOMPARE(back.tilesDrawn, std::size_t{0});
        QCOMPARE(f.calls(), std::size_t{0});
        QCOMPARE(back.changed, (PixelRect{0, 0, tilePx, tilePx}));
        QVERIFY(f.finish().changed.isEmpty());
    }
    void anEditDrawsOnlyWhatItTouched_data()
    {
        QTest::addColumn<QRect>("edited");
        QTest::addColumn<int>("tiles");
        QTest::newRow("within one tile") << QRect(100, 100, 20, 20) << 1;
        QTest::newRow("its edges one pixel from the next tile") << QRect(480, 100, 31, 20) << 1;
        QTest::newRow("its edges on the next tile") << QRect(480, 100, 32, 20) << 2;
        QTest::newRow("over a corner") << QRect(500, 500, 30, 30) << 4;
        QTest::newRow("left and above of the origin") << QRect(-40, -40, 20, 20) << 1;
        QTest::newRow("all") << QRect(-2000, -2000, 4000, 4000) << 16;
    }
    void anEditDrawsOnlyWhatItTouched()
    {
        QFETCH(QRect, edited);
        QFETCH(int, tiles);
        const Rect area{1.0 * edited.x(), 1.0 * edited.y(), 1.0 * edited.width(), 1.0 * edited.height()};
        const scene::View view = viewAt(1, -tilePx, -tilePx, 4 * tilePx, 4 * tilePx);
        DisplayList before = boxes({{-300, -200, 900, 1000}}, {0, 0.5f, 0, 0.5f});
        Fixture f(shared(before));
        f.cache.setView(view);
        f.finish();
        f.painter.pixels = 0;
        DisplayList after = before;
        after.items.push_back(box(area, {1, 0, 0, 0.7f}));
        after.boundsPage = united(after.boundsPage, area);
        f.cache.setList(shared(after));
        QCOMPARE(f.cache.invalidate(area), static_cast<std::size_t>(tiles));
        const auto result = f.finish();
        QCOMPARE(result.tilesDrawn, static_cast<std::size_t>(tiles));
        QVERIFY2(f.painter.pixels <= (edited.width() + 2L) * (edited.height() + 2L), qPrintable(QString::number(f.painter.pixels)));
        QVERIFY(result.changed.width() <= edited.width() + 2 && result.changed.height() <= edited.height() + 2);
        QCOMPARE(testing::compare(f.cache.picture(), direct(after, view), 0).largest, 0);
    }
    void anEditIsSeenAtOtherScalesToo()
    {
        Fixture f(shared(boxes({{0, 0, 50, 50}}, {0, 0, 1, 1})));
        const scene::View near = viewAt(2, 0, 0, 200, 200), far = viewAt(1, 0, 0, 200, 200);
        for (const scene::View& view : {near, far}) {
            f.cache.setView(view);
            f.finish();
        }
        const DisplayList after = boxes({{0, 0, 50, 50}});
        f.cache.setList(shared(after));
        QCOMPARE(f.cache.invalidate({0, 0, 50, 50}), std::size_t{2});
        f.finish();
        f.cache.setView(near);
        QCOMPARE(f.finish().tilesDrawn, std::size_t{1});
        QCOMPARE(testing::compare(f.cache.picture(), direct(after, near), 0).largest, 0);
    }

    /// Until its own tiles are there, a scale shows those of another.
    void zoomingShowsAtOnceWhatIsThere()
    {
        const ListRef list = shared(boxes({{40, 40, 160, 160}, {700, 500, 90, 90}}));
        Fixture f(list);
        f.painter.takes = 10ms;
        f.cache.setView(viewAt(1, 0, 0, 1000, 800));
        f.finish();
        for (const double scale : {1.2, 3.0, 0.6}) {
            const scene::View view = viewAt(scale, 13, 7, 1000, 800);
            f.cache.setView(view);
            const auto first = f.cache.drawFrame(0ms, f.clock);
            QVERIFY(!first.finished);
            const int x = static_cast<int>(120 * scale) - 13, y = static_cast<int>(120 * scale) - 7;
            QCOMPARE(at(f.cache.picture(), x, y), red);
            // Wrong only along edges.
            const auto off = testing::compare(f.cache.picture(), direct(*list, view), 0);
            QVERIFY2(off.pixelsOver <= 8 * 170 * scale, qPrintable(QString::number(off.pixelsOver)));
            QVERIFY(f.finish().finished);
            QCOMPARE(testing::compare(f.cache.picture(), direct(*list, view), 0).largest, 0);
        }
    }
    void whatNobodyHasDrawnIsBackground()
    {
        Fixture f(shared(boxes({{-5000, -5000, 10000, 10000}})));
        f.painter.takes = 10ms;
        f.cache.setView(viewAt(1, 0, 0, 2048, 2048));
        QVERIFY(!f.cache.drawFrame(0ms, f.clock).finished);
        QCOMPARE(at(f.cache.picture(), 1, 1), (Rgba{230, 242, 255, 255}));
    }
    void aFrameEndsWithItsBudget()
    {
        const ListRef list = shared(boxes({{100, 100, 1500, 900}, {0, 0, 300, 1080}}));
        Fixture f(list);
        f.painter.takes = 3ms;
        const scene::View view = viewAt(1, 0, 0, 1920, 1080);
        f.cache.setView(view);
        int frames = 0;
        for (bool finished = false; !finished; ++frames) {
            QVERIFY(frames < 100);
            const auto start = f.clock.now();
            finished = f.cache.drawFrame(8ms, f.clock).finished;
            QVERIFY(f.clock.now() - start <= 9ms); // the last slice may pass the end
            const std::size_t calls = f.calls();
            QVERIFY(finished || (calls >= 1 && calls <= 3));
        }
        QVERIFY(frames > 3);
        QCOMPARE(testing::compare(f.cache.picture(), direct(*list, view), 0).largest, 0);
    }
    /// A tile that takes longer than a frame is drawn in several.
    void slicesGrowSmallerWhereDrawingIsDear()
    {
        Fixture f(shared(boxes({{0, 0, 512, 512}})));
        f.cache.setView(viewAt(1, 0, 0, tilePx, tilePx));
        f.painter.takes = 20ms;
        int frames = 1;
        while (!f.cache.drawFrame(8ms, f.clock).finished)
            ++frames;
        QCOMPARE(frames, 8);
        for (const scene::View& view : f.painter.views)
            QCOMPARE(view.heightPx, 64);
    }
    void theMiddleComesFirst()
    {
        Fixture f(shared(boxes({{0, 0, 3000, 3000}})));
        f.painter.takes = 10ms;
        f.cache.setView(viewAt(1, 0, 0, 5 * tilePx, 3 * tilePx));
        f.cache.drawFrame(0ms, f.clock);
        QCOMPARE(f.painter.views.front().pageToDevice, Transform::translation(-2 * tilePx, -tilePx));
    }
    void anEditDuringSlicesIsNotForgotten()
    {
        Fixture f(shared(boxes({{0, 0, 1600, 900}})));
        f.painter.takes = 5ms;
        const scene::View view = viewAt(1, 0, 0, 1920, 1080);
        f.cache.setView(view);
        for (int i = 0; i < 40; ++i) {
            const Rect area{40.0 * i, 20.0 * i, 100, 700};
            const DisplayList now = boxes({{0, 0, 1600, 900}, area}, {0, 0, 1, 0.5f});
            f.cache.setList(shared(now));
            f.cache.invalidate(i == 0 ? Rect{0, 0, 1600, 900} : united(area, {40.0 * (i - 1), 20.0 * (i - 1), 100, 700}));
            (void)f.cache.drawFrame(11ms, f.clock);
        }
        f.finish();
        QCOMPARE(testing::compare(f.cache.picture(), direct(boxes({{0, 0, 1600, 900}, {1560, 780, 100, 700}}, {0, 0, 1, 0.5f}), view), 0).largest, 0);
    }

    void memoryIsBounded()
    {
        std::vector<Rect> dots;
        for (int i = 0; i < 40; ++i)
            dots.push_back({i * 512.0 + 100, 100, 50, 50});
        Fixture f(shared(boxes(dots)), 4 * tileBytes + (std::size_t{1} << 18));
        const auto show = [&](int column) {
            f.cache.setView(viewAt(1, column * tilePx, 0, tilePx, tilePx));
            f.finish();
            return f.calls() > 0;
        };
        for (int column = 0; column < 40; ++column) {
            show(column);
            QVERIFY(f.cache.sizeBytes() <= 4 * tileBytes + (std::size_t{1} << 18));
        }
        QVERIFY(!show(36)); // the last four are there
        QVERIFY(show(35));  // and push out the one that was seen longest ago
        QVERIFY(show(37));
        QVERIFY(!show(36));
    }
    void whatIsInViewIsKeptWhateverTheBudget()
    {
        Fixture f(shared(boxes({{100, 100, 1500, 900}})), 0);
        f.cache.setView(viewAt(1, 0, 0, 1920, 1080));
        QVERIFY(f.finish().finished);
        f.calls();
        QVERIFY(f.finish().finished);
        QCOMPARE(f.calls(), std::size_t{0});
    }
    void tilesOfOneColourTakeNoPixels()
    {
        Fixture f(shared(boxes({{-5000, -5000, 10000, 10000}})));
        f.cache.setView(viewAt(1, 0, 0, 1920, 1080));
        f.finish();
        QVERIFY(f.cache.sizeBytes() < tileBytes);
        QCOMPARE(f.cache.tileCount(), std::size_t{12});
        QCOMPARE(at(f.cache.picture(), 700, 700), red);
        // And take them again when something comes to lie on them.
        const DisplayList after = boxes({{-5000, -5000, 10000, 10000}, {600, 600, 20, 20}}, {1, 0, 0, 0.5f});
        f.cache.setList(shared(after));
        f.cache.invalidate({-5000, -5000, 10000, 10000});
        f.finish();
        QCOMPARE(testing::compare(f.cache.picture(), direct(after, viewAt(1, 0, 0, 1920, 1080)), 0).largest, 0);
    }
    void anotherBackgroundDropsAll()
    {
        Fixture f(shared({}));
        f.cache.setView(viewAt(1, 0, 0, 100, 100));
        f.finish();
        f.cache.setBackground({0, 1, 0, 1});
        QCOMPARE(f.finish().tilesDrawn, std::size_t{1});
        QCOMPARE(at(f.cache.picture(), 50, 50), (Rgba{0, 255, 0, 255}));
    }
    void viewsWithoutPixelsHaveNoPicture()
    {
        Fixture f(shared(boxes({{0, 0, 10, 10}})));
        f.cache.setView(viewAt(1, 0, 0, 0, 100));
        QVERIFY(f.finish().finished);
        QVERIFY(f.cache.picture().pixels.empty());
    }
};

QTEST_GUILESS_MAIN(TileCacheTest)
#include "tile_cache_test.moc"
