#include <QtTest>

#include <app/models/structure_edits.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;
using test::AppDocument;

namespace {
const NodeId red("red"), blue("blue"), frame("frame"), page("page");
} // namespace

class StructureEditsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groupingKeepsPlacesOnThePage();
    void ungroupingIsTheInverse();
    void framingTakesTheSelectionsBounds();
    void duplicatesHaveNewIdsAndStandAbove();
    void aDuplicateKeepsUnknownProperties();
    void childrenOfSelectedNodesAreNotMovedTwice();
    void orderSteps_data();
    void orderSteps();
    void movingIntoAnotherParentKeepsThePlace();
    void nothingMovesIntoItself();
    void flagsBecomeTheSameForAll();
    void layersRoundTripThroughJson();
    void malformedLayersAreSkipped();
    void deletingAGroupNamesOnlyTheGroup();
};

void StructureEditsTest::groupingKeepsPlacesOnThePage()
{
    AppDocument file;
    const std::vector<NodeId> both{frame, blue};
    const StructureEdit edit = groupNodes(file.document, both, document::NodeType::group, file.random);
    QVERIFY(file.run(edit.commands));
    const NodeId group = edit.selection.front();
    QCOMPARE(file.document.tree().childrenOf(group), both);
    QCOMPARE(file.document.pageBounds(blue), (Rect{600, 50, 100, 100}));
    QCOMPARE(file.document.pageBounds(red), (Rect{110, 110, 50, 40}));
}

void StructureEditsTest::ungroupingIsTheInverse()
{
    AppDocument file;
    const StructureEdit grouped = groupNodes(file.document, std::vector{frame, blue}, document::NodeType::group, file.random);
    QVERIFY(file.run(grouped.commands));
    const StructureEdit edit = ungroupNodes(file.document, grouped.selection);
    QVERIFY(file.run(edit.commands));
    QCOMPARE(file.children("page"), (std::vector<NodeId>{frame, blue}));
    QCOMPARE(edit.selection, (std::vector<NodeId>{frame, blue}));
    QCOMPARE(file.document.pageBounds(blue), (Rect{600, 50, 100, 100}));
}

void StructureEditsTest::framingTakesTheSelectionsBounds()
{
    AppDocument file;
    const StructureEdit edit = groupNodes(file.document, std::vector{blue}, document::NodeType::frame, file.random);
    QVERIFY(file.run(edit.commands));
    QCOMPARE(file.document.pageBounds(edit.selection.front()), (Rect{600, 50, 100, 100}));
}

void StructureEditsTest::duplicatesHaveNewIdsAndStandAbove()
{
    AppDocument file;
    const StructureEdit edit = duplicateNodes(file.document, std::vector{frame}, {20, 30}, file.random);
    QVERIFY(file.run(edit.commands));
    const NodeId copy = edit.selection.front();
    QCOMPARE(file.children("page"), (std::vector<NodeId>{frame, copy, blue}));
    QCOMPARE(file.document.pageBounds(copy), (Rect{120, 130, 400, 300}));
    const auto& inside = file.document.tree().childrenOf(copy);
    QCOMPARE(inside.size(), std::size_t{1});
    QVERIFY(inside.front() != red);
    QCOMPARE(file.document.pageBounds(inside.front()), (Rect{130, 140, 50, 40}));
}

void StructureEditsTest::aDuplicateKeepsUnknownProperties()
{
    AppDocument file;
    QVERIFY(file.run({document::SetProperties{blue, {{"fromTheFuture", "kept"}}}}));
    const StructureEdit edit = duplicateNodes(file.document, std::vector{blue}, {}, file.random);
    QVERIFY(file.run(edit.commands));
    const auto map = file.document.crdt().map("nodes").getType(edit.selection.front().text()).asMap();
    QCOMPARE(map.getAny("fromTheFuture"), crdt::Any("kept"));
}

void StructureEditsTest::childrenOfSelectedNodesAreNotMovedTwice()
{
    AppDocument file;
    QVERIFY(file.run(transformNodes(file.document, std::vector{frame, red}, Transform::translation(5, 5))));
    QCOMPARE(file.document.pageBounds(red), (Rect{115, 115, 50, 40}));
}

void StructureEditsTest::orderSteps_data()
{
    QTest::addColumn<int>("step");
    QTest::addColumn<QStringList>("moved");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, OrderStep step, QStringList moved, const char* expected) {
        QTest::newRow(name) << static_cast<int>(step) << moved << QString::fromLatin1(expected);
    };
    row("forward by one", OrderStep::forward, {"a"}, "bacd");
    row("backward by one", OrderStep::backward, {"d"}, "abdc");
    row("to the front", OrderStep::toFront, {"a", "c"}, "bdac");
    row("to the back", OrderStep::toBack, {"b", "d"}, "bdac");
    row("the topmost stays", OrderStep::forward, {"d"}, "abcd");
    row("neighbours move together", OrderStep::forward, {"a", "b"}, "cabd");
}

