#include <QtTest>

#include <app/tools/tool.h>

#include "app_document.h"

using namespace tessera;
using namespace tessera::app;
using test::AppDocument;

namespace {

ToolResult drag(AppDocument& file, ToolKind kind, Point from, Point to, Modifiers modifiers = {})
{
    const auto tool = makeTool(kind);
    const ToolContext context{file.document, NodeId("page"), {}, 1, file.random};
    auto result = tool->press(context, {from, modifiers});
    result = tool->move(context, {to, modifiers});
    return tool->release(context, {to, modifiers});
}

const document::Node& made(AppDocument& file, const ToolResult& result)
{
    [&] { QVERIFY(file.run(result.commands)); }();
    return *file.document.node(result.selection->front());
}

} // namespace

class ShapeToolsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDragGivesTheBox_data();
    void aDragGivesTheBox();
    void aClickGivesADefaultSize();
    void shapesGoIntoTheFrameUnderThePress();
    void aLineKeepsItsDirection();
    void textIsEditedAtOnce();
    void cancelForgetsTheShape();
    void boxesLieOnWholePixels();
};

void ShapeToolsTest::aDragGivesTheBox_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("type");
    QTest::addColumn<bool>("shift");
    QTest::addColumn<bool>("alt");
    QTest::addColumn<QRectF>("box");
    const auto row = [](const char* name, ToolKind kind, document::NodeType type, bool shift, bool alt, QRectF box) {
        QTest::newRow(name) << static_cast<int>(kind) << static_cast<int>(type) << shift << alt << box;
    };
    using document::NodeType;
    row("rectangle", ToolKind::rectangle, NodeType::rect, false, false, {700, 300, 60, 30});
    row("ellipse", ToolKind::ellipse, NodeType::ellipse, false, false, {700, 300, 60, 30});
    row("frame", ToolKind::frame, NodeType::frame, false, false, {700, 300, 60, 30});
    row("shift makes a square", ToolKind::rectangle, NodeType::rect, true, false, {700, 300, 60, 60});
    row("alt grows from the centre", ToolKind::rectangle, NodeType::rect, false, true, {640, 270, 120, 60});
}

void ShapeToolsTest::aDragGivesTheBox()
{
    QFETCH(int, kind);
    QFETCH(int, type);
    QFETCH(bool, shift);
    QFETCH(bool, alt);
    QFETCH(QRectF, box);
    AppDocument file;
    const ToolResult result = drag(file, static_cast<ToolKind>(kind), {700, 300}, {760, 330}, {.shift = shift, .alt = alt});
    QVERIFY(result.finished);
    const document::Node& node = made(file, result);
    QCOMPARE(static_cast<int>(node.type), type);
    QCOMPARE(QRectF(node.transform.e, node.transform.f, node.size.width, node.size.height), box);
}

void ShapeToolsTest::aClickGivesADefaultSize()
{
    AppDocument file;
    const document::Node& node = made(file, drag(file, ToolKind::rectangle, {700, 300}, {700, 300}));
    QCOMPARE(node.size, (Size{100, 100}));
}

void ShapeToolsTest::shapesGoIntoTheFrameUnderThePress()
{
    AppDocument file;
    const document::Node& node = made(file, drag(file, ToolKind::ellipse, {200, 200}, {240, 240}));
    QCOMPARE(file.document.tree().shownParent.at(node.id), NodeId("frame"));
    QCOMPARE(node.transform, Transform::translation(100, 100));
}

void ShapeToolsTest::aLineKeepsItsDirection()
{
    AppDocument file;
    const document::Node& node = made(file, drag(file, ToolKind::line, {700, 300}, {730, 260}));
    QCOMPARE(node.size, (Size{50, 0}));
    QVERIFY(length(node.transform.apply({50, 0}) - Point{730, 260}) < 0.001);
    QCOMPARE(node.strokes.size(), std::size_t{1});
}

void ShapeToolsTest::textIsEditedAtOnce()
{
    AppDocument file;
    const ToolResult clicked = drag(file, ToolKind::text, {700, 300}, {700, 300});
    QCOMPARE(clicked.editText, std::optional(clicked.selection->front()));
    QCOMPARE(made(file, clicked).paragraph.autoSize, document::AutoSize::widthAndHeight);
    const ToolResult dragged = drag(file, ToolKind::text, {700, 500}, {900, 600});
    QCOMPARE(made(file, dragged).paragraph.autoSize, document::AutoSize::none);
}

void ShapeToolsTest::cancelForgetsTheShape()
{
    AppDocument file;
    const auto tool = makeTool(ToolKind::rectangle);
    const ToolContext context{file.document, NodeId("page"), {}, 1, file.random};
    QVERIFY(tool->press(context, {{0, 0}}).commands.empty());
    QVERIFY(tool->move(context, {{50, 50}}).commands.empty());
    QVERIFY(tool->feedback(context).draft.has_value());
    QVERIFY(tool->cancel(context).commands.empty());
    QVERIFY(!tool->isBusy());
    QVERIFY(tool->release(context, {{50, 50}}).commands.empty());
}

void ShapeToolsTest::boxesLieOnWholePixels()
{
    AppDocument file;
    const document::Node& node = made(file, drag(file, ToolKind::rectangle, {700.4, 300.4}, {760.7, 330.2}));
    QCOMPARE(node.transform, Transform::translation(700, 300));
    QCOMPARE(node.size, (Size{61, 30}));
}

QTEST_APPLESS_MAIN(ShapeToolsTest)
#include "shape_tools_test.moc"
