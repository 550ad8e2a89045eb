#include <QtTest>

#include <core/document/document.h>
#include <core/formats/excalidraw_import.h>

#include "imported_tree.h"

using namespace tessera;
using namespace tessera::formats;
using namespace tessera::testing;
using document::NodeType;

namespace {

const std::string box = "'x':100,'y':50,'width':40,'height':20,'strokeColor':'#1e1e1e','strokeWidth':2,'roughness':0";

std::string element(const std::string& type, const std::string& members = {}, const std::string& id = "e")
{
    return "{'type':'" + type + "','id':'" + id + "\"," + box + members + "}";
}

std::string drawing(const std::string& elements, const std::string& more = {})
{
    return "{'type':'excalidraw','version':2,'elements':[" + elements + "]" + more + "}";
}

Imported imported(const std::string& source)
{
    auto result = importExcalidraw(asBytes(quoted(source)), "Test");
    if (!result)
        qFatal("%s", describe(result.error()).c_str());
    return std::move(result).value();
}

ImportedNode only(const std::string& type, const std::string& members = {}) { return imported(drawing(element(type, members))).root.children.at(0); }

std::size_t subPathsOf(const ImportedNode& node) { return stored(node, "path")->find("subs")->array()->size(); }

const std::string red = ",'backgroundColor':'#ff0000','fillStyle':";

} // namespace

class ExcalidrawImportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aDrawingIsAFrameAroundItsElements()
    {
        const Imported result = imported(drawing(element("rectangle"), ",'appState':{'viewBackgroundColor':'#00ff00'}"));
        QCOMPARE(result.root.type, NodeType::frame);
        QCOMPARE(json(result.root, "size"), std::string("[84,64]")); // the stroke and 20 px around it
        QCOMPARE(json(result.root.children.at(0), "xf"), std::string("[1,0,0,1,22,22]"));
        QVERIFY(json(result.root, "fills").find("[0,1,0]") != std::string::npos);
    }
    void elementsKeepTheirKind_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<int>("node");
        QTest::newRow("rectangle") << "rectangle" << static_cast<int>(NodeType::rect);
        QTest::newRow("ellipse") << "ellipse" << static_cast<int>(NodeType::ellipse);
        QTest::newRow("diamond") << "diamond" << static_cast<int>(NodeType::vector);
        QTest::newRow("line") << "line" << static_cast<int>(NodeType::vector);
        QTest::newRow("arrow") << "arrow" << static_cast<int>(NodeType::vector);
        QTest::newRow("freedraw") << "freedraw" << static_cast<int>(NodeType::vector);
        QTest::newRow("text") << "text" << static_cast<int>(NodeType::text);
        QTest::newRow("image without a file") << "image" << static_cast<int>(NodeType::rect);
        QTest::newRow("frame") << "frame" << static_cast<int>(NodeType::frame);
    }
    void elementsKeepTheirKind()
    {
        QFETCH(QString, type);
        QFETCH(int, node);
        QCOMPARE(static_cast<int>(only(type.toStdString(), ",'points':[[0,0],[40,20]]").type), node);
    }
    void looksBecomeProperties_data()
    {
        QTest::addColumn<QString>("members");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* name, const char* members, const char* key, const char* value) { QTest::newRow(name) << members << key << value; };
        row("opacity", ",'opacity':30", "op", "0.3");
        row("locked", ",'locked':true", "lock", "true");
        row("stroke width", "", "sw", "2");
        row("dashed", ",'strokeStyle':'dashed'", "sDash", "[8,10]");
        row("dotted", ",'strokeStyle':'dotted'", "sDash", "[1.5,8]");
        row("transparent stroke", ",'strokeColor':'transparent'", "strokes", "");
        row("solid fill", ",'backgroundColor':'#ff0000','fillStyle':'solid'", "fills", "[{'id':'f','type':'solid','color':{'space':'srgb','c':[1,0,0],'a':1}}]");
        row("transparent fill", ",'backgroundColor':'transparent','fillStyle':'solid'", "fills", "");
        row("sharp corners", ",'roundness':null", "radii", "");
        row("round corners are a quarter of the side", ",'roundness':{'type':3}", "radii", "[5,5,5,5]");
        row("adaptive corners have a limit", ",'width':400,'height':400,'roundness':{'type':3}", "radii", "[32,32,32,32]");
        row("a quarter turn", ",'angle':1.5707963267948966", "xf", "[0,1,-1,0,42,22]");
    }
    void looksBecomeProperties()
    {
        QFETCH(QString, members);
        QFETCH(QString, key);
        QFETCH(QString, value);
        const std::string text = members.toStdString();
        QCOMPARE(json(only("rectangle", text), key.toStdString()), quoted(value.toStdString()));
    }
    void hachuresAreLinesWithinTheShape_data()
    {
        QTest::addColumn<QString>("style");
        QTest::addColumn<int>("lines");
        // 40 x 20 seen at 41 degrees is 41.3 px high, and 36.3 px in the other direction; lines are 8 px apart.
        QTest::newRow("hachure") << "hachure" << 5;
        QTest::newRow("cross-hatch") << "cross-hatch" << 10;
        QTest::newRow("zigzag") << "zigzag" << 1;
    }
    void hachuresAreLinesWithinTheShape()
    {
        QFETCH(QString, style);
        QFETCH(int, lines);
        const ImportedNode node = only("rectangle", red + '"' + style.toStdString() + '"');
        QCOMPARE(node.type, NodeType::group);
        QCOMPARE(node.children.size(), std::size_t{2});
        QCOMPARE(static_cast<int>(subPathsOf(node.children[0])), lines);
        QVERIFY(numberIn(node.children[0], "size", 0) <= 40 && numberIn(node.children[0], "size", 1) <= 20);
        QCOMPARE(json(node.children[0], "sw"), std::string("1"));
        QVERIFY(!stored(node.children[1], "fills"));
    }
    void tooManyHachuresAreASolidFill()
    {
        const ImportedNode node = only("ellipse", red + "'hachure','strokeWidth':0.1,'width':90000,'height':90000");
        QVERIFY(stored(node, "fills"));
    }
    void linesAreCurvesWhenRound()
    {
        const std::string points = ",'points':[[0,0],[20,20],[40,0]]";
        QVERIFY(json(only("line", points), "path").find("[0,0,0,0,0,0,20,20,20,20,20,20,") != std::string::npos);
        // The handles at the middle point are a sixth of the way between its neighbours.
        QVERIFY(json(only("line", points + ",'roundness':{'type':2}"), "path").find("20,20,13.3333,20,26.6667,20") != std::string::npos);
    }
    void loopsAreFilled()
    {
        const std::string points = ",'points':[[0,0],[20,20],[40,0],[0,0]]";
        const ImportedNode node = only("line", points + red + "\"solid\"");
        QVERIFY(stored(node, "fills"));
        QVERIFY(json(node, "path").find("\"closed\":true") != std::string::npos);
        QVERIFY(!stored(only("line", ",'points':[[0,0],[20,20],[40,0]]" + red + "\"solid\""), "fills"));
    }
    void arrowsHaveTheirHeads_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("drawn");
        for (const char* kind : {"arrow", "bar", "dot", "circle", "circle_outline", "triangle", "triangle_outline", "diamond", "diamond_outline", "crowfoot_one",
                                 "crowfoot_many", "crowfoot_one_or_many"})
            QTest::newRow(kind) << kind << true;
        QTest::newRow("unknown") << "squid" << false;
    }
    void arrowsHaveTheirHeads()
    {
        QFETCH(QString, kind);
        QFETCH(bool, drawn);
        const Imported result = imported(drawing(element("arrow", ",'points':[[0,0],[100,0]],'endArrowhead':'" + kind.toStdString() + "\"")));
        const ImportedNode& node = result.root.children.at(0);
        QCOMPARE(node.children.size(), std::size_t{drawn ? 2U : 0U});
        QCOMPARE(!noticesOf(result, "arrow #e").empty(), !drawn);
        if (drawn)
            QVERIFY(numberIn(node.children[1], "xf", 4) >= 60); // near the end, in the group's own px
    }
    void textKeepsItsLinesAndFont()
    {
        const Imported result = imported(drawing(element("text", ",'text':'Hé\\nyou','fontSize':24,'fontFamily':3,'textAlign':'center','lineHeight':1.2")));
        const ImportedNode& node = result.root.children.at(0);
        QCOMPARE(node.text, std::string("Hé\nyou"));
        QCOMPARE(node.name, std::string("Hé"));
        QCOMPARE(json(node, "para"), quoted("{'autoSize':'widthAndHeight','align':'center'}"));
        QCOMPARE(node.formats.at(0).count, 6U);
        QVERIFY(crdt::toJson(crdt::Any(node.formats[0].attributes)).find("Cascadia Code, monospace") != std::string::npos);
        QVERIFY(noticesOf(result, "text #e").find("Cascadia Code") != std::string::npos);
    }
    void imagesAreTakenFromTheFile()
    {
        const QByteArray png = QByteArray::fromRawData("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\4\0\0\0\3", 24).toBase64();
        const std::string files = ",'files':{'F':{'mimeType':'image/png','id':'F','dataURL':'data:image/png;base64," + png.toStdString() + "\"}}";
        const Imported result = imported(drawing(element("image", ",'fileId':'F','scale':[-1,1]"), files));
        QCOMPARE(result.root.children.at(0).type, NodeType::image);
        QCOMPARE(result.assets.size(), std::size_t{1});
        QCOMPARE(numberIn(result.root.children[0], "xf", 0), -1.0);
        QVERIFY(result.notices.empty());
    }
    void svgImagesBecomeNodes()
    {
        const std::string svg = QByteArray("<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><circle r='5'/></svg>").toBase64().toStdString();
        const std::string files = ",'files':{'F':{'dataURL':'data:image/svg+xml;base64," + svg + "\"}}";
        const Imported result = imported(drawing(element("image", ",'fileId':'F'"), files));
        QCOMPARE(countOf(result.root, NodeType::ellipse), std::size_t{1});
        QCOMPARE(numberIn(result.root.children[0], "xf", 0), 4.0);
    }
    void framesHoldTheirElements()
    {
        const Imported result = imported(drawing(element("rectangle", ",'frameId':'f','x':110") + "," + element("frame", ",'name':'Screen'", "f")));
        QCOMPARE(result.root.children.size(), std::size_t{1});
        QCOMPARE(result.root.children[0].name, std::string("Screen"));
        QCOMPARE(json(result.root.children[0].children.at(0), "xf"), std::string("[1,0,0,1,10,0]"));
    }
    void groupsNest()
    {
        const Imported result = imported(drawing(element("rectangle", ",'groupIds':['in','out']") + "," + element("ellipse", ",'groupIds':['in','out']", "b")
                                                 + "," + element("diamond", ",'groupIds':['out']", "c")));
        const ImportedNode& outer = result.root.children.at(0);
        QCOMPARE(outer.type, NodeType::group);
        QCOMPARE(outer.children.size(), std::size_t{2});
        QCOMPARE(outer.children[0].children.size(), std::size_t{2});
    }
    void deletedElementsStayOut() { QVERIFY(imported(drawing(element("rectangle", ",'isDeleted':true"))).root.children.empty()); }
    void roughnessIsNamedOnce()
    {
        const std::string rough = ",'roughness':2";
        const Imported result = imported(drawing(element("rectangle", rough) + "," + element("ellipse", rough, "b")));
        QCOMPARE(result.notices.size(), std::size_t{1});
        QVERIFY(noticesOf(result, "file").find("2 hand-drawn elements") != std::string::npos);
    }
    void librariesAreGrids_data()
    {
        QTest::addColumn<QString>("source");
        const QString item = QString::fromStdString("[" + element("rectangle") + "]");
        QTest::newRow("version 1") << "{'type':'excalidrawlib','version':1,'library':[%1,%1,%1]}" + QString();
        QTest::newRow("version 2") << "{'type':'excalidrawlib','version':2,'libraryItems':[{'elements':%1},{'name':'Box','elements':%1},{'elements':%1}]}" + QString();
    }
    void librariesAreGrids()
    {
        QFETCH(QString, source);
        const Imported result = imported(source.replace("%1", QString::fromStdString("[" + element("rectangle") + "]")).toStdString());
        QCOMPARE(result.root.children.size(), std::size_t{3});
        // Two columns of 44 px, 60 px between them; the items' own corner is at (98, 48).
        QCOMPARE(json(result.root.children[0], "xf"), std::string("[1,0,0,1,-38,12]"));
        QCOMPARE(json(result.root.children[1], "xf"), std::string("[1,0,0,1,66,12]"));
        QCOMPARE(json(result.root.children[2], "xf"), std::string("[1,0,0,1,-38,96]"));
    }
    void otherFilesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QString>("says");
        QTest::newRow("empty") << QByteArray() << "not well-formed";
        QTest::newRow("no JSON") << QByteArray("{\"type\":") << "not well-formed";
        QTest::newRow("deep nesting") << QByteArray(100'000, '[') << "not well-formed";
        QTest::newRow("another type") << QByteArray("{'type':'tldraw'}") << "its type is 'tldraw'";
        QTest::newRow("no object") << QByteArray("[1]") << "no Excalidraw drawing";
    }
    void otherFilesAreRefused()
    {
        QFETCH(QByteArray, source);
        QFETCH(QString, says);
        const auto result = importExcalidraw(asBytes(quoted(source.toStdString())), "Test");
        QVERIFY(!result);
        QVERIFY2(QString::fromStdString(describe(result.error())).contains(says), describe(result.error()).c_str());
    }
    void limitsHold()
    {
        const std::string many = drawing(element("rectangle") + "," + element("rectangle", {}, "b"));
        QCOMPARE(importExcalidraw(asBytes(quoted(many)), "Test", {.maxElements = 1}).error().code, ImportErrc::tooComplex);
        QCOMPARE(importExcalidraw(asBytes(quoted(many)), "Test", {.maxBytes = 10}).error().code, ImportErrc::tooLarge);
        const std::string points = drawing(element("line", ",'points':[[0,0],[1,1],[2,2]]"));
        QCOMPARE(importExcalidraw(asBytes(quoted(points)), "Test", {.maxPoints = 2}).error().code, ImportErrc::tooComplex);
    }
    void hostileElementsAreBounded_data()
    {
        QTest::addColumn<QString>("members");
        QTest::addColumn<QString>("type");
        QTest::newRow("infinite box") << ",'x':1e999,'width':1e308,'height':-1e300" << "rectangle";
        QTest::newRow("infinite line") << ",'points':[[1e308,-1e308],[null,1],'x',[],[1e999,0],[3,4]]" << "line";
        QTest::newRow("infinite angle") << ",'angle':1e999,'opacity':-1e999" << "diamond";
        QTest::newRow("huge hachure") << ",'width':1e9,'height':1e9,'backgroundColor':'red','fillStyle':'cross-hatch'" << "ellipse";
        QTest::newRow("no points") << ",'points':[]" << "arrow";
        QTest::newRow("one point") << ",'points':[[0,0]],'endArrowhead':'arrow'" << "arrow";
        QTest::newRow("odd text") << ",'text':7,'fontSize':1e300,'fontFamily':-1e9" << "text";
        QTest::newRow("a frame in itself") << ",'frameId':'e','groupIds':['e','e']" << "frame";
        QTest::newRow("many groups") << ",'groupIds':['1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16','17','18','19','20']" << "rectangle";
        QTest::newRow("no type") << ",'x':1" << "";
    }
    void hostileElementsAreBounded()
    {
        QFETCH(QString, members);
        QFETCH(QString, type);
        const auto result = imported(drawing(element(type.toStdString(), members.toStdString())));
        SeededRandom random(1);
        const auto doc = document::Document::createBlank(random, "Test");
        QVERIFY(document::apply(*doc, toCommands(result, {doc->tree().pages.front(), std::nullopt}, random), "test").hasValue());
    }
};

QTEST_APPLESS_MAIN(ExcalidrawImportTest)
#include "excalidraw_import_test.moc"
