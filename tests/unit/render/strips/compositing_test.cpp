#include <QtTest>

#include <cmath>

#include <core/base/random.h>
#include <render/cpu/renderer.h>
#include <render/strips/frame.h>

using namespace tessera;
using namespace tessera::scene;

namespace {

using Rgba = std::array<double, 4>; ///< unpremultiplied, 0..1

Item item(ItemContent content, const Rect& bounds = {-100, -100, 300, 300}) { return {std::move(content), {}, bounds, 0}; }

Item fillItem(const Rect& box, Paint paint)
{
    return item(FillPath{std::make_shared<const Path>(rectPath(box)), FillRule::nonzero, std::move(paint)}, box);
}

Image draw(const DisplayList& list, int size = 16)
{
    cpu::Renderer renderer;
    return renderer.render(list, {{}, size, size});
}

std::array<int, 4> pixel(const Image& image, int x, int y)
{
    const std::uint8_t* p = image.row(y) + 4 * x;
    return {p[0], p[1], p[2], p[3]};
}

Color colorOf(const Rgba& c)
{
    return {static_cast<float>(c[0]), static_cast<float>(c[1]), static_cast<float>(c[2]), static_cast<float>(c[3])};
}

/// A pixel as the layers hold it: premultiplied, in whole levels.
std::array<double, 4> stored(const Rgba& c)
{
    std::array<double, 4> p{};
    for (int i = 0; i < 3; ++i)
        p[static_cast<std::size_t>(i)] = std::floor(c[static_cast<std::size_t>(i)] * c[3] * 255 + 0.5) / 255;
    p[3] = std::floor(c[3] * 255 + 0.5) / 255;
    return p;
}

double luminance(const std::array<double, 3>& c) { return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]; }

/// The recommendation's SetLum, with its ClipColor, in its own order of operations.
std::array<double, 3> setLuminance(std::array<double, 3> c, double l)
{
    const double d = l - luminance(c);
    for (double& v : c)
        v += d;
    const double at = luminance(c), low = *std::min_element(c.begin(), c.end()), high = *std::max_element(c.begin(), c.end());
    for (double& v : c) {
        if (low < 0)
            v = at + (v - at) * at / (at - low);
    }
    for (double& v : c) {
        if (high > 1)
            v = at + (v - at) * (1 - at) / (high - at);
    }
    return c;
}

double saturation(const std::array<double, 3>& c)
{
    return *std::max_element(c.begin(), c.end()) - *std::min_element(c.begin(), c.end());
}

std::array<double, 3> setSaturation(const std::array<double, 3>& c, double s)
{
    std::array<int, 3> order{0, 1, 2};
    std::sort(order.begin(), order.end(), [&](int a, int b) { return c[static_cast<std::size_t>(a)] < c[static_cast<std::size_t>(b)]; });
    const auto low = static_cast<std::size_t>(order[0]), mid = static_cast<std::size_t>(order[1]), high = static_cast<std::size_t>(order[2]);
    std::array<double, 3> r{};
    if (c[high] > c[low]) {
        r[mid] = (c[mid] - c[low]) * s / (c[high] - c[low]);
        r[high] = s;
    }
    return r;
}

double channelBlend(BlendMode mode, double b, double s)
{
    const auto hardLight = [](double below, double source) { return source <= 0.5 ? below * 2 * source : 1 - (1 - below) * (2 - 2 * source); };
    switch (mode) {
    case BlendMode::multiply: return b * s;
    case BlendMode::screen: return 1 - (1 - b) * (1 - s);
    case BlendMode::overlay: return hardLight(s, b);
    case BlendMode::darken: return std::min(b, s);
    case BlendMode::lighten: return std::max(b, s);
    case BlendMode::colorDodge: return b == 0 ? 0 : s >= 1 ? 1 : std::min(1.0, b / (1 - s));
    case BlendMode::colorBurn: return b >= 1 ? 1 : s <= 0 ? 0 : 1 - std::min(1.0, (1 - b) / s);
    case BlendMode::hardLight: return hardLight(b, s);
    case BlendMode::softLight: {
        if (s <= 0.5)
            return b - (1 - 2 * s) * b * (1 - b);
        const double d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : std::sqrt(b);
        return b + (2 * s - 1) * (d - b);
    }
    case BlendMode::difference: return std::abs(b - s);
    case BlendMode::exclusion: return b + s - 2 * b * s;
    default: return s;
    }
}

