#include "drawing.h"

#include <render/scene/hit_test.h>
#include <render/scene/node_shape.h>

using namespace tessera;
using namespace tessera::document;
using namespace tessera::scene;

class HitTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void topmostPaintedNodeWins();
    void unpaintedInsidesLetThrough();
    void ellipsesAreNotTheirBoxes();
    void thinLinesHitWithinTolerance();
    void toleranceIsInPageUnits();
    void clippedPartsAreNotHit();
    void childrenWinOverTheirFrame();
    void lockedAndHiddenNodesAreSkipped();
    void marqueeTestsRotatedBoxes();
    void groupCornersSpanTheChildren();
    void vectorPathsKeepTheirHoles();
};

void HitTest::topmostPaintedNodeWins()
{
    Drawing d;
    const NodeId a = d.add("a", NodeType::rect, {0, 0, 20, 20}, {Drawing::filled(1, 0, 0)});
    const NodeId b = d.add("b", NodeType::rect, {10, 0, 20, 20}, {Drawing::filled(0, 1, 0)});
    QCOMPARE(hitTest(*d.document, d.page, {15, 5}), b);
    QCOMPARE(hitTest(*d.document, d.page, {5, 5}), a);
    QVERIFY(!hitTest(*d.document, d.page, {50, 50}));
    QCOMPARE(hitTestAll(*d.document, d.page, {15, 5}), (std::vector<NodeId>{b, a}));
}

void HitTest::unpaintedInsidesLetThrough()
{
    Drawing d;
    const NodeId below = d.add("below", NodeType::rect, {0, 0, 40, 40}, {Drawing::filled(1, 0, 0)});
    const NodeId ring = d.add("ring", NodeType::rect, {0, 0, 40, 40}, {Drawing::stroked(), {"sw", 4}});
    QCOMPARE(hitTest(*d.document, d.page, {20, 20}), below);
    QCOMPARE(hitTest(*d.document, d.page, {1, 20}), ring);
    QCOMPARE(hitTest(*d.document, d.page, {-1.5, 20}), ring);
    d.run(SetProperties{ring, {{"sAlign", "inside"}}});
    QVERIFY(!hitTest(*d.document, d.page, {-1.5, 20}));
    QCOMPARE(hitTest(*d.document, d.page, {3.5, 20}), ring);
}

void HitTest::ellipsesAreNotTheirBoxes()
{
    Drawing d;
    d.add("e", NodeType::ellipse, {0, 0, 20, 20}, {Drawing::filled(1, 0, 0)});
    QVERIFY(hitTest(*d.document, d.page, {10, 1}));
    QVERIFY(!hitTest(*d.document, d.page, {1, 1}));
}

void HitTest::thinLinesHitWithinTolerance()
{
    Drawing d;
    d.add("l", NodeType::line, {0, 0, 100, 50}, {Drawing::stroked(), {"sw", 1}});
    QVERIFY(hitTest(*d.document, d.page, {50, 25.4}));
    QVERIFY(!hitTest(*d.document, d.page, {50, 30}));
    QVERIFY(hitTest(*d.document, d.page, {50, 30}, {.tolerancePage = 5}));
    QVERIFY(!hitTest(*d.document, d.page, {10, 45}, {.tolerancePage = 5})); // below the line, inside its box
}

void HitTest::toleranceIsInPageUnits()
{
    Drawing d;
    d.add("l", NodeType::line, {}, {Drawing::stroked(), {"sw", 0.1}, {"xf", toAny(Transform::scaling(10, 10))}, {"size", toAny(Size{10, 0})}});
    QVERIFY(hitTest(*d.document, d.page, {50, 4}, {.tolerancePage = 4}));
    QVERIFY(!hitTest(*d.document, d.page, {50, 6}, {.tolerancePage = 4}));
}

