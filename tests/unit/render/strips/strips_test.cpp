#include <QtTest>

#include <cmath>
#include <limits>
#include <numbers>

#include <core/base/random.h>
#include <render/strips/rasterize.h>

using namespace tessera;
using namespace tessera::strips;
using document::FillRule;

/// Coverage is exact: what a polygon covers is known without drawing it.
class StripsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wholePixelsAreSolidSpans();
    void fractionsOfAPixelAreTheirArea_data();
    void fractionsOfAPixelAreTheirArea();
    void areaOfAPolygonIsItsCoverage_data();
    void areaOfAPolygonIsItsCoverage();
    void circleCoversItsArea();
    void overlapsCountOnceUnderNonzero();
    void overlapsCancelUnderEvenodd();
    void oppositeDirectionsCancelUnderNonzero();
    void abuttingShapesAddUpToFull();
    void clippingToAnAreaChangesNothingInside();
    void spansAreSortedAndDisjoint();
    void intersectionAndDifferenceAreProducts();
    void croppingKeepsWholePixels();
    void hostilePathsGiveValidSpans();
};

namespace {

const PixelRect canvas{0, 0, 64, 64};

Coverage fill(const Path& path, FillRule rule = FillRule::nonzero, const PixelRect& area = canvas)
{
    Rasterizer rasterizer;
    return fillCoverage(rasterizer, path, {}, rule, area);
}

Path polygonOf(const QVector<QPointF>& points)
{
    Path path;
    path.moveTo({points[0].x(), points[0].y()});
    for (int i = 1; i < points.size(); ++i)
        path.lineTo({points[i].x(), points[i].y()});
    path.close();
    return path;
}

double areaPx(const Coverage& c) { return static_cast<double>(totalAlpha(c)) / 255; }

/// The format's promises, as render/strips/coverage.h states them.
QString formatProblem(const Coverage& c, const PixelRect& area)
{
    std::int32_t y = std::numeric_limits<std::int32_t>::min(), end = 0;
    for (const Span& s : c.spans) {
        if (s.y % stripHeightPx != 0 || s.y < area.y0 - 3 || s.y >= area.y1)
            return "row out of place";
        if (s.y < y || (s.y == y && s.x < end))
            return "not sorted or overlapping";
        if (s.width == 0 || s.x < area.x0 || s.x + static_cast<std::int64_t>(s.width) > area.x1)
            return "column out of place";
        if (s.alphaColumn != solidSpan && s.alphaColumn + static_cast<std::uint64_t>(s.width) > c.alphas.size())
            return "alphas out of range";
        y = s.y, end = s.x + static_cast<std::int32_t>(s.width);
    }
    return {};
}

} // namespace

void StripsTest::wholePixelsAreSolidSpans()
{
    const Coverage c = fill(rectPath({8, 4, 40, 8}));
    QCOMPARE(c.spans, (std::vector<Span>{{8, 4, 40, solidSpan}, {8, 8, 40, solidSpan}}));
    QVERIFY(c.alphas.empty());
}

void StripsTest::fractionsOfAPixelAreTheirArea_data()
{
    QTest::addColumn<QVector<QPointF>>("points");
    QTest::addColumn<int>("expected");
    const auto row = [](const char* name, QVector<QPointF> points, double area) {
        QTest::newRow(name) << points << static_cast<int>(std::lround(area * 255));
    };
    row("quarter square", {{10, 10}, {10.5, 10}, {10.5, 10.5}, {10, 10.5}}, 0.25);
    row("half by a diagonal", {{10, 10}, {11, 10}, {10, 11}}, 0.5);
    row("thin column", {{10.25, 10}, {10.375, 10}, {10.375, 11}, {10.25, 11}}, 0.125);
    row("triangle in the middle", {{10.25, 10.25}, {10.75, 10.25}, {10.5, 10.75}}, 0.125);
    row("full", {{10, 10}, {11, 10}, {11, 11}, {10, 11}}, 1);
    row("smaller than the grid", {{10.001, 10.001}, {10.0011, 10.001}, {10.0011, 10.0012}}, 0);
}