std::array<double, 3> expectedBlend(BlendMode mode, const std::array<double, 3>& b, const std::array<double, 3>& s)
{
    switch (mode) {
    case BlendMode::hue: return setLuminance(setSaturation(s, saturation(b)), luminance(b));
    case BlendMode::saturation: return setLuminance(setSaturation(b, saturation(s)), luminance(b));
    case BlendMode::color: return setLuminance(s, luminance(b));
    case BlendMode::luminosity: return setLuminance(b, luminance(s));
    default: break;
    }
    return {channelBlend(mode, b[0], s[0]), channelBlend(mode, b[1], s[1]), channelBlend(mode, b[2], s[2])};
}

std::shared_ptr<const Gradient> gradient(GradientKind kind, GradientSpread spread = GradientSpread::pad)
{
    Gradient g;
    g.kind = kind;
    g.stops = {{0, {0, 0, 0, 1}}, {1, {1, 1, 1, 1}}};
    g.toLocal = Transform::scaling(100, 100);
    g.spread = spread;
    return std::make_shared<const Gradient>(g);
}

/// Grey level 0..255 of a gradient of 100 x 100 at a pixel, black at t = 0 and white at 1.
int grey(const std::shared_ptr<const Gradient>& g, int x, int y)
{
    DisplayList list;
    list.items = {fillItem({-100, -100, 400, 400}, {g})};
    return pixel(draw(list, 200), x, y)[0];
}

bool near(int a, double t) { return std::abs(a - t * 255) <= 2.5; }

} // namespace

