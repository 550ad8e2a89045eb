#include <QtTest>

#include <app/models/property_edits.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;
using test::AppDocument;

namespace {
const std::vector<NodeId> red{NodeId("red")}, blue{NodeId("blue")}, both{NodeId("red"), NodeId("blue")};
} // namespace

class PropertyEditsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void positionsAreThoseInTheParent();
    void sizesStretchFromTheTopLeft();
    void rotationKeepsTheCentre();
    void arithmeticWorksForEachNode();
    void paintsChangeEachOnItsOwn();
    void resizingAGroupScalesItsChildren();
    void resizingAPathScalesItsPoints();
    void alignmentUsesTheUnionOrTheParent();
};

void PropertyEditsTest::positionsAreThoseInTheParent()
{
    AppDocument file;
    QVERIFY(file.run(changeFrames(file.document, red, {.x = [](double) { return 30.0; }})));
    QCOMPARE(file.node("red").transform, Transform::translation(30, 10));
}

void PropertyEditsTest::sizesStretchFromTheTopLeft()
{
    AppDocument file;
    QVERIFY(file.run(changeFrames(file.document, blue, {.width = [](double) { return 250.0; }})));
    QCOMPARE(file.node("blue").size, (Size{250, 100}));
    QCOMPARE(file.node("blue").transform, Transform::translation(600, 50));
}

void PropertyEditsTest::rotationKeepsTheCentre()
{
    AppDocument file;
    QVERIFY(file.run(changeFrames(file.document, blue, {.rotationDegrees = [](double) { return 30.0; }})));
    QVERIFY(std::abs(rotationDegrees(file.node("blue").transform) - 30) < 0.01);
    QVERIFY(length(file.node("blue").transform.apply({50, 50}) - Point{650, 100}) < 0.001);
}

void PropertyEditsTest::arithmeticWorksForEachNode()
{
    AppDocument file;
    QVERIFY(file.run(changeFrames(file.document, both, {.width = [](double old) { return old * 2; }})));
    QCOMPARE(file.node("red").size.width, 100.0);
    QCOMPARE(file.node("blue").size.width, 200.0);
}

void PropertyEditsTest::paintsChangeEachOnItsOwn()
{
    AppDocument file;
    QVERIFY(file.run({document::SetProperties{NodeId("blue"), {{"fills", crdt::Any::Array{}}}}}));
    QVERIFY(file.run(changePaints(file.document, both, "fills", [](std::vector<document::Paint>& paints) {
        paints.push_back(document::solidPaint({0, 1, 0, 1}, freshPaintId(paints)));
    })));
    QCOMPARE(file.node("red").fills.size(), std::size_t{2});
    QVERIFY(file.node("red").fills[0].id != file.node("red").fills[1].id);
    QCOMPARE(file.node("blue").fills.size(), std::size_t{1});
}

void PropertyEditsTest::resizingAGroupScalesItsChildren()
{
    AppDocument file;
    document::CreateNode group;
    group.id = NodeId("group");
    group.type = document::NodeType::group;
    group.placement = {NodeId("page"), std::nullopt};
    QVERIFY(file.run({group, document::MoveNode{NodeId("blue"), {NodeId("group"), std::nullopt}}}));
    QVERIFY(file.run(changeFrames(file.document, std::vector{NodeId("group")}, {.width = [](double) { return 50.0; }})));
    QCOMPARE(file.node("blue").size, (Size{50, 100}));
    QCOMPARE(file.document.pageBounds(NodeId("blue")), (Rect{600, 50, 50, 100}));
}

void PropertyEditsTest::resizingAPathScalesItsPoints()
{
    AppDocument file;
    auto path = test::makeNode("path", document::NodeType::vector, "page", {0, 0, 10, 10});
    path.properties.emplace_back("path", document::toAny(document::VectorPath{
                                             document::FillRule::nonzero,
                                             {{true, {{{0, 0}, {0, 0}, {0, 0}}, {{10, 10}, {10, 10}, {10, 10}}}}}}));
    QVERIFY(file.run({path}));
    QVERIFY(file.run(changeFrames(file.document, std::vector{NodeId("path")}, {.height = [](double) { return 30.0; }})));
    QCOMPARE(file.node("path").path.subPaths[0].points[1].at, (Point{10, 30}));
}

void PropertyEditsTest::alignmentUsesTheUnionOrTheParent()
{
    AppDocument file;
    QVERIFY(file.run(alignNodes(file.document, red, Alignment::right)));
    QCOMPARE(file.document.pageBounds(NodeId("red")), (Rect{450, 110, 50, 40}));
    QVERIFY(file.run(alignNodes(file.document, both, Alignment::top)));
    QCOMPARE(file.document.pageBounds(NodeId("red")).y, 50.0);
    // A lone node on the page has nothing to align to.
    QVERIFY(alignNodes(file.document, blue, Alignment::left).empty());
}

QTEST_APPLESS_MAIN(PropertyEditsTest)
#include "property_edits_test.moc"