void StripsTest::fractionsOfAPixelAreTheirArea()
{
    QFETCH(QVector<QPointF>, points);
    QFETCH(int, expected);
    const auto pixels = expanded(fill(polygonOf(points)), canvas);
    QCOMPARE(static_cast<int>(pixels[10 * 64 + 10]), expected);
}

void StripsTest::areaOfAPolygonIsItsCoverage_data()
{
    QTest::addColumn<QVector<QPointF>>("points");
    QTest::newRow("rectangle between pixels") << QVector<QPointF>{{3.25, 5.5}, {40.75, 5.5}, {40.75, 50.125}, {3.25, 50.125}};
    QTest::newRow("steep triangle") << QVector<QPointF>{{10, 2}, {14, 60}, {8, 62}};
    QTest::newRow("flat triangle") << QVector<QPointF>{{1, 20}, {63, 22}, {2, 23.5}};
    QTest::newRow("arrow") << QVector<QPointF>{{2, 2}, {60, 32}, {2, 62}, {20, 32}};
    QTest::newRow("right to left") << QVector<QPointF>{{2, 2}, {20, 32}, {2, 62}, {60, 32}};
}

void StripsTest::areaOfAPolygonIsItsCoverage()
{
    QFETCH(QVector<QPointF>, points);
    double doubled = 0;
    int edgePixels = 0;
    for (int i = 0; i < points.size(); ++i) {
        const QPointF a = points[i], b = points[(i + 1) % points.size()];
        doubled += a.x() * b.y() - a.y() * b.x();
        edgePixels += static_cast<int>(std::abs(a.x() - b.x()) + std::abs(a.y() - b.y())) + 2;
    }
    // Each edge pixel rounds to 1/255; the errors mostly cancel.
    const double allowed = edgePixels / 255.0 * 0.5;
    QVERIFY2(std::abs(areaPx(fill(polygonOf(points))) - std::abs(doubled) / 2) < allowed,
             qPrintable(QString("%1 against %2").arg(areaPx(fill(polygonOf(points)))).arg(std::abs(doubled) / 2)));
}

void StripsTest::circleCoversItsArea()
{
    const double exact = std::numbers::pi * 25 * 25;
    // Chords within 0.1 px lose at most that much of the rim.
    const double area = areaPx(fill(ellipsePath({7, 7, 50, 50})));
    QVERIFY2(area <= exact + 1 && area >= exact - 0.1 * 2 * std::numbers::pi * 25, qPrintable(QString::number(area - exact)));
}

void StripsTest::overlapsCountOnceUnderNonzero()
{
    Path path = rectPath({4, 4, 20, 20});
    path.append(rectPath({14, 4, 20, 20}), {});
    QCOMPARE(areaPx(fill(path)), 30.0 * 20);
}

void StripsTest::overlapsCancelUnderEvenodd()
{
    Path path = rectPath({4, 4, 20, 20});
    path.append(rectPath({14, 4, 20, 20}), {});
    QCOMPARE(areaPx(fill(path, FillRule::evenodd)), 20.0 * 20);
    path.append(rectPath({4, 4, 30, 20}), {}); // three deep in the middle: filled again
    QCOMPARE(areaPx(fill(path, FillRule::evenodd)), 10.0 * 20);
}

void StripsTest::oppositeDirectionsCancelUnderNonzero()
{
    Path path = rectPath({4, 4, 20, 20});
    path.append(rectPath({0, 0, 10, 10}), Transform{-1, 0, 0, 1, 19, 9}); // mirrored: winds the other way
    QCOMPARE(areaPx(fill(path)), 20.0 * 20 - 10 * 10);
}

void StripsTest::abuttingShapesAddUpToFull()
{
    // The shared slanted edge splits every pixel it crosses: both parts together are whole.
    const auto a = expanded(fill(polygonOf({{4, 4}, {37, 4}, {21, 60}, {4, 60}})), canvas);
    const auto b = expanded(fill(polygonOf({{37, 4}, {60, 4}, {60, 60}, {21, 60}})), canvas);
    for (int y = 4; y < 60; ++y) {
        for (int x = 4; x < 60; ++x) {
            const std::size_t i = static_cast<std::size_t>(y * 64 + x);
            QVERIFY(std::abs(a[i] + b[i] - 255) <= 1);
        }
    }
}

