#include <QtTest>

#include <app/canvas/viewport.h>

using namespace tessera;
using namespace tessera::app;

class ViewportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void zoomKeepsThePointUnderThePointer();
    void zoomIsBounded();
    void fittingShowsAllWithPadding();
    void fittingNeverPassesTheLimit();
    void stepsGoThroughTheWholeRange();
    void snappingMovesByHalfADevicePixelAtMost();
};

void ViewportTest::zoomKeepsThePointUnderThePointer()
{
    const Viewport before{{10, 20}, 0.5, {800, 600}};
    const Point anchor{123, 456};
    const Viewport after = zoomed(before, 3.7, anchor);
    QVERIFY(length(after.toPage(anchor) - before.toPage(anchor)) < 1e-9);
    QCOMPARE(after.zoom, 3.7);
}

void ViewportTest::zoomIsBounded()
{
    const Viewport view{{0, 0}, 1, {800, 600}};
    QCOMPARE(zoomed(view, 1e9, {}).zoom, greatestZoom);
    QCOMPARE(zoomed(view, 0, {}).zoom, leastZoom);
}

void ViewportTest::fittingShowsAllWithPadding()
{
    const Viewport view = fitted({{0, 0}, 1, {800, 600}}, {1000, 1000, 2000, 1000}, 40, 1);
    QCOMPARE(view.zoom, 0.36);
    QCOMPARE(view.toView({2000, 1500}), (Point{400, 300}));
    QVERIFY(view.toView({1000, 1000}).x >= 39.9);
}

void ViewportTest::fittingNeverPassesTheLimit()
{
    QCOMPARE(fitted({{0, 0}, 1, {800, 600}}, {0, 0, 10, 10}, 40, 1).zoom, 1.0);
}

void ViewportTest::stepsGoThroughTheWholeRange()
{
    QCOMPARE(nextZoomStep(1), 1.5);
    QCOMPARE(previousZoomStep(1), 0.75);
    QCOMPARE(nextZoomStep(0.53), 0.75);
    double zoom = leastZoom;
    int steps = 0;
    while (zoom < greatestZoom && steps < 100) {
        const double next = nextZoomStep(zoom);
        QVERIFY(next > zoom);
        QCOMPARE(previousZoomStep(next), zoom);
        zoom = next;
        ++steps;
    }
    QCOMPARE(zoom, greatestZoom);
}

void ViewportTest::snappingMovesByHalfADevicePixelAtMost()
{
    const Viewport view{{10.3, -20.7}, 1.3, {800, 600}};
    for (const double ratio : {1.0, 1.25, 2.0}) {
        const Point device = snapped(view, ratio).toView({}) * ratio, before = view.toView({}) * ratio;
        QVERIFY(std::abs(device.x - std::round(device.x)) < 1e-9 && std::abs(device.y - std::round(device.y)) < 1e-9);
        QVERIFY(std::abs(device.x - before.x) <= 0.5 && std::abs(device.y - before.y) <= 0.5);
    }
}

QTEST_APPLESS_MAIN(ViewportTest)
#include "viewport_test.moc"