/// Layers, masks, blend modes, gradients and patterns against their definitions (frame.h, CSS compositing level 1).
class CompositingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blendModesFollowTheRecommendation_data()
    {
        QTest::addColumn<int>("mode");
        for (int mode = static_cast<int>(BlendMode::multiply); mode <= static_cast<int>(BlendMode::luminosity); ++mode)
            QTest::newRow(std::string(document::blendName(static_cast<BlendMode>(mode))).c_str()) << mode;
    }
    void blendModesFollowTheRecommendation()
    {
        QFETCH(int, mode);
        const auto blend = static_cast<BlendMode>(mode);
        SeededRandom random(static_cast<std::uint64_t>(mode));
        for (int round = 0; round < 200; ++round) {
            const auto any = [&](bool opaque) { return Rgba{random.unit(), random.unit(), random.unit(), opaque ? 1 : 0.2 + 0.8 * random.unit()}; };
            const Rgba below = any(round % 2 == 0), source = any(round % 3 == 0);
            DisplayList list;
            list.items = {fillItem({0, 0, 16, 16}, {colorOf(below)}), item(PushLayer{1, blend, nullptr}), fillItem({0, 0, 16, 16}, {colorOf(source)}),
                          item(PopLayer{})};
            const auto drawn = pixel(draw(list), 5, 5);
            const auto b = stored(below), s = stored(source);
            const std::array<double, 3> cb{b[0] / b[3], b[1] / b[3], b[2] / b[3]}, cs{s[0] / s[3], s[1] / s[3], s[2] / s[3]};
            const auto mixed = expectedBlend(blend, cb, cs);
            for (std::size_t i = 0; i < 3; ++i) {
                const double expected = s[3] * (1 - b[3]) * cs[i] + b[3] * (1 - s[3]) * cb[i] + s[3] * b[3] * mixed[i];
                QVERIFY2(std::abs(drawn[i] - expected * 255) < 1.6, qPrintable(QString("round %1 channel %2: %3 for %4").arg(round).arg(i).arg(drawn[i]).arg(expected * 255)));
            }
            QVERIFY(std::abs(drawn[3] - (s[3] + b[3] - s[3] * b[3]) * 255) < 1.1);
        }
    }
    void blendingOntoNothingIsTheSource()
    {
        DisplayList list;
        list.items = {item(PushLayer{1, BlendMode::multiply, nullptr}), fillItem({0, 0, 16, 16}, {Color{1, 0.5f, 0, 0.5f}}), item(PopLayer{})};
        QCOMPARE(pixel(draw(list), 3, 3), (std::array<int, 4>{128, 64, 0, 128}));
    }
    void layerOfOneItemBlendsTooAndFoldsOnlyWhenPlain()
    {
        DisplayList list;
        list.items = {fillItem({0, 0, 16, 16}, {Color{1, 1, 0, 1}}), item(PushLayer{0.5, BlendMode::difference, nullptr}), fillItem({0, 0, 16, 16}, {Color{1, 1, 1, 1}}),
                      item(PopLayer{})};
        const auto drawn = pixel(draw(list), 3, 3); // half of (1, 1, 0) and half of |(1, 1, 0) - 1|
        QVERIFY(std::abs(drawn[0] - 127) <= 1 && std::abs(drawn[2] - 128) <= 1);
    }
    void alphaMaskMultipliesItsLayerOnly()
    {
        DisplayList list;
        list.items = {fillItem({0, 0, 16, 16}, {Color{0, 0, 1, 1}}), item(PushLayer{}), fillItem({0, 0, 16, 16}, {Color{1, 0, 0, 1}}), item(PushMask{}),
                      fillItem({0, 0, 8, 16}, {Color{0, 0, 0, 0.5f}}), item(PopMask{}), item(PopLayer{})};
        const Image image = draw(list);
        QCOMPARE(pixel(image, 3, 3), (std::array<int, 4>{128, 0, 127, 255}));
        QCOMPARE(pixel(image, 12, 3), (std::array<int, 4>{0, 0, 255, 255})); // no mask there: the layer is gone
    }
    void luminanceMaskWeighsTheChannels_data()
    {
        QTest::addColumn<QColor>("color");
        QTest::addColumn<double>("weight");
        QTest::newRow("white") << QColor(255, 255, 255) << 1.0;
        QTest::newRow("black") << QColor(0, 0, 0) << 0.0;
        QTest::newRow("red") << QColor(255, 0, 0) << 0.2126;
        QTest::newRow("green") << QColor(0, 255, 0) << 0.7152;
        QTest::newRow("blue") << QColor(0, 0, 255) << 0.0722;
    }
    void luminanceMaskWeighsTheChannels()
    {
        QFETCH(QColor, color);
        QFETCH(double, weight);
        DisplayList list;
        list.items = {item(PushLayer{}), fillItem({0, 0, 16, 16}, {Color{1, 0, 0, 1}}), item(PushMask{true}),
                      fillItem({0, 0, 16, 16}, {Color{static_cast<float>(color.redF()), static_cast<float>(color.greenF()), static_cast<float>(color.blueF()), 1}}),
                      item(PopMask{}), item(PopLayer{})};
        QVERIFY(std::abs(pixel(draw(list), 7, 7)[3] - weight * 255) <= 1.5);
    }
    void layerSmallerThanItsContentCutsIt()
    {
        DisplayList list;
        list.items = {item(PushLayer{0.5}, {4, 4, 4, 4}), fillItem({0, 0, 16, 16}, {Color{1, 0, 0, 1}}), fillItem({0, 0, 16, 16}, {Color{1, 0, 0, 1}}),
                      item(PopLayer{}, {4, 4, 4, 4})};
        const Image image = draw(list);
        QCOMPARE(pixel(image, 6, 6)[3], 128);
        QCOMPARE(pixel(image, 14, 14)[3], 0);
    }
    void unbalancedMasksStillCompose()
    {
        DisplayList list;
        list.items = {item(PushMask{}), fillItem({0, 0, 8, 16}, {Color{0, 0, 0, 1}})};
        QCOMPARE(draw(list).widthPx, 16);
        list.items = {item(PopMask{}), item(PopLayer{}), fillItem({0, 0, 8, 16}, {Color{0, 0, 0, 1}})};
        QCOMPARE(pixel(draw(list), 2, 2)[3], 255);
    }
    void gradientKindsHaveTheirPositions_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("spread");
        QTest::addColumn<int>("x");
        QTest::addColumn<int>("y");
        QTest::addColumn<double>("t");
        const int pad = int(GradientSpread::pad), reflect = int(GradientSpread::reflect), repeat = int(GradientSpread::repeat);
        QTest::newRow("linear, half way") << int(GradientKind::linear) << pad << 50 << 10 << 0.505;
        QTest::newRow("linear, beyond, pad") << int(GradientKind::linear) << pad << 150 << 10 << 1.0;
        QTest::newRow("linear, beyond, reflected") << int(GradientKind::linear) << reflect << 150 << 10 << 0.495;
        QTest::newRow("linear, beyond, repeated") << int(GradientKind::linear) << repeat << 125 << 10 << 0.255;
        QTest::newRow("radial, centre") << int(GradientKind::radial) << pad << 50 << 50 << 0.014;
        QTest::newRow("radial, half way") << int(GradientKind::radial) << pad << 75 << 50 << 0.51;
        QTest::newRow("radial, beyond, reflected") << int(GradientKind::radial) << reflect << 149 << 50 << 0.01;
        QTest::newRow("angular, right") << int(GradientKind::angular) << pad << 90 << 50 << 0.002;
        QTest::newRow("angular, below") << int(GradientKind::angular) << pad << 50 << 90 << 0.248;
        QTest::newRow("angular, left") << int(GradientKind::angular) << pad << 10 << 50 << 0.498;
        QTest::newRow("angular, above") << int(GradientKind::angular) << pad << 50 << 10 << 0.752;
        QTest::newRow("diamond, corner of its square") << int(GradientKind::diamond) << pad << 75 << 75 << 1.0;
        QTest::newRow("diamond, half way") << int(GradientKind::diamond) << pad << 62 << 62 << 0.5;
    }
    void gradientKindsHaveTheirPositions()
    {
        QFETCH(int, kind);
        QFETCH(int, spread);
        QFETCH(int, x);
        QFETCH(int, y);
        QFETCH(double, t);
        const int level = grey(gradient(static_cast<GradientKind>(kind), static_cast<GradientSpread>(spread)), x, y);
        QVERIFY2(near(level, t), qPrintable(QString::number(level / 255.0)));
    }
    void focusIsWhereTheGradientBegins()
    {
        Gradient g = *gradient(GradientKind::radial);
        g.focus = {0.7, 0.5};
        const auto focal = std::make_shared<const Gradient>(g);
        QVERIFY(near(grey(focal, 70, 50), 0.02));
        QVERIFY(near(grey(focal, 99, 50), 0.983)); // the outer circle is where it was
        QVERIFY(near(grey(focal, 0, 50), 1));
        QVERIFY(near(grey(focal, 34, 50), 0.507)); // half way from the focus to the left end of the circle
    }
    void focusOutsideMovesToTheEdgeAndEqualCirclesStayFinite()
    {
        Gradient g = *gradient(GradientKind::radial);
        g.focus = {5, 0.5};
        QVERIFY(near(grey(std::make_shared<const Gradient>(g), 10, 50), 0.9));
        g.focus = {0.5, 0.5};
        g.focusRadius = 0.5;
        const int level = grey(std::make_shared<const Gradient>(g), 50, 50);
        QVERIFY(level >= 0 && level <= 255);
        g.focusRadius = 0.7; // larger than the outer circle: runs inwards
        QVERIFY(near(grey(std::make_shared<const Gradient>(g), 50, 50), 1));
        QVERIFY(near(grey(std::make_shared<const Gradient>(g), 125, 50), 0));
    }
    void patternsRepeatWithoutSeams()
    {
        auto content = std::make_shared<DisplayList>();
        content->items = {fillItem({0, 0, 5.3, 5.3}, {Color{1, 0, 0, 1}})}; // exactly a cell
        PatternFill pattern{content, {0, 0, 5.3, 5.3}, Transform::translation(0.4, 0.7)};
        DisplayList list;
        list.items = {fillItem({0, 0, 64, 64}, {std::make_shared<const PatternFill>(pattern)})};
        const Image image = draw(list, 64);
        for (int y = 0; y < 64; ++y) {
            for (int x = 0; x < 64; ++x)
                QCOMPARE(pixel(image, x, y), (std::array<int, 4>{255, 0, 0, 255}));
        }
    }
    void patternCellsLandWhereTheirTransformSays()
    {
        auto content = std::make_shared<DisplayList>();
        content->items = {fillItem({0, 0, 2, 4}, {Color{0, 1, 0, 1}})}; // the left half of a cell
        PatternFill pattern{content, {0, 0, 4, 4}, Transform::translation(1, 0)};
        DisplayList list;
        list.items = {fillItem({0, 0, 16, 16}, {std::make_shared<const PatternFill>(pattern), 0.5})};
        const Image image = draw(list);
        QCOMPARE(pixel(image, 1, 3)[3], 128);
        QCOMPARE(pixel(image, 2, 3)[3], 128);
        QCOMPARE(pixel(image, 3, 3)[3], 0);
        QCOMPARE(pixel(image, 4, 3)[3], 0);
        QCOMPARE(pixel(image, 5, 3)[3], 128);
        QCOMPARE(pixel(image, 0, 3)[3], 0);
    }
    void patternsInPatternsEnd()
    {
        std::shared_ptr<DisplayList> content = std::make_shared<DisplayList>();
        content->items = {fillItem({0, 0, 4, 4}, {Color{0, 0, 0, 1}})};
        for (int i = 0; i < 40; ++i) {
            auto outer = std::make_shared<DisplayList>();
            outer->items = {fillItem({0, 0, 4, 4}, {std::make_shared<const PatternFill>(PatternFill{content, {0, 0, 4, 4}, {}})})};
            content = outer;
        }
        QCOMPARE(draw(*content).widthPx, 16);
    }
    void dashesBeginAtTheirOffset()
    {
        document::StrokeStyle style;
        style.width = 4;
        style.dash = {4, 4};
        const auto drawn = [&](double offset, int x) {
            style.dashOffset = offset;
            Path line;
            line.moveTo({0, 8});
            line.lineTo({16, 8});
            DisplayList list;
            list.items = {item(StrokePath{std::make_shared<const Path>(line), FillRule::nonzero, style, {Color{0, 0, 0, 1}}})};
            return pixel(draw(list), x, 8)[3];
        };
        QCOMPARE(drawn(0, 1), 255);
        QCOMPARE(drawn(0, 5), 0);
        QCOMPARE(drawn(4, 1), 0);
        QCOMPARE(drawn(4, 5), 255);
        QCOMPARE(drawn(-4, 1), 0);
        QCOMPARE(drawn(2, 1), 255);
        QCOMPARE(drawn(2, 3), 0);
        QCOMPARE(drawn(800004, 5), 255); // any number of rounds
        QCOMPARE(drawn(std::nan(""), 1), 255);
    }
};

QTEST_APPLESS_MAIN(CompositingTest)
#include "compositing_test.moc"