void StripsTest::clippingToAnAreaChangesNothingInside()
{
    const Path path = polygonOf({{-300.5, -40.25}, {500.75, 20.5}, {90.1, 400.9}, {-120, 35.3}});
    const PixelRect small{13, 8, 41, 37};
    const auto part = expanded(fill(path, FillRule::nonzero, small), small);
    const auto whole = expanded(fill(path, FillRule::nonzero, {-400, -400, 600, 600}), small);
    for (std::size_t i = 0; i < part.size(); ++i)
        QVERIFY2(std::abs(part[i] - whole[i]) <= 2, qPrintable(QString::number(i)));
}

void StripsTest::spansAreSortedAndDisjoint()
{
    SeededRandom random(7);
    for (int round = 0; round < 200; ++round) {
        Path path;
        for (int i = 0; i < 12; ++i) {
            const Point p{random.unit() * 90 - 13, random.unit() * 90 - 13};
            i % 6 == 0 ? path.moveTo(p) : path.lineTo(p);
        }
        const FillRule rule = round % 2 == 0 ? FillRule::nonzero : FillRule::evenodd;
        const QString problem = formatProblem(fill(path, rule), canvas);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
}

void StripsTest::intersectionAndDifferenceAreProducts()
{
    const Coverage a = fill(ellipsePath({2.3, 4.1, 50, 40})), b = fill(polygonOf({{10, 1}, {62, 30}, {20, 60}}));
    const auto pa = expanded(a, canvas), pb = expanded(b, canvas);
    const auto both = expanded(intersected(a, b), canvas), only = expanded(subtracted(a, b), canvas);
    for (std::size_t i = 0; i < pa.size(); ++i) {
        QVERIFY(std::abs(both[i] - pa[i] * pb[i] / 255.0) <= 0.51);
        QVERIFY(std::abs(only[i] - pa[i] * (255 - pb[i]) / 255.0) <= 0.51);
    }
    QVERIFY(formatProblem(intersected(a, b), canvas).isEmpty());
    QVERIFY(formatProblem(subtracted(a, b), canvas).isEmpty());
    QVERIFY(intersected(a, {}).isEmpty());
    QCOMPARE(expanded(subtracted(a, {}), canvas), pa);
}

void StripsTest::croppingKeepsWholePixels()
{
    const Coverage c = fill(rectPath({0, 0, 64, 64}));
    QCOMPARE(areaPx(cropped(c, {3, 5, 20, 18})), 17.0 * 13);
    QVERIFY(formatProblem(cropped(c, {3, 5, 20, 18}), canvas).isEmpty());
}

void StripsTest::hostilePathsGiveValidSpans()
{
    const double values[] = {0, 1, -1, 63.999, 1e9, -1e9, 1e30, -1e300, NAN, INFINITY, -INFINITY, 1e-300};
    SeededRandom random(11);
    for (int round = 0; round < 500; ++round) {
        Path path;
        path.moveTo({0, 0});
        for (int i = 0; i < 8; ++i) {
            const auto any = [&] { return values[random.below(std::size(values))]; };
            const Point a{any(), any()}, b{any(), any()}, c{any(), any()};
            random.below(2) == 0 ? path.lineTo(a) : path.cubicTo(a, b, c);
        }
        Rasterizer rasterizer;
        const QString problem = formatProblem(fill(path), canvas);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
        document::StrokeStyle style;
        style.width = values[random.below(std::size(values))];
        style.dash = {values[random.below(std::size(values))], 1};
        (void)strokeCoverage(rasterizer, path, Transform::scaling(values[random.below(std::size(values))], 1), style,
                             FillRule::nonzero, canvas);
    }
}

QTEST_APPLESS_MAIN(StripsTest)
#include "strips_test.moc"
