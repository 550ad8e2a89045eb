#include <QtTest>

#include <cmath>
#include <numbers>

#include <render/strips/rasterize.h>

using namespace tessera;
using namespace tessera::strips;
using document::FillRule;
using document::LineCap;
using document::LineJoin;
using document::StrokeAlign;
using document::StrokeStyle;

/// Strokes have areas known from geometry.
class StrokeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void capsAddTheirArea_data();
    void capsAddTheirArea();
    void joinsAddTheirArea_data();
    void joinsAddTheirArea();
    void sharpMitersFallBackToBevels();
    void ringHasNoSeam();
    void dashesCoverTheirShare();
    void dashThroughTheStartOfAClosedLineIsOne();
    void oddDashListCountsTwice();
    void zeroLengthLinesDrawTheirCaps();
    void alignmentPutsAllOnOneSide();
    void openPathsAreCentredWhateverTheAlignment();
    void skewedNodesHaveSkewedPens();
};

namespace {

const PixelRect canvas{0, 0, 128, 128};

double area(const Path& path, const StrokeStyle& style, const Transform& toDevice = {})
{
    Rasterizer rasterizer;
    return static_cast<double>(totalAlpha(strokeCoverage(rasterizer, path, toDevice, style, FillRule::nonzero, canvas))) / 255;
}

Path line(std::initializer_list<Point> points)
{
    Path path;
    for (Point p : points)
        path.isEmpty() ? path.moveTo(p) : path.lineTo(p);
    return path;
}

bool near(double a, double b, double allowed) { return std::abs(a - b) <= allowed; }

#define VERIFY_NEAR(actual, expected, allowed)                                                                      \
    QVERIFY2(near(actual, expected, allowed), qPrintable(QString("%1 against %2").arg(actual).arg(double(expected))))

} // namespace

void StrokeTest::capsAddTheirArea_data()
{
    QTest::addColumn<int>("cap");
    QTest::addColumn<double>("extra");
    QTest::newRow("butt adds nothing") << int(LineCap::butt) << 0.0;
    QTest::newRow("round adds a disc") << int(LineCap::round) << std::numbers::pi * 25;
    QTest::newRow("square adds a square") << int(LineCap::square) << 100.0;
}

void StrokeTest::capsAddTheirArea()
{
    QFETCH(int, cap);
    QFETCH(double, extra);
    StrokeStyle style;
    style.width = 10;
    style.cap = static_cast<LineCap>(cap);
    VERIFY_NEAR(area(line({{30, 64}, {90, 64}}), style), 600 + extra, 1.5);
    VERIFY_NEAR(area(line({{30, 30}, {30 + 36, 30 + 48}}), style), 600 + extra, 2);
}

void StrokeTest::joinsAddTheirArea_data()
{
    QTest::addColumn<int>("join");
    QTest::addColumn<double>("corner");
    QTest::newRow("miter fills the square") << int(LineJoin::miter) << 25.0;
    QTest::newRow("round a quarter disc") << int(LineJoin::round) << std::numbers::pi * 25 / 4;
    QTest::newRow("bevel half the square") << int(LineJoin::bevel) << 12.5;
}

void StrokeTest::joinsAddTheirArea()
{
    QFETCH(int, join);
    QFETCH(double, corner);
    StrokeStyle style;
    style.width = 10;
    style.join = static_cast<LineJoin>(join);
    // Two arms of 50 share one quarter of the 10 x 10 corner block; the outer quarter is the join's.
    VERIFY_NEAR(area(line({{30, 80}, {80, 80}, {80, 30}}), style), 2 * 500 - 25 + corner, 1.5);
    Path square = rectPath({40, 40, 40, 40});
    VERIFY_NEAR(area(square, style), 4 * 400 - 4 * 25 + 4 * corner, 3);
}

