#include <QtTest>

#include <app/tools/tool.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;
using test::AppDocument;

namespace {

/// Feeds a tool as the canvas does: results are applied and the selection follows.
struct Hand {
    AppDocument file;
    std::unique_ptr<Tool> tool = makeTool(ToolKind::select);
    std::vector<NodeId> selection;
    int transactions = 0;

    ToolContext context() { return {file.document, NodeId("page"), selection, 1, file.random}; }
    void take(ToolResult result)
    {
        if (!result.commands.empty()) {
            ++transactions;
            QVERIFY(file.run(result.commands));
        }
        if (result.selection)
            selection = *result.selection;
    }
    void press(Point at, Modifiers modifiers = {}, int clicks = 1) { take(tool->press(context(), {at, modifiers, clicks})); }
    void move(Point at, Modifiers modifiers = {}) { take(tool->move(context(), {at, modifiers})); }
    void release(Point at, Modifiers modifiers = {}) { take(tool->release(context(), {at, modifiers})); }
    void click(Point at, Modifiers modifiers = {})
    {
        press(at, modifiers);
        release(at, modifiers);
    }
    void drag(Point from, Point to, Modifiers modifiers = {})
    {
        press(from, modifiers);
        move({(from.x + to.x) / 2, (from.y + to.y) / 2}, modifiers);
        move(to, modifiers);
        release(to, modifiers);
    }
};

const std::vector<NodeId> red{NodeId("red")}, blue{NodeId("blue")}, none;

} // namespace

class SelectToolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clickSelectsTheTopmostNode();
    void clickOnNothingClears();
    void shiftClickAddsAndRemoves();
    void clickOnAFramesGroundSelectsTheFrame();
    void groupsAreSelectedWholeAndEnteredByDoubleClick();
    void controlClickPicksInsideGroups();
    void marqueeSelectsWhatItTouches();
    void movingIsOneCommitAtRelease();
    void shiftKeepsTheAxis();
    void altDuplicates();
    void cancelWritesNothing();
    void droppingIntoAFrameMovesIntoIt();
    void lockedNodesStay();
    void handlesResizeTheSelection();
    void shiftResizeKeepsTheRatio();
    void rotationTurnsAboutTheCentre();
    void aDragShorterThanTheThresholdIsAClick();
    void doubleClickOnTextStartsTyping();
};

void SelectToolTest::clickSelectsTheTopmostNode()
{
    Hand hand;
    hand.click({120, 120});
    QCOMPARE(hand.selection, red);
    hand.click({650, 100});
    QCOMPARE(hand.selection, blue);
    QCOMPARE(hand.transactions, 0);
}

void SelectToolTest::clickOnNothingClears()
{
    Hand hand;
    hand.click({650, 100});
    hand.click({900, 900});
    QCOMPARE(hand.selection, none);
}

void SelectToolTest::shiftClickAddsAndRemoves()
{
    Hand hand;
    hand.click({120, 120});
    hand.click({650, 100}, {.shift = true});
    QCOMPARE(hand.selection, (std::vector<NodeId>{NodeId("red"), NodeId("blue")}));
    hand.click({120, 120}, {.shift = true});
    QCOMPARE(hand.selection, blue);
}

void SelectToolTest::clickOnAFramesGroundSelectsTheFrame()
{
    Hand hand;
    hand.click({450, 350});
    QCOMPARE(hand.selection, std::vector<NodeId>{NodeId("frame")});
}

void SelectToolTest::groupsAreSelectedWholeAndEnteredByDoubleClick()
{
    Hand hand;
    document::CreateNode group;
    group.id = NodeId("group");
    group.type = document::NodeType::group;
    group.placement = {NodeId("frame"), std::nullopt};
    QVERIFY(hand.file.run({group, document::MoveNode{NodeId("red"), {NodeId("group"), std::nullopt}}}));
    hand.click({120, 120});
    QCOMPARE(hand.selection, std::vector<NodeId>{NodeId("group")});
    hand.press({120, 120}, {}, 2);
    QCOMPARE(hand.selection, red);
}

void SelectToolTest::controlClickPicksInsideGroups()
{
    Hand hand;
    document::CreateNode group;
    group.id = NodeId("group");
    group.type = document::NodeType::group;
    group.placement = {NodeId("page"), std::nullopt};
    QVERIFY(hand.file.run({group, document::MoveNode{NodeId("blue"), {NodeId("group"), std::nullopt}}}));
    hand.click({650, 100}, {.mod = true});
    QCOMPARE(hand.selection, blue);
}

void SelectToolTest::marqueeSelectsWhatItTouches()
{
    Hand hand;
    hand.drag({560, 20}, {610, 60});
    QCOMPARE(hand.selection, blue);
    // Touched in part, a frame means its content; inside, it is taken whole.
    hand.drag({90, 90}, {130, 130});
    QCOMPARE(hand.selection, red);
    hand.drag({90, 90}, {520, 420});
    QCOMPARE(hand.selection, std::vector<NodeId>{NodeId("frame")});
    QCOMPARE(hand.transactions, 0);
}

