#include <QtTest>

#include <core/document/document.h>
#include <core/formats/penpot_import.h>

#include "imported_tree.h"
#include "penpot_fixture.h"

using namespace tessera;
using namespace tessera::formats;
using namespace tessera::testing;
using document::NodeType;

namespace {

/// What is read of a PNG here: its header, 4 x 3 px.
const std::string pngHeader = std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\4\0\0\0\3", 24);

Imported imported(PenpotFixture& fixture)
{
    auto result = importPenpot(asBytes(fixture.bytes()), "Test");
    if (!result)
        qFatal("%s", describe(result.error()).c_str());
    return std::move(result).value();
}

const std::string red = ",'fills':[{'fillColor':'#ff0000','fillOpacity':1}]";

} // namespace

class PenpotImportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aPageIsAFrameAroundItsShapes()
    {
        PenpotFixture fixture;
        fixture.entries["files/F/pages/P.json"] = "{'id':'P','name':'Cover','background':'#102030'}";
        fixture.shape("a", "rect", 100, 200, 50, 20, red);
        const Imported result = imported(fixture);
        QCOMPARE(result.root.type, NodeType::frame);
        QCOMPARE(result.root.name, std::string("Cover"));
        QCOMPARE(json(result.root, "size"), std::string("[114,84]")); // 32 px around it
        QCOMPARE(json(result.root.children.at(0), "xf"), std::string("[1,0,0,1,32,32]"));
        QVERIFY(json(result.root, "fills").find("0.0627") != std::string::npos);
    }
    void pagesStandSideBySideInTheirOrder()
    {
        PenpotFixture fixture;
        fixture.shape("a", "rect", 0, 0, 10, 10);
        fixture.entries["files/F/pages/P.json"] = "{'id':'P','name':'Second','index':1}";
        fixture.entries["files/F/pages/Q.json"] = "{'id':'Q','name':'First','index':0}";
        const Imported result = imported(fixture);
        QCOMPARE(result.root.children.size(), std::size_t{2});
        QCOMPARE(result.root.children[0].name, std::string("First"));
        QVERIFY(numberIn(result.root.children[1], "xf", 4) > 100);
    }
    void shapesKeepTheirKind_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("members");
        QTest::addColumn<int>("node");
        const auto row = [](const char* type, const char* members, NodeType node) { QTest::newRow(type) << type << members << static_cast<int>(node); };
        row("frame", "", NodeType::frame);
        row("group", "", NodeType::group);
        row("rect", "", NodeType::rect);
        row("circle", "", NodeType::ellipse);
        row("path", ",'content':'M0,0L10,0L10,10Z'", NodeType::vector);
        row("bool", ",'content':'M0,0L10,0L10,10Z'", NodeType::vector);
        row("text", "", NodeType::text);
        row("image", ",'metadata':{'id':'missing'}", NodeType::rect);
        row("svg-raw", ",'content':{'tag':'rect','attrs':{'width':'5','height':'5'}}", NodeType::group);
        row("hologram", "", NodeType::group);
    }
    void shapesKeepTheirKind()
    {
        QFETCH(QString, type);
        QFETCH(QString, members);
        QFETCH(int, node);
        PenpotFixture fixture;
        fixture.shape("s", type.toStdString(), 0, 0, 10, 10, members.toStdString());
        const Imported result = imported(fixture);
        QCOMPARE(result.root.children.size(), std::size_t{1});
        QCOMPARE(static_cast<int>(result.root.children[0].type), node);
        QCOMPARE(result.root.children[0].name, std::string("s"));
    }
    void childrenArePlacedWithinTheirParent()
    {
        PenpotFixture fixture;
        fixture.shape("board", "frame", 100, 100, 80, 80).shape("inner", "rect", 110, 130, 10, 10, {}, "board");
        const Imported result = imported(fixture);
        QCOMPARE(json(result.root.children[0].children.at(0), "xf"), std::string("[1,0,0,1,10,30]"));
    }
    void rotationTurnsAroundTheCenter()
    {
        PenpotFixture fixture;
        fixture.shape("turned", "rect", 0, 0, 40, 20, ",'transform':{'a':0,'b':1,'c':-1,'d':0,'e':0,'f':0}");
        const Imported result = imported(fixture);
        // A quarter turn of 40 x 20 around (20, 10) reaches from (10, -10) to (30, 30); the page begins 32 px before.
        QCOMPARE(json(result.root.children[0], "xf"), std::string("[0,1,-1,0,52,32]"));
        QCOMPARE(json(result.root.children[0], "size"), std::string("[40,20]"));
    }
    void bothPathFormsGiveTheSameOutline()
    {
        PenpotFixture fixture;
        fixture.shape("text", "path", 10, 10, 20, 20, ",'content':'M10,10L30,10C30,20,20,30,10,30Z'");
        fixture.shape("list", "path", 10, 10, 20, 20, ",'content':[{'command':'move-to','params':{'x':10,'y':10}},{'command':'line-to','params':{'x':30,'y':10}},{'command':'curve-to','params':{'c1x':30,'c1y':20,'c2x':20,'c2y':30,'x':10,'y':30}},{'command':'close-path','params':{}}]");
        const Imported result = imported(fixture);
        QCOMPARE(json(result.root.children[0], "path"), json(result.root.children[1], "path"));
        QCOMPARE(json(result.root.children[0], "path"),
                 quoted("{'rule':'nonzero','subs':[{'closed':true,'points':[0,0,0,0,0,0,20,0,20,0,20,10,0,20,10,20,0,20]}]}"));
    }
    void booleansAreOneOutlineAndSaySo()
    {
        PenpotFixture fixture;
        fixture.shape("cut", "bool", 0, 0, 10, 10, ",'boolContent':[{'command':'move-to','params':{'x':0,'y':0}},{'command':'line-to','params':{'x':10,'y':10}}]");
        fixture.shape("part", "rect", 0, 0, 10, 10, {}, "cut");
        const Imported result = imported(fixture);
        QVERIFY(result.root.children[0].children.empty());
        QVERIFY(noticesOf(result, "cut").find("its 1 operands are not editable") != std::string::npos);
        QVERIFY(noticesOf(result, "part").empty());
    }
    void appearanceBecomesProperties_data()
    {
        QTest::addColumn<QString>("members");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* name, const char* members, const char* key, const char* value) { QTest::newRow(name) << members << key << value; };
        row("hidden", ",'hidden':true", "vis", "false");
        row("blocked", ",'blocked':true", "lock", "true");
        row("opacity", ",'opacity':0.25", "op", "0.25");
        row("blend mode", ",'blendMode':'color-burn'", "blend", "\"color-burn\"");
        row("normal blending is the default", ",'blendMode':'normal'", "blend", "");
        row("corners", ",'r1':1,'r2':2,'r3':3,'r4':4", "radii", "[1,2,3,4]");
        row("corners of old files", ",'rx':5", "radii", "[5,5,5,5]");
        row("the first fill is on top", ",'fills':[{'fillColor':'#ff0000'},{'fillColor':'#0000ff','fillOpacity':0.5}]", "fills",
            "[{'id':'f0','type':'solid','color':{'space':'srgb','c':[0,0,1],'a':1},'opacity':0.5},{'id':'f1','type':'solid','color':{'space':'srgb','c':[1,0,0],'a':1}}]");
        row("stroke width", ",'strokes':[{'strokeColor':'#000000','strokeWidth':3}]", "sw", "3");
        row("inner stroke", ",'strokes':[{'strokeColor':'#000000','strokeAlignment':'inner'}]", "sAlign", "\"inside\"");
        row("outer stroke", ",'strokes':[{'strokeColor':'#000000','strokeAlignment':'outer'}]", "sAlign", "\"outside\"");
        row("dashed", ",'strokes':[{'strokeColor':'#000000','strokeWidth':2,'strokeStyle':'dashed'}]", "sDash", "[12,12]");
        row("dotted", ",'strokes':[{'strokeColor':'#000000','strokeWidth':2,'strokeStyle':'dotted'}]", "sDash", "[0,7]");
        row("dots are round", ",'strokes':[{'strokeColor':'#000000','strokeStyle':'dotted'}]", "sCap", "\"round\"");
        row("no stroke", ",'strokes':[{'strokeColor':'#000000','strokeStyle':'none'}]", "strokes", "");
    }
    void appearanceBecomesProperties()
    {
        QFETCH(QString, members);
        QFETCH(QString, key);
        QFETCH(QString, value);
        PenpotFixture fixture;
        fixture.shape("s", "rect", 0, 0, 10, 10, members.toStdString());
        QCOMPARE(QString::fromStdString(json(imported(fixture).root.children.at(0), key.toStdString())), QString::fromStdString(quoted(value.toStdString())));
    }
    void gradientsFollowTheirAxis()
    {
        PenpotFixture fixture;
        fixture.shape("linear", "rect", 0, 0, 20, 10,
                      ",'fills':[{'fillColorGradient':{'type':'linear','startX':0,'startY':0.5,'endX':1,'endY':0.5,'stops':[{'color':'#ff0000','opacity':1,'offset':0},{'color':'#00ff00','opacity':0.5,'offset':1}]}}]");
        fixture.shape("radial", "rect", 0, 0, 20, 10,
                      ",'fills':[{'fillColorGradient':{'type':'radial','startX':0.5,'startY':0.5,'endX':0.5,'endY':1,'width':0.5,'stops':[{'color':'#ff0000','offset':0},{'color':'#00ff00','offset':1}]}}]");
        const Imported result = imported(fixture);
        const crdt::Any& linear = stored(result.root.children[0], "fills")->array()->front();
        QCOMPARE(crdt::toJson(*linear.find("matrix")), std::string("[1,0,0,1,0,0.5]"));
        QCOMPARE(linear.find("stops")->array()->size(), std::size_t{2});
        const crdt::Any& radial = stored(result.root.children[1], "fills")->array()->front();
        QCOMPARE(*radial.find("units")->string(), std::string("node"));
        // Centre (10, 5), 5 px down the first axis, and 5 x 0.5 x 20 / 10 px along the second, to the left.
        QCOMPARE(crdt::toJson(*radial.find("matrix")), std::string("[0,10,-10,0,15,0]"));
    }
    void picturesBecomeAssets()
    {
        PenpotFixture fixture;
        fixture.entries["files/F/media/M.json"] = "{'id':'M','mediaId':'O','name':'cat','width':4,'height':3,'mtype':'image/png'}";
        fixture.entries["objects/O.png"] = pngHeader;
        fixture.shape("fill", "rect", 0, 0, 10, 10, ",'fills':[{'fillImage':{'id':'M','keepAspectRatio':true}}]");
        fixture.shape("image", "image", 0, 0, 10, 10, ",'metadata':{'id':'M'}");
        const Imported result = imported(fixture);
        QCOMPARE(result.assets.size(), std::size_t{1});
        QCOMPARE(result.assets[0].mime, std::string("image/png"));
        QCOMPARE(result.assets[0].widthPx, 4U);
        QVERIFY(json(result.root.children[0], "fills").find(result.assets[0].hash.hex) != std::string::npos);
        QCOMPARE(result.root.children[1].type, NodeType::image);
        QVERIFY(result.notices.empty());
    }
    void effectsBecomeEffects()
    {
        PenpotFixture fixture;
        fixture.shape("s", "group", 0, 0, 10, 10,
                      ",'shadow':[{'style':'inner-shadow','offsetX':1,'offsetY':2,'blur':3,'spread':4,'color':{'color':'#ff0000','opacity':0.5}}],'blur':{'type':'layer-blur','value':5}");
        const std::string effects = json(imported(fixture).root.children.at(0), "effects");
        QVERIFY2(effects.find("innerShadow") != std::string::npos, effects.c_str());
        QVERIFY2(effects.find("\"blur\":10") != std::string::npos, effects.c_str()); // twice the standard deviation
    }
    void aMaskedGroupShowsWithinItsFirstChild()
    {
        PenpotFixture fixture;
        fixture.shape("g", "group", 0, 0, 10, 10, ",'maskedGroup':true").shape("mask", "circle", 0, 0, 10, 10, red, "g").shape("content", "rect", 0, 0, 10, 10, red, "g");
        const Imported result = imported(fixture);
        QCOMPARE(json(result.root.children[0].children.at(0), "mask"), std::string("\"alpha\""));
        QVERIFY(!stored(result.root.children[0].children.at(1), "mask"));
    }
    void boardsClipUnlessTheySayOtherwise()
    {
        PenpotFixture fixture;
        fixture.shape("clips", "frame", 0, 0, 10, 10).shape("shows", "frame", 0, 0, 10, 10, ",'showContent':true");
        const Imported result = imported(fixture);
        QVERIFY(!stored(result.root.children[0], "clip"));
        QCOMPARE(json(result.root.children[1], "clip"), std::string("false"));
    }
    void furtherStrokesAreShapesAbove()
    {
        PenpotFixture fixture;
        fixture.shape("s", "rect", 0, 0, 10, 10, ",'strokes':[{'strokeColor':'#ff0000','strokeWidth':1},{'strokeColor':'#0000ff','strokeWidth':5}]");
        const Imported result = imported(fixture);
        QCOMPARE(result.root.children.size(), std::size_t{2});
        QCOMPARE(json(result.root.children[0], "sw"), std::string("5")); // the last one is lowest
        QCOMPARE(json(result.root.children[1], "sw"), std::string("1"));
        QVERIFY(noticesOf(result, "\"s\"").find("shapes of their own") != std::string::npos);
    }
    void arrowsAreShapesAtTheEnds()
    {
        PenpotFixture fixture;
        fixture.shape("line", "path", 0, 0, 100, 0, ",'content':'M0,0L100,0','strokes':[{'strokeColor':'#ff0000','strokeWidth':2,'strokeCapEnd':'triangle-arrow','strokeCapStart':'circle-marker'}]");
        const Imported result = imported(fixture);
        QCOMPARE(result.root.children.size(), std::size_t{3});
        QCOMPARE(result.root.children[1].name, std::string("circle-marker"));
        QCOMPARE(json(result.root.children[1], "size"), std::string("[8,8]")); // 4 stroke widths
        QVERIFY(numberIn(result.root.children[2], "xf", 4) > 100);
    }
    void textKeepsItsRuns()
    {
        PenpotFixture fixture;
        fixture.shape("t", "text", 0, 0, 100, 40,
                      ",'growType':'auto-height','content':{'type':'root','verticalAlign':'center','children':[{'type':'paragraph-set','children':[{'type':'paragraph','textAlign':'right','fontFamily':'Ubuntu','fontSize':'20','children':[{'text':'Hé','fontWeight':'700','fills':[{'fillColor':'#ff0000'}]},{'text':'lo','fontStyle':'italic'}]},{'type':'paragraph','textAlign':'right','children':[{'text':'End','textTransform':'uppercase','textDecoration':'underline','letterSpacing':'2','lineHeight':'1.5'}]}]}]}");
        const Imported result = imported(fixture);
        const ImportedNode& text = result.root.children.at(0);
        QCOMPARE(text.text, std::string("Hélo\nEnd"));
        QCOMPARE(json(text, "para"), quoted("{'align':'right','verticalAlign':'middle','autoSize':'height'}"));
        QCOMPARE(text.formats.size(), std::size_t{3});
        QCOMPARE(text.formats[1].at, 2U);
        QCOMPARE(crdt::toJson(crdt::Any(text.formats[0].attributes)),
                 quoted("{'family':'Ubuntu','size':20,'weight':700,'lineHeight':1.2,'fill':{'space':'srgb','c':[1,0,0],'a':1}}"));
        QCOMPARE(crdt::toJson(crdt::Any(text.formats[2].attributes)),
                 quoted("{'family':'Source Sans Pro','size':14,'weight':400,'lineHeight':1.5,'letterSpacing':2,'case':'upper','decoration':'underline'}"));
    }
    void svgSourceBecomesShapes()
    {
        PenpotFixture fixture;
        fixture.shape("raw", "svg-raw", 10, 10, 20, 20, ",'svgViewbox':{'x':0,'y':0,'width':10,'height':10},'content':{'tag':'circle','attrs':{'cx':5,'cy':'5','r':'5','style':{'fillOpacity':0.5}}}");
        const Imported result = imported(fixture);
        QCOMPARE(countOf(result.root, NodeType::ellipse), std::size_t{1});
        QCOMPARE(numberIn(result.root.children[0].children.at(0), "xf", 0), 2.0);
    }
    void whatHasNoPlaceIsNamedShapeByShape_data()
    {
        QTest::addColumn<QString>("members");
        QTest::addColumn<QString>("what");
        QTest::newRow("flex") << ",'layout':'flex'" << "flex layout";
        QTest::newRow("grid") << ",'layout':'grid'" << "grid layout";
        QTest::newRow("main") << ",'mainInstance':true,'componentId':'C'" << "main of a component";
        QTest::newRow("copy") << ",'componentRoot':true,'componentId':'C'" << "copy of a component";
        QTest::newRow("tokens") << ",'appliedTokens':{'fill':'brand'}" << "1 design tokens";
        QTest::newRow("interactions") << ",'interactions':[{'eventType':'click'}]" << "interactions";
        QTest::newRow("constraints") << ",'constraintsH':'scale'" << "constraints";
        QTest::newRow("library colour") << ",'fills':[{'fillColor':'#ff0000','fillColorRefId':'x'}]" << "library";
    }
    void whatHasNoPlaceIsNamedShapeByShape()
    {
        QFETCH(QString, members);
        QFETCH(QString, what);
        PenpotFixture fixture;
        fixture.shape("s", "frame", 0, 0, 10, 10, members.toStdString());
        const std::string notices = noticesOf(imported(fixture), "frame \"s\"");
        QVERIFY2(QString::fromStdString(notices).contains(what), notices.c_str());
    }
    void librariesAreNamed()
    {
        PenpotFixture fixture;
        fixture.entries["files/F/colors/c.json"] = "{'id':'c','name':'Brand','color':'#ff0000'}";
        fixture.entries["files/F/typographies/t.json"] = "{'id':'t','name':'Heading'}";
        fixture.entries["files/F/components/m.json"] = "{'id':'m','name':'Button'}";
        fixture.entries["files/F/tokens.json"] = "{}";
        const Imported result = imported(fixture);
        QCOMPARE(result.notices.size(), std::size_t{4});
        QVERIFY(!noticesOf(result, "color \"Brand\"").empty());
        QVERIFY(!noticesOf(result, "typography \"Heading\"").empty());
    }
    void theDocumentTakesAllOfIt()
    {
        PenpotFixture fixture;
        fixture.shape("board", "frame", 0, 0, 100, 100, red).shape("r", "rect", 0, 0, 10, 10, red, "board").shape("p", "path", 0, 0, 9, 9, ",'content':'M0,0L9,9'", "board");
        const Imported result = imported(fixture);
        SeededRandom random(1);
        const auto doc = document::Document::createBlank(random, "Test");
        QVERIFY(document::apply(*doc, toCommands(result, {doc->tree().pages.front(), std::nullopt}, random), "test").hasValue());
        QCOMPARE(doc->nodeIds().size(), std::size_t{5}); // with the page
    }
};

QTEST_APPLESS_MAIN(PenpotImportTest)
#include "penpot_import_test.moc"
