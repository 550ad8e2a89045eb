#include <QtTest>

#include <cmath>

#include <render/cpu/renderer.h>
#include <render/strips/frame.h>

using namespace tessera;
using namespace tessera::scene;

/// Display list to frame to pixels: blending by hand against the back end.
class FrameTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sourceOverMatchesTheFormula();
    void layerBlendsAsOne();
    void layerOfOneItemIsFolded();
    void wholePixelClipsCostNoMask();
    void unbalancedListsStillCompose();
    void regionLimitsTheDrawing();
    void viewsWithoutPixelsGiveNothing();
    void gradientAtAStopHasItsColor();
    void reducedImagesKeepTheirMean();
    void backgroundIsComposedOnto();
    void everyWidthBlendsAlike();
    void cachedFramesEqualFreshOnes();
};

namespace {

Item fillItem(const Rect& box, Paint paint)
{
    return {FillPath{std::make_shared<const Path>(rectPath(box)), FillRule::nonzero, std::move(paint)}, {}, box, 0};
}

Image draw(const DisplayList& list, int size = 16, const Color& background = {0, 0, 0, 0})
{
    cpu::Renderer renderer;
    return renderer.render(list, {{}, size, size}, background);
}

std::vector<int> pixel(const Image& image, int x, int y)
{
    const std::uint8_t* p = image.row(y) + 4 * x;
    return {p[0], p[1], p[2], p[3]};
}

bool close(const std::vector<int>& a, const std::vector<int>& b, int by)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::abs(a[i] - b[i]) > by)
            return false;
    }
    return true;
}

} // namespace

void FrameTest::sourceOverMatchesTheFormula()
{
    DisplayList list;
    list.items = {fillItem({0, 0, 16, 16}, {Color{1, 1, 1, 1}}), fillItem({0, 0, 8, 16}, {Color{1, 0, 0, 0.5f}}),
                  fillItem({0, 0, 4.5, 16}, {Color{0, 0, 1, 1}, 0.5})};
    const Image image = draw(list);
    QCOMPARE(pixel(image, 12, 5), (std::vector<int>{255, 255, 255, 255}));
    QVERIFY(close(pixel(image, 6, 5), {255, 127, 127, 255}, 1));
    QVERIFY(close(pixel(image, 2, 5), {127, 64, 191, 255}, 2));
    QVERIFY(close(pixel(image, 4, 5), {191, 95, 159, 255}, 2)); // half covered, half opaque
}

void FrameTest::layerBlendsAsOne()
{
    DisplayList list;
    const Rect all{0, 0, 16, 16};
    list.items = {Item{PushLayer{0.5}, {}, all, 0}, fillItem({0, 0, 10, 16}, {Color{1, 0, 0, 1}}),
                  fillItem({6, 0, 10, 16}, {Color{0, 0, 1, 1}}), Item{PopLayer{}, {}, all, 0}};
    const Image image = draw(list);
    QVERIFY(close(pixel(image, 8, 8), {0, 0, 128, 128}, 1));
    QVERIFY(close(pixel(image, 2, 8), {128, 0, 0, 128}, 1));
}

void FrameTest::layerOfOneItemIsFolded()
{
    DisplayList list;
    const Rect all{0, 0, 16, 16};
    list.items = {Item{PushLayer{0.5}, {}, all, 0}, fillItem(all, {Color{1, 0, 0, 1}}), Item{PopLayer{}, {}, all, 0}};
    strips::FrameBuilder builder;
    QCOMPARE(builder.build(list, {{}, 16, 16}).commands.size(), std::size_t{1});
    QVERIFY(close(pixel(draw(list), 8, 8), {128, 0, 0, 128}, 1));
}

void FrameTest::wholePixelClipsCostNoMask()
{
    DisplayList list;
    const auto clip = std::make_shared<const Path>(rectPath({3, 5, 7, 6}));
    list.items = {Item{PushClip{clip}, {}, {3, 5, 7, 6}, 0}, fillItem({0, 0, 16, 16}, {Color{0, 0, 0, 1}}),
                  Item{PopClip{}, {}, {}, 0}};
    const Image image = draw(list);
    for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 16; ++x)
            QCOMPARE(pixel(image, x, y)[3], x >= 3 && x < 10 && y >= 5 && y < 11 ? 255 : 0);
    }
}

void FrameTest::unbalancedListsStillCompose()
{
    DisplayList list;
    const Rect all{0, 0, 16, 16};
    list.items = {Item{PopClip{}, {}, {}, 0}, Item{PopLayer{}, {}, {}, 0}, fillItem(all, {Color{0, 1, 0, 1}}),
                  Item{PushLayer{0.5}, {}, all, 0}, fillItem(all, {Color{1, 0, 0, 1}}), fillItem(all, {Color{0, 0, 1, 1}})};
    QVERIFY(close(pixel(draw(list), 3, 3), {0, 128, 127, 255}, 2));
}

void FrameTest::regionLimitsTheDrawing()
{
    DisplayList list;
    list.items = {fillItem({0, 0, 16, 16}, {Color{0, 0, 0, 1}})};
    strips::FrameBuilder builder;
    const Image image = cpu::compose(builder.build(list, {{}, 16, 16}, {2, 3, 5, 7}));
    int covered = 0;
    for (int y = 0; y < 16; ++y) {
        for (int x = 0; x < 16; ++x)
            covered += pixel(image, x, y)[3] == 255;
    }
    QCOMPARE(covered, 3 * 4);
}