void StructureEditsTest::orderSteps()
{
    QFETCH(int, step);
    QFETCH(QStringList, moved);
    QFETCH(QString, expected);
    AppDocument file;
    document::CreateNode box;
    box.id = NodeId("box");
    box.type = document::NodeType::frame;
    box.placement = {page, std::nullopt};
    QVERIFY(file.run({box}));
    for (const char* id : {"a", "b", "c", "d"})
        QVERIFY(file.run({test::makeNode(id, document::NodeType::rect, "box", {0, 0, 1, 1})}));
    std::vector<NodeId> nodes;
    for (const QString& id : moved)
        nodes.emplace_back(id.toStdString());
    QVERIFY(file.run(reorderNodes(file.document, nodes, static_cast<OrderStep>(step))));
    QString order;
    for (const NodeId& id : file.children("box"))
        order += QString::fromStdString(id.text());
    QCOMPARE(order, expected);
}

void StructureEditsTest::movingIntoAnotherParentKeepsThePlace()
{
    AppDocument file;
    QVERIFY(file.run(moveNodes(file.document, std::vector{blue}, {frame, red})));
    QCOMPARE(file.children("frame"), (std::vector<NodeId>{blue, red}));
    QCOMPARE(file.document.pageBounds(blue), (Rect{600, 50, 100, 100}));
}

void StructureEditsTest::nothingMovesIntoItself()
{
    AppDocument file;
    QVERIFY(moveNodes(file.document, std::vector{frame}, {frame, std::nullopt}).empty());
    QVERIFY(moveNodes(file.document, std::vector{frame}, {red, std::nullopt}).empty());
}

void StructureEditsTest::flagsBecomeTheSameForAll()
{
    AppDocument file;
    QVERIFY(file.run({document::SetProperties{red, {{"lock", true}}}}));
    QVERIFY(file.run(toggleFlag(file.document, std::vector{red, blue}, Flag::locked)));
    QVERIFY(file.node("red").locked && file.node("blue").locked);
    QVERIFY(file.run(toggleFlag(file.document, std::vector{red, blue}, Flag::locked)));
    QVERIFY(!file.node("red").locked && !file.node("blue").locked);
}

void StructureEditsTest::layersRoundTripThroughJson()
{
    AppDocument file;
    auto text = test::makeNode("text", document::NodeType::text, "frame", {0, 60, 100, 20});
    text.text = "Hello";
    QVERIFY(file.run({text, document::FormatText{NodeId("text"), 0, 2, {{"weight", 700}}}}));
    const auto parsed = crdt::parseJson(crdt::toJson(layersOf(file.document, std::vector{frame})));
    QVERIFY(parsed.hasValue());
    const StructureEdit edit = insertLayers(parsed.value(), {page, std::nullopt}, {}, file.random);
    QVERIFY(file.run(edit.commands));
    const NodeId copy = edit.selection.front();
    QCOMPARE(file.document.pageBounds(copy), (Rect{100, 100, 400, 300}));
    const auto& inside = file.document.tree().childrenOf(copy);
    QCOMPARE(inside.size(), std::size_t{2});
    const document::Node* copied = file.document.node(inside[1]);
    QCOMPARE(copied->plainText(), std::string("Hello"));
    QCOMPARE(copied->text.front().text, std::string("He"));
    QCOMPARE(copied->text.front().style.weight, 700);
}

void StructureEditsTest::malformedLayersAreSkipped()
{
    AppDocument file;
    const auto parsed = crdt::parseJson(R"([1, {"t": 5}, {"name": "no type"}, {"t": "page"}, {"t": "rect", "props": []},
                                           {"t": "rect", "props": {"xf": [1, 2]}, "children": "none"}])");
    const StructureEdit edit = insertLayers(parsed.value(), {page, std::nullopt}, {}, file.random);
    QCOMPARE(edit.selection.size(), std::size_t{2});
    QVERIFY(file.run(edit.commands));
}

void StructureEditsTest::deletingAGroupNamesOnlyTheGroup()
{
    AppDocument file;
    QCOMPARE(deleteNodes(file.document, std::vector{frame, red, blue}).size(), std::size_t{2});
}

QTEST_APPLESS_MAIN(StructureEditsTest)
#include "structure_edits_test.moc"