void StrokeTest::sharpMitersFallBackToBevels()
{
    StrokeStyle style;
    style.width = 6;
    const Path spike = line({{20, 60}, {100, 64}, {20, 68}});
    StrokeStyle bevel = style;
    bevel.join = LineJoin::bevel;
    QCOMPARE(area(spike, style), area(spike, bevel));
    style.miterLimit = 30;
    QVERIFY(area(spike, style) > area(spike, bevel) + 20);
}

void StrokeTest::ringHasNoSeam()
{
    StrokeStyle style;
    style.width = 12;
    VERIFY_NEAR(area(ellipsePath({24, 24, 80, 80}), style), std::numbers::pi * (46 * 46 - 34 * 34), 12);
    // Wider than the circle: the middle is filled, nothing is left open.
    style.width = 40;
    VERIFY_NEAR(area(ellipsePath({54, 54, 20, 20}), style), std::numbers::pi * 30 * 30, 8);
}

void StrokeTest::dashesCoverTheirShare()
{
    StrokeStyle style;
    style.width = 4;
    style.dash = {6, 4};
    VERIFY_NEAR(area(line({{10, 50}, {110, 50}}), style), 4 * 60, 0.1);
    style.dash = {0, 0};
    VERIFY_NEAR(area(line({{10, 50}, {110, 50}}), style), 4 * 100, 0.1);
    style.dash = {0.0001, 0.0001}; // more dashes than anyone sees: drawn solid
    VERIFY_NEAR(area(line({{10, 50}, {110, 50}}), style), 4 * 100, 0.1);
}

void StrokeTest::dashThroughTheStartOfAClosedLineIsOne()
{
    StrokeStyle style;
    style.width = 4;
    style.dash = {30, 10}; // perimeter 150: the fourth dash ends exactly at the start
    style.dash = {40, 15}; // 0-40 55-95 110-150
    const auto outline = strokeOutline(rectPath({10, 10, 40, 35}), style, 0.1);
    QCOMPARE(outline.size(), std::size_t{2});
}

void StrokeTest::oddDashListCountsTwice()
{
    StrokeStyle style;
    style.width = 4;
    style.dash = {10};
    VERIFY_NEAR(area(line({{10, 50}, {110, 50}}), style), 4 * 50, 0.1);
}

void StrokeTest::zeroLengthLinesDrawTheirCaps()
{
    StrokeStyle style;
    style.width = 10;
    const Path dot = line({{50, 50}, {50, 50}});
    QCOMPARE(area(dot, style), 0.0);
    style.cap = LineCap::square;
    VERIFY_NEAR(area(dot, style), 100, 0.1);
    style.cap = LineCap::round;
    VERIFY_NEAR(area(dot, style), std::numbers::pi * 25, 1.5);
    QCOMPARE(area(line({{50, 50}}), style), 0.0); // a lone move draws nothing
}

void StrokeTest::alignmentPutsAllOnOneSide()
{
    StrokeStyle style;
    style.width = 5;
    const Path square = rectPath({40, 40, 40, 40});
    style.align = StrokeAlign::inside;
    VERIFY_NEAR(area(square, style), 40 * 40 - 30 * 30, 0.1);
    style.align = StrokeAlign::outside;
    VERIFY_NEAR(area(square, style), 50 * 50 - 40 * 40, 0.1);
}

void StrokeTest::openPathsAreCentredWhateverTheAlignment()
{
    StrokeStyle style;
    style.width = 8;
    const double centred = area(line({{20, 40}, {90, 40}}), style);
    style.align = StrokeAlign::inside;
    QCOMPARE(area(line({{20, 40}, {90, 40}}), style), centred);
}

void StrokeTest::skewedNodesHaveSkewedPens()
{
    StrokeStyle style;
    style.width = 4;
    const Transform wide = Transform::scaling(3, 1);
    VERIFY_NEAR(area(line({{10, 20}, {10, 100}}), style, wide), 12 * 80, 0.5);
    VERIFY_NEAR(area(line({{5, 60}, {35, 60}}), style, wide), 4 * 90, 0.5);
}

QTEST_APPLESS_MAIN(StrokeTest)
#include "stroke_test.moc"