void FrameTest::viewsWithoutPixelsGiveNothing()
{
    DisplayList list;
    list.items = {fillItem({0, 0, 16, 16}, {Color{0, 0, 0, 1}})};
    cpu::Renderer renderer;
    for (int size : {0, -5, 1 << 20})
        QCOMPARE(renderer.render(list, {{}, size, 16}).widthPx, 0);
    QCOMPARE(pixel(renderer.render(list, {Transform{NAN, 0, 0, INFINITY, 0, 0}, 4, 4}), 1, 1)[3], 0);
}

void FrameTest::gradientAtAStopHasItsColor()
{
    const auto gradient = std::make_shared<const Gradient>(Gradient{
        GradientKind::linear, {{0, {1, 0, 0, 1}}, {0.5, {0, 1, 0, 1}}, {1, {0, 0, 1, 1}}}, Transform::scaling(16, 16)});
    DisplayList list;
    list.items = {fillItem({0, 0, 16, 16}, {gradient})};
    const Image image = draw(list);
    QVERIFY(close(pixel(image, 0, 0), {239, 16, 0, 255}, 1));
    QVERIFY(close(pixel(image, 15, 0), {0, 16, 239, 255}, 1));
    QVERIFY(close(pixel(image, 3, 9), {143, 112, 0, 255}, 1));
}

void FrameTest::reducedImagesKeepTheirMean()
{
    auto image = std::make_shared<Image>(Image::blank(256, 256));
    for (int y = 0; y < 256; ++y) {
        for (int x = 0; x < 256; ++x) {
            image->row(y)[4 * x] = (x + y) % 2 == 0 ? 255 : 0;
            image->row(y)[4 * x + 3] = 255;
        }
    }
    auto fill = std::make_shared<const ImageFill>(ImageFill{image, Transform::scaling(1.0 / 16, 1.0 / 16), TileMode::clamp, {0, 0, 16, 16}});
    DisplayList list;
    list.items = {fillItem({0, 0, 16, 16}, {fill})};
    const Image out = draw(list);
    for (int i = 0; i < 16; ++i)
        QVERIFY(close(pixel(out, i, i), {128, 0, 0, 255}, 2));
}

void FrameTest::backgroundIsComposedOnto()
{
    DisplayList list;
    list.items = {fillItem({0, 0, 8, 16}, {Color{0, 0, 0, 0.5f}})};
    const Image image = draw(list, 16, {1, 1, 1, 1});
    QCOMPARE(pixel(image, 12, 3), (std::vector<int>{255, 255, 255, 255}));
    QVERIFY(close(pixel(image, 3, 3), {127, 127, 127, 255}, 1));
}

/// Rows are blended in groups of pixels: what is left over must come out the same.
void FrameTest::everyWidthBlendsAlike()
{
    const auto gradient = std::make_shared<const Gradient>(
        Gradient{GradientKind::linear, {{0, {0.9f, 0.4f, 0.1f, 0.7f}}, {1, {0.1f, 0.2f, 1, 0.3f}}}, Transform::scaling(0, 16)});
    for (const Paint& paint : {Paint{Color{0.3f, 0.6f, 0.9f, 0.45f}}, Paint{gradient, 0.8}}) {
        for (double edge : {0.0, 0.37}) {
            for (int width = 1; width <= 13; ++width) {
                DisplayList list;
                list.items = {fillItem({1, 1 + edge, static_cast<double>(width), 9}, paint)};
                const Image image = draw(list, 16, {0.8f, 0.1f, 0.5f, 0.9f});
                for (int y = 0; y < 16; ++y) {
                    for (int x = 2; x <= width; ++x)
                        QCOMPARE(pixel(image, x, y), pixel(image, 1, y));
                }
            }
        }
    }
}

void FrameTest::cachedFramesEqualFreshOnes()
{
    DisplayList list;
    document::StrokeStyle pen;
    pen.width = 3;
    const auto disc = std::make_shared<const Path>(ellipsePath({2, 2, 40, 30}));
    list.items = {Item{FillPath{disc, FillRule::nonzero, {Color{1, 0, 0, 1}}}, {}, {2, 2, 40, 30}, 0},
                  Item{StrokePath{disc, FillRule::nonzero, pen, {Color{0, 0, 1, 1}}}, Transform::translation(9, 5), {6, 2, 54, 44}, 0},
                  Item{PushClip{disc}, Transform::rotation(0.2), {0, 0, 60, 60}, 0},
                  Item{FillPath{disc, FillRule::evenodd, {Color{0, 1, 0, 0.5f}}}, Transform::translation(5, 1), {7, 3, 40, 30}, 0},
                  Item{PopClip{}, {}, {}, 0}};
    strips::FrameBuilder kept;
    const double moves[][3] = {{1, 0, 0}, {1, 0, 0}, {1, 7, -3}, {1, -20, -18}, {1, 0.4, 0.6}, {2.5, 3, 3}, {1, 30, 41}, {1, 0, 0}};
    for (const auto& [scale, x, y] : moves) {
        const View view{Transform::translation(x, y) * Transform::scaling(scale, scale), 64, 50};
        strips::FrameBuilder fresh;
        const strips::Frame a = kept.build(list, view), b = fresh.build(list, view);
        QCOMPARE(a.spans, b.spans);
        QCOMPARE(a.alphas, b.alphas);
        const strips::PixelRect part{11, 6, 40, 33};
        QCOMPARE(kept.build(list, view, part).alphas, fresh.build(list, view, part).alphas);
        for (const strips::Span& span : a.spans)
            QVERIFY(span.x >= 0 && span.x + static_cast<int>(span.width) <= 64 && span.y >= 0 && span.y < 50);
    }
}

QTEST_APPLESS_MAIN(FrameTest)
#include "frame_test.moc"