void HitTest::clippedPartsAreNotHit()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {0, 0, 20, 20});
    const NodeId inner = d.add("r", NodeType::rect, {10, 10, 40, 40}, {Drawing::filled(1, 0, 0)}, frame);
    QCOMPARE(hitTest(*d.document, d.page, {15, 15}), inner);
    QVERIFY(!hitTest(*d.document, d.page, {30, 30}));
    d.run(SetProperties{frame, {{"clip", false}}});
    QCOMPARE(hitTest(*d.document, d.page, {30, 30}), inner);
}

void HitTest::childrenWinOverTheirFrame()
{
    Drawing d;
    const NodeId frame = d.add("f", NodeType::frame, {0, 0, 40, 40}, {Drawing::filled(1, 1, 1)});
    const NodeId inner = d.add("r", NodeType::rect, {10, 10, 10, 10}, {Drawing::filled(1, 0, 0)}, frame);
    QCOMPARE(hitTest(*d.document, d.page, {15, 15}), inner);
    QCOMPARE(hitTest(*d.document, d.page, {30, 30}), frame);
}

void HitTest::lockedAndHiddenNodesAreSkipped()
{
    Drawing d;
    const NodeId locked = d.add("r", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0), {"lock", true}});
    d.add("h", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0), {"vis", false}});
    QVERIFY(!hitTest(*d.document, d.page, {5, 5}));
    QCOMPARE(hitTest(*d.document, d.page, {5, 5}, {.locked = LockedNodes::include}), locked);
    QVERIFY(nodesInRect(*d.document, d.page, {0, 0, 10, 10}).empty());
}

void HitTest::marqueeTestsRotatedBoxes()
{
    Drawing d;
    // A diamond: its bounding box has empty corners.
    const NodeId id = d.add("r", NodeType::rect, {}, {Drawing::filled(1, 0, 0),
        {"xf", toAny(Transform::translation(50, 0) * Transform::rotation(0.7853981633974483))}, {"size", toAny(Size{50, 50})}});
    QVERIFY(nodesInRect(*d.document, d.page, {16, 2, 10, 10}).empty());
    QCOMPARE(nodesInRect(*d.document, d.page, {40, 30, 5, 5}), std::vector<NodeId>{id});
    QCOMPARE(nodesInRect(*d.document, d.page, {-100, -100, 400, 400}), std::vector<NodeId>{id});
}

void HitTest::groupCornersSpanTheChildren()
{
    Drawing d;
    const NodeId group = d.add("g", NodeType::group, {100, 0, 0, 0});
    d.add("a", NodeType::rect, {0, 0, 10, 10}, {Drawing::filled(1, 0, 0)}, group);
    d.add("b", NodeType::rect, {30, 20, 10, 10}, {Drawing::filled(1, 0, 0)}, group);
    const auto corners = cornersPage(*d.document, group);
    QCOMPARE(corners[0], (Point{100, 0}));
    QCOMPARE(corners[2], (Point{140, 30}));
    QCOMPARE(nodesInRect(*d.document, d.page, {135, 25, 100, 100}), std::vector<NodeId>{group});
}

void HitTest::vectorPathsKeepTheirHoles()
{
    VectorPath path;
    path.rule = FillRule::evenodd;
    for (double inset : {0.0, 10.0}) {
        SubPath sub{true, {}};
        const double a = inset, b = 40 - inset;
        for (Point p : {Point{a, a}, Point{b, a}, Point{b, b}, Point{a, b}})
            sub.points.push_back({p, p, p});
        path.subPaths.push_back(sub);
    }
    Drawing d;
    d.add("v", NodeType::vector, {0, 0, 40, 40}, {Drawing::filled(1, 0, 0), {"path", toAny(path)}});
    QVERIFY(hitTest(*d.document, d.page, {5, 20}));
    QVERIFY(!hitTest(*d.document, d.page, {20, 20}));
    QCOMPARE(toPath(path).verbs().size(), std::size_t{10});
}

QTEST_APPLESS_MAIN(HitTest)
#include "hit_test.moc"