void SelectToolTest::movingIsOneCommitAtRelease()
{
    Hand hand;
    hand.click({650, 100});
    hand.press({650, 100});
    hand.move({670, 110});
    hand.move({700, 130});
    QCOMPARE(hand.transactions, 0);
    const ToolFeedback feedback = hand.tool->feedback(hand.context());
    QCOMPARE(feedback.dragged, blue);
    QCOMPARE(feedback.dragOffset, (Point{50, 30}));
    QVERIFY(feedback.previews.contains(NodeId("blue")));
    hand.release({700, 130});
    QCOMPARE(hand.transactions, 1);
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(650, 80));
}

void SelectToolTest::shiftKeepsTheAxis()
{
    Hand hand;
    hand.drag({650, 100}, {700, 108}, {.shift = true});
    hand.selection = blue;
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(650, 50));
}

void SelectToolTest::altDuplicates()
{
    Hand hand;
    hand.click({650, 100});
    hand.drag({650, 100}, {650, 300}, {.alt = true});
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(600, 50));
    QCOMPARE(hand.selection.size(), std::size_t{1});
    QVERIFY(hand.selection != blue);
    QCOMPARE(hand.file.document.node(hand.selection.front())->transform, Transform::translation(600, 250));
}

void SelectToolTest::cancelWritesNothing()
{
    Hand hand;
    hand.click({650, 100});
    hand.press({650, 100});
    hand.move({700, 130});
    hand.take(hand.tool->cancel(hand.context()));
    QVERIFY(!hand.tool->isBusy());
    hand.release({700, 130});
    QCOMPARE(hand.transactions, 0);
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(600, 50));
}

void SelectToolTest::droppingIntoAFrameMovesIntoIt()
{
    Hand hand;
    hand.click({650, 100});
    hand.drag({650, 100}, {300, 250});
    QCOMPARE(hand.file.document.tree().shownParent.at(NodeId("blue")), NodeId("frame"));
    // It stays where it was dropped: page (250, 200) is (150, 100) in the frame.
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(150, 100));
    QCOMPARE(hand.transactions, 1);
}

void SelectToolTest::lockedNodesStay()
{
    Hand hand;
    QVERIFY(hand.file.run({document::SetProperties{NodeId("blue"), {{"lock", true}}}}));
    hand.click({650, 100});
    QCOMPARE(hand.selection, none);
    hand.selection = blue;
    hand.drag({650, 100}, {700, 130});
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(600, 50));
}

void SelectToolTest::handlesResizeTheSelection()
{
    Hand hand;
    hand.click({650, 100});
    hand.drag({700, 150}, {720, 190});
    QCOMPARE(hand.file.node("blue").size, (Size{120, 140}));
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(600, 50));
    hand.drag({600, 50}, {580, 30});
    QCOMPARE(hand.file.node("blue").size, (Size{140, 160}));
    QCOMPARE(hand.file.node("blue").transform, Transform::translation(580, 30));
}

void SelectToolTest::shiftResizeKeepsTheRatio()
{
    Hand hand;
    hand.click({650, 100});
    hand.drag({700, 150}, {750, 160}, {.shift = true});
    QCOMPARE(hand.file.node("blue").size, (Size{150, 150}));
}

void SelectToolTest::rotationTurnsAboutTheCentre()
{
    Hand hand;
    hand.click({650, 100});
    // Just outside the top right corner; a quarter turn clockwise takes it to below the bottom right one.
    hand.drag({708, 42}, {708, 158});
    const document::Node& node = hand.file.node("blue");
    QVERIFY(std::abs(rotationDegrees(node.transform) - 90) < 0.01);
    const Point center = node.transform.apply({50, 50});
    QVERIFY(length(center - Point{650, 100}) < 0.01);
    QCOMPARE(node.size, (Size{100, 100}));
}

void SelectToolTest::aDragShorterThanTheThresholdIsAClick()
{
    Hand hand;
    hand.click({650, 100});
    hand.drag({650, 100}, {651, 101});
    QCOMPARE(hand.transactions, 0);
}

void SelectToolTest::doubleClickOnTextStartsTyping()
{
    Hand hand;
    auto text = test::makeNode("text", document::NodeType::text, "page", {800, 0, 100, 20});
    text.text = "Hi";
    QVERIFY(hand.file.run({text}));
    hand.click({810, 10});
    QCOMPARE(hand.selection, std::vector<NodeId>{NodeId("text")});
    const ToolResult result = hand.tool->press(hand.context(), {{810, 10}, {}, 2});
    QCOMPARE(result.editText, std::optional(NodeId("text")));
}

QTEST_APPLESS_MAIN(SelectToolTest)
#include "select_tool_test.moc"
