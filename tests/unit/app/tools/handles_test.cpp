#include <QtTest>

#include <app/tools/handles.h>

using namespace tessera;
using namespace tessera::app;

namespace {
const SelectionBox box{Transform::translation(100, 100), {200, 100}};
const SelectionBox turned{Transform::translation(100, 100) * Transform::rotation(1.5707963267948966), {200, 100}};
} // namespace

class HandlesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theHitIsTwelvePixelsWhateverTheZoom();
    void outsideACornerTurns();
    void insideIsNoHandle();
    void aLineHasTwoHandles();
    void altResizesFromTheCentre();
    void aBoxNeverTurnsInsideOut();
    void cursorsFollowTheRotation();
    void rotationStepsWithShift();
};

void HandlesTest::theHitIsTwelvePixelsWhateverTheZoom()
{
    QVERIFY(handleAt(box, {105, 103}, 1, 12).has_value());
    QCOMPARE(handleAt(box, {300, 200}, 1, 12)->handle, Handle::bottomRight);
    // At 400 % the same 5 document px are 20 px of the screen away.
    const auto far = handleAt(box, {95, 95}, 4, 12);
    QVERIFY(!far || far->rotates);
}

void HandlesTest::outsideACornerTurns()
{
    const auto hit = handleAt(box, {310, 210}, 1, 12);
    QVERIFY(hit && hit->rotates);
    QVERIFY(!handleAt(box, {340, 240}, 1, 12));
}

void HandlesTest::insideIsNoHandle()
{
    QVERIFY(!handleAt(box, {200, 150}, 1, 12));
}

void HandlesTest::aLineHasTwoHandles()
{
    const SelectionBox line{Transform::translation(0, 0), {100, 0}};
    int shown = 0;
    for (const Handle handle : allHandles)
        shown += isShown(line, handle, 1) ? 1 : 0;
    QCOMPARE(shown, 2);
}

void HandlesTest::altResizesFromTheCentre()
{
    const Rect result = resizeMap(box, Handle::right, {320, 150}, {.alt = true}).mapBounds({100, 100, 200, 100});
    QCOMPARE(result, (Rect{80, 100, 240, 100}));
}

void HandlesTest::aBoxNeverTurnsInsideOut()
{
    const Rect result = resizeMap(box, Handle::right, {-500, 150}, {}).mapBounds({100, 100, 200, 100});
    QCOMPARE(result.width, 1.0);
    QCOMPARE(result.x, 100.0);
}

void HandlesTest::cursorsFollowTheRotation()
{
    QCOMPARE(resizeCursor(box, Handle::right), CursorShape::sizeHorizontal);
    QCOMPARE(resizeCursor(box, Handle::bottomRight), CursorShape::sizeDiagonalDown);
    QCOMPARE(resizeCursor(turned, Handle::right), CursorShape::sizeVertical);
}

void HandlesTest::rotationStepsWithShift()
{
    const Transform map = rotateMap(box, {300, 150}, {290, 200}, {.shift = true});
    const double degrees = rotationDegrees(map);
    QVERIFY(std::abs(degrees / 15 - std::round(degrees / 15)) < 1e-9);
}

QTEST_APPLESS_MAIN(HandlesTest)
#include "handles_test.moc"
