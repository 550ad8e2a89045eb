#include <QElapsedTimer>

#include <core/base/hash.h>
#include <core/base/random.h>

#include "layers.h"

using namespace layers;

namespace {

const Color red{1, 0, 0, 1}, blue{0, 0, 1, 1}, white{1, 1, 1, 1};

Effect blurOf(EffectKind kind, double radius)
{
    Effect effect;
    effect.kind = kind;
    effect.blur = radius;
    return effect;
}

Effect shadow(EffectKind kind, Point offset, double radius, double spread)
{
    Effect effect = blurOf(kind, radius);
    effect.offset = offset;
    effect.spread = spread;
    effect.color = {0, 0, 0, 0.5f};
    return effect;
}

void append(DisplayList& list, const DisplayList& more) { list.items.insert(list.items.end(), more.items.begin(), more.items.end()); }

/// Every kind of effect, over each other and beyond the picture's edges.
DisplayList everything(const Transform& toPage)
{
    DisplayList list;
    list.items = {box({-10, 20, 150, 30}, {0.9f, 0.8f, 0.2f, 1})};
    append(list, layer({box({10, 10, 40, 30}, red, toPage)},
                       {shadow(EffectKind::dropShadow, {4, -3}, 9, 2), shadow(EffectKind::innerShadow, {2, 2}, 5, 1)}, toPage));
    append(list, layer({box({60, -5, 50, 60}, {0, 0.5f, 1, 0.6f}, toPage)}, {blurOf(EffectKind::layerBlur, 7)}, toPage));
    append(list, layer({box({30, 30, 60, 40}, {1, 1, 1, 0.3f}, toPage)}, {blurOf(EffectKind::backgroundBlur, 8)}, toPage));
    append(list, layer({box({70, 60, 30, 30}, {0.2f, 0.7f, 0.3f, 1}, toPage)},
                       {filterEffect({step(BlurFilter{2.5, 1}, {source}), step(OffsetFilter{{6, 3}}, {result(0)}),
                                      step(MorphologyFilter{MorphologyFilter::Operator::dilate, 2, 1}, {result(1)}),
                                      step(LightingFilter{true, 3, 1, 8, {1, 1, 0.8f, 1}, PointLight{{80, 60}, 12}}, {result(0)}),
                                      step(MergeFilter{}, {result(2), source, result(3)})},
                                     {60, 50, 60, 50}),
                        shadow(EffectKind::dropShadow, {-5, 4}, 4, 0)},
                       toPage));
    append(list, layer({box({5, 70, 30, 20}, blue, toPage)},
                       {filterEffect({step(TurbulenceFilter{false, 0.08, 0.05, 2, 4, false}),
                                      step(FloodFilter{{1, 0, 1, 0.4f}}, {}, Rect{2, 66, 9, 7}), step(TileFilter{}, {result(1)}),
                                      step(DisplacementFilter{9, 0, 1}, {source, result(0)}),
                                      step(MergeFilter{}, {result(2), result(3)})},
                                     {0, 60, 50, 40})},
                       toPage));
    return list;
}

} // namespace

class EffectsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void dropShadowsAreMovedSpreadAndBelow()
    {
        const Image image = draw(layer({box({20, 20, 10, 10}, red)}, {shadow(EffectKind::dropShadow, {10, 0}, 0, 2)}));
        QCOMPARE(pixel(image, 29, 25), (Rgba{255, 0, 0, 255}));
        QVERIFY(close(pixel(image, 41, 25), {0, 0, 0, 128}, 1)); // 30 + 10 + 2
        QVERIFY(close(pixel(image, 35, 18), {0, 0, 0, 128}, 1));
        QCOMPARE(pixel(image, 42, 25), (Rgba{0, 0, 0, 0}));
    }
    void shadowOffsetsMayBeParts()
    {
        const Image image = draw(layer({box({20, 20, 10, 10}, red)}, {shadow(EffectKind::dropShadow, {10.25, 0}, 0, 0)}));
        QVERIFY(close(pixel(image, 40, 25), {0, 0, 0, 32}, 1));
        const Image back = draw(layer({box({20, 20, 10, 10}, red)}, {shadow(EffectKind::dropShadow, {0, -10.5}, 0, 0)}));
        QVERIFY(close(pixel(back, 25, 9), {0, 0, 0, 64}, 1));
    }
    void innerShadowsStayInside()
    {
        const Image image = draw(layer({box({20, 20, 20, 20}, white)}, {shadow(EffectKind::innerShadow, {4, 0}, 0, 0)}));
        QVERIFY(close(pixel(image, 23, 30), {127, 127, 127, 255}, 1));
        QCOMPARE(pixel(image, 24, 30), (Rgba{255, 255, 255, 255}));
        QCOMPARE(pixel(image, 19, 30), (Rgba{0, 0, 0, 0}));
        const Image spread = draw(layer({box({20, 20, 20, 20}, white)}, {shadow(EffectKind::innerShadow, {}, 0, 3)}));
        QVERIFY(close(pixel(spread, 30, 22), {127, 127, 127, 255}, 1));
        QCOMPARE(pixel(spread, 30, 23), (Rgba{255, 255, 255, 255}));
    }
    void blurRadiusIsTwoDeviations()
    {
        const Image effect = draw(layer({box({20, 20, 20, 20}, white)}, {blurOf(EffectKind::layerBlur, 8)}));
        const Image filter =
            draw(layer({box({20, 20, 20, 20}, white)}, {filterEffect({step(BlurFilter{4, 4}, {source})}, {-20, -20, 104, 104})}));
        QVERIFY(effect.pixels == filter.pixels);
    }
    void backgroundBlurIsSeenThroughTheLayer()
    {
        DisplayList list;
        list.items = {box({0, 0, 32, 64}, white), box({32, 0, 32, 64}, {0, 0, 0, 1})};
        append(list, layer({box({0, 0, 64, 32}, {1, 0, 0, 0.1f})}, {blurOf(EffectKind::backgroundBlur, 8)}));
        const Image image = draw(list);
        QCOMPARE(pixel(image, 31, 50), (Rgba{255, 255, 255, 255}));
        QVERIFY(pixel(image, 31, 10)[1] > 100 && pixel(image, 31, 10)[1] < 140); // half way between white and black, a tenth red
        QVERIFY(close(pixel(image, 8, 20), {255, 229, 229, 255}, 3));
    }
    void effectsRunInTheirOrder()
    {
        const auto drawn = [](std::vector<Effect> effects) { return draw(layer({box({20, 20, 10, 10}, red)}, std::move(effects))); };
        const Effect moved = filterEffect({step(OffsetFilter{{20, 0}}, {source})}), below = shadow(EffectKind::dropShadow, {0, 12}, 0, 0);
        QVERIFY(close(pixel(drawn({moved, below}), 45, 35), {0, 0, 0, 128}, 1));
        QVERIFY(drawn({moved, below}).pixels == drawn({below, moved}).pixels);
        const Effect cut = filterEffect({step(OffsetFilter{}, {source})}, {20, 20, 10, 10});
        QCOMPARE(pixel(drawn({below, cut}), 25, 35), (Rgba{0, 0, 0, 0}));
        QVERIFY(close(pixel(drawn({cut, below}), 25, 35), {0, 0, 0, 128}, 1));
    }
    void invisibleAndUnknownEffectsDoNothing()
    {
        Effect hidden = blurOf(EffectKind::layerBlur, 8);
        hidden.visible = false;
        Effect unknown;
        unknown.kind = EffectKind::unknown;
        QVERIFY(draw(layer({box({20, 20, 20, 20}, white)}, {hidden, unknown})).pixels ==
                draw(layer({box({20, 20, 20, 20}, white)}, {})).pixels);
    }
    void partsAreDrawnAsInTheWhole_data()
    {
        QTest::addColumn<QVector<double>>("transform");
        QTest::newRow("as it is") << QVector<double>{1, 0, 0, 1, 0, 0};
        QTest::newRow("larger and turned") << QVector<double>{1.3, 0.4, -0.3, 1.1, 7.3, -11.6};
        QTest::newRow("smaller") << QVector<double>{0.37, 0, 0, 0.61, 2.5, 3.25};
    }
    void partsAreDrawnAsInTheWhole()
    {
        QFETCH(QVector<double>, transform);
        const Transform toPage{transform[0], transform[1], transform[2], transform[3], transform[4], transform[5]};
        const DisplayList list = everything(toPage);
        const scene::View view{{}, 120, 110};
        strips::FrameBuilder builder;
        const Color background{0.9f, 0.95f, 1, 1};
        const Image whole = cpu::compose(builder.build(list, view), background);
        SeededRandom random{11};
        for (int i = 0; i < 40; ++i) {
            const int x = static_cast<int>(random.below(110)), y = static_cast<int>(random.below(100));
            const strips::PixelRect part{x, y, x + 1 + static_cast<int>(random.below(30)), y + 1 + static_cast<int>(random.below(30))};
            const Image image = cpu::compose(builder.build(list, view, part), background);
            for (int v = part.y0; v < std::min(part.y1, view.heightPx); ++v) {
                for (int u = part.x0; u < std::min(part.x1, view.widthPx); ++u) {
                    if (pixel(image, u, v) != pixel(whole, u, v))
                        QFAIL(qPrintable(QString("part %1 %2 %3 %4 differs at %5 %6")
                                             .arg(part.x0)
                                             .arg(part.y0)
                                             .arg(part.x1)
                                             .arg(part.y1)
                                             .arg(u)
                                             .arg(v)));
                }
            }
        }
    }
    void pixelsAreTheSameOnEveryMachine()
    {
        const Image image = draw(everything({}), 110);
        QCOMPARE(QString::fromStdString(contentHash(image.pixels).hex.substr(0, 16)), QString("025fcf2e26514b08"));
    }
    void hostileEffectsTakeBoundedTime()
    {
        QElapsedTimer timer;
        timer.start();
        const Effect far = shadow(EffectKind::dropShadow, {1e9, -1e9}, 1e9, 1e9);
        const Effect graph =
            filterEffect({step(BlurFilter{1e9, 1e9}, {source}), step(OffsetFilter{{1e9, -1e9}}, {result(0)}),
                          step(MorphologyFilter{MorphologyFilter::Operator::dilate, 1e9, 1e9}, {source}),
                          step(DisplacementFilter{1e9, 0, 1}, {source, result(2)}), step(TileFilter{}, {result(3)}),
                          step(TurbulenceFilter{true, 1e6, 1e6, maxFilterOctaves, 1, true}),
                          step(DropShadowFilter{{-1e9, 1e9}, 1e9, 1e9, red}, {source}),
                          step(MergeFilter{}, {result(4), result(5), result(6)})},
                         {-5e8, -5e8, 1e9, 1e9});
        for (const Effect& effect : {far, graph, blurOf(EffectKind::layerBlur, 50000)})
            static_cast<void>(draw(layer({box({-1e6, -1e6, 2e6, 2e6}, red)}, {effect}, Transform::scaling(1000, 1e-3)), 32));
        QVERIFY2(timer.elapsed() < 60'000, std::to_string(timer.elapsed()).c_str());
    }
};

QTEST_GUILESS_MAIN(EffectsTest)
#include "effects_test.moc"
