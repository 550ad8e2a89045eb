#include <QtTest>

#include <app/tools/tool.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;
using test::AppDocument;

namespace {

struct Pen {
    AppDocument file;
    std::unique_ptr<Tool> tool = makeTool(ToolKind::pen);

    ToolContext context() { return {file.document, NodeId("page"), {}, 1, file.random}; }
    ToolResult click(Point at) { return drag(at, at); }
    ToolResult drag(Point from, Point to)
    {
        static_cast<void>(tool->press(context(), {from}));
        static_cast<void>(tool->move(context(), {to}));
        return tool->release(context(), {to});
    }
    const document::Node& made(const ToolResult& result)
    {
        [&] { QVERIFY(file.run(result.commands)); }();
        return *file.document.node(result.selection->front());
    }
};

} // namespace

class PenToolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clicksMakeCornersAndEnterEndsTheOpenPath();
    void aClickOnTheFirstPointCloses();
    void aDragMakesASmoothPoint();
    void escapeKeepsWhatWasDrawn();
    void onePointAloneIsNothing();
    void theBoxHoldsTheCurve();
};

void PenToolTest::clicksMakeCornersAndEnterEndsTheOpenPath()
{
    Pen pen;
    pen.click({700, 300});
    pen.click({760, 300});
    QVERIFY(pen.click({760, 350}).commands.empty());
    const document::Node& node = pen.made(pen.tool->confirm(pen.context()));
    QCOMPARE(node.type, document::NodeType::vector);
    QCOMPARE(node.path.subPaths.size(), std::size_t{1});
    QVERIFY(!node.path.subPaths[0].closed);
    QCOMPARE(node.path.subPaths[0].points.size(), std::size_t{3});
    QCOMPARE(node.transform, Transform::translation(700, 300));
    QCOMPARE(node.size, (Size{60, 50}));
    QVERIFY(!pen.tool->isBusy());
}

void PenToolTest::aClickOnTheFirstPointCloses()
{
    Pen pen;
    pen.click({700, 300});
    pen.click({760, 300});
    pen.click({760, 350});
    const ToolResult result = pen.click({701, 301});
    QVERIFY(result.finished);
    const document::Node& node = pen.made(result);
    QVERIFY(node.path.subPaths[0].closed);
    QCOMPARE(node.path.subPaths[0].points.size(), std::size_t{3});
}

void PenToolTest::aDragMakesASmoothPoint()
{
    Pen pen;
    pen.click({700, 300});
    pen.drag({760, 300}, {780, 320});
    const document::Node& node = pen.made(pen.tool->confirm(pen.context()));
    const document::PathPoint& point = node.path.subPaths[0].points[1];
    QCOMPARE(point.out - point.at, (Point{20, 20}));
    QCOMPARE(point.in - point.at, (Point{-20, -20}));
}

void PenToolTest::escapeKeepsWhatWasDrawn()
{
    Pen pen;
    pen.click({700, 300});
    pen.click({760, 300});
    QCOMPARE(pen.tool->cancel(pen.context()).commands.size(), std::size_t{1});
}

void PenToolTest::onePointAloneIsNothing()
{
    Pen pen;
    pen.click({700, 300});
    QVERIFY(pen.tool->confirm(pen.context()).commands.empty());
    QVERIFY(!pen.tool->isBusy());
}

void PenToolTest::theBoxHoldsTheCurve()
{
    Pen pen;
    pen.drag({700, 300}, {700, 200});
    pen.drag({800, 300}, {800, 400});
    // Handles point up at the start and, mirrored, up at the end: the curve bulges above both points.
    const document::Node& node = pen.made(pen.tool->confirm(pen.context()));
    QCOMPARE(node.size.width, 100.0);
    QVERIFY(node.size.height > 74 && node.size.height < 76);
}

QTEST_APPLESS_MAIN(PenToolTest)
#include "pen_tool_test.moc"
