#include <QtTest>

#include <cmath>

#include <core/crdt/any.h>
#include <core/document/document.h>
#include <core/formats/svg_import.h>

using namespace tessera;
using namespace tessera::formats;
using document::NodeType;

namespace {

std::string svg(const std::string& body, const std::string& attributes = "viewBox=\"0 0 100 100\" width=\"100\" height=\"100\"")
{
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + attributes + ">" + body + "</svg>";
}

Imported imported(const std::string& source) { return importSvg(asBytes(source), "Test").value(); }

const crdt::Any* stored(const ImportedNode& node, std::string_view key)
{
    for (const auto& [name, value] : node.properties)
        if (name == key)
            return &value;
    return nullptr;
}

double at(const crdt::Any& value, std::size_t index) { return *value.array()->at(index).number(); }

const crdt::Any& firstFill(const ImportedNode& node) { return stored(node, "fills")->array()->front(); }

} // namespace

class SvgImportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void rootBecomesAFrameOfItsSize()
    {
        const Imported result = imported(svg("", "width=\"2in\" height=\"40mm\""));
        QCOMPARE(result.root.type, NodeType::frame);
        QCOMPARE(at(*stored(result.root, "size"), 0), 192.0);
        QVERIFY(std::abs(at(*stored(result.root, "size"), 1) - 151.1811) < 1e-3);
    }
    void missingWidthFollowsTheViewBox()
    {
        const Imported result = imported(svg("", "viewBox=\"0 0 30 10\" height=\"20\""));
        QCOMPARE(at(*stored(result.root, "size"), 0), 60.0);
    }
    void viewBoxScalesAndCentersChildren()
    {
        const Imported result = imported(svg("<rect width='10' height='10'/>", "viewBox=\"0 0 10 10\" width=\"40\" height=\"20\""));
        const crdt::Any& xf = *stored(result.root.children.at(0), "xf");
        QCOMPARE(at(xf, 0), 2.0);
        QCOMPARE(at(xf, 4), 10.0); // 20 wide content centred in 40
    }
    void shapesKeepTheirKind_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<int>("type");
        QTest::newRow("rect") << "<rect width='5' height='5'/>" << int(NodeType::rect);
        QTest::newRow("rect with unequal radii") << "<rect width='9' height='9' rx='1' ry='2'/>" << int(NodeType::vector);
        QTest::newRow("circle") << "<circle r='5'/>" << int(NodeType::ellipse);
        QTest::newRow("ellipse") << "<ellipse rx='5' ry='2'/>" << int(NodeType::ellipse);
        QTest::newRow("line") << "<line x2='5' stroke='red'/>" << int(NodeType::vector);
        QTest::newRow("polygon") << "<polygon points='0,0 5,0 5,5'/>" << int(NodeType::vector);
        QTest::newRow("path") << "<path d='M0 0L5 5'/>" << int(NodeType::vector);
        QTest::newRow("text") << "<text y='10'>Hi</text>" << int(NodeType::text);
        QTest::newRow("group") << "<g><rect width='1' height='1'/></g>" << int(NodeType::group);
        QTest::newRow("foreign") << "<foreignObject width='1' height='1'/>" << int(NodeType::svgRaw);
    }
    void shapesKeepTheirKind()
    {
        QFETCH(QString, body);
        QFETCH(int, type);
        const Imported result = imported(svg(body.toStdString()));
        QCOMPARE(result.root.children.size(), std::size_t{1});
        QCOMPARE(int(result.root.children[0].type), type);
    }
    void shapesThatDrawNothingAreLeftOut()
    {
        QVERIFY(imported(svg("<rect width='0' height='5'/><circle r='-1'/><path d=''/><path d='L 5 5'/>")).root.children.empty());
    }
    void pathDataIsReadToItsFirstError()
    {
        const Imported result = imported(svg("<path d='M10 10 h20 v20 q foo'/>"));
        const crdt::Any& path = *stored(result.root.children.at(0), "path");
        QCOMPARE(path.find("subs")->array()->front().find("points")->array()->size(), std::size_t{3 * 6});
    }
    void arcFlagsMayStandWithoutSeparators()
    {
        // A half circle of radius 5 from (0,0) to (10,0): bounds 10 x 5.
        const Imported result = imported(svg("<path d='M0 0a5 5 0 0110 0'/>"));
        const crdt::Any& size = *stored(result.root.children.at(0), "size");
        QVERIFY(std::abs(at(size, 0) - 10) < 1e-3);
        QVERIFY(std::abs(at(size, 1) - 5) < 0.01);
    }
    void smoothCurvesReflectTheLastControlPoint()
    {
        const Imported result = imported(svg("<path d='M0 0 C0 10 10 10 10 0 S20 -10 20 0'/>"));
        const crdt::Any& size = *stored(result.root.children.at(0), "size");
        QVERIFY(std::abs(at(size, 1) - 15) < 1e-3); // 7.5 up, 7.5 down
    }
    void transformsNestAndMoveWithTheShape()
    {
        const Imported result = imported(svg("<g transform='translate(10 20)'><rect x='1' y='2' width='3' height='4' transform='scale(2)'/></g>"));
        const ImportedNode& group = result.root.children.at(0);
        QCOMPARE(at(*stored(group, "xf"), 4), 10.0);
        const crdt::Any& xf = *stored(group.children.at(0), "xf");
        QCOMPARE(at(xf, 0), 2.0);
        QCOMPARE(at(xf, 4), 2.0);
        QCOMPARE(at(xf, 5), 4.0);
    }
    void fillFollowsTheCascade_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("hex");
        QTest::newRow("default is black") << "<rect width='1' height='1'/>" << "#000000";
        QTest::newRow("attribute") << "<rect width='1' height='1' fill='red'/>" << "#FF0000";
        QTest::newRow("inherited") << "<g fill='#0f0'><rect width='1' height='1'/></g>" << "#00FF00";
        QTest::newRow("class beats attribute") << "<style>.a{fill:blue}</style><rect class='b a' width='1' height='1' fill='red'/>" << "#0000FF";
        QTest::newRow("id beats class") << "<style>#i{fill:#123456}.a{fill:blue}</style><rect id='i' class='a' width='1' height='1'/>" << "#123456";
        QTest::newRow("style attribute wins") << "<style>#i{fill:red}</style><rect id='i' style='fill: rgb(10,20,30) !important' width='1' height='1'/>" << "#0A141E";
        QTest::newRow("descendant selector") << "<style>g .a{fill:lime}</style><g><rect class='a' width='1' height='1'/></g>" << "#00FF00";
        QTest::newRow("currentColor") << "<g color='#abcdef'><rect fill='currentColor' width='1' height='1'/></g>" << "#ABCDEF";
        QTest::newRow("hsl") << "<rect width='1' height='1' fill='hsl(120, 100%, 50%)'/>" << "#00FF00";
        QTest::newRow("media rules are skipped") << "<style>@media print{rect{fill:red}} rect{fill:blue}</style><rect width='1' height='1'/>" << "#0000FF";
    }
    void fillFollowsTheCascade()
    {
        QFETCH(QString, body);
        QFETCH(QString, hex);
        Imported result = imported(svg(body.toStdString()));
        const ImportedNode* node = &result.root.children.at(0);
        while (node->type == NodeType::group)
            node = &node->children.at(0);
        const crdt::Any& color = *firstFill(*node).find("color")->find("c");
        const Color read{float(at(color, 0)), float(at(color, 1)), float(at(color, 2)), 1};
        QCOMPARE(QString::fromStdString(toHexColor(read)), hex);
    }
    void strokePropertiesAreKept()
    {
        const Imported result = imported(svg("<path d='M0 0L9 9' fill='none' stroke='red' stroke-width='2' stroke-linecap='round' stroke-linejoin='bevel' stroke-dasharray='3'/>"));
        const ImportedNode& node = result.root.children.at(0);
        QVERIFY(!stored(node, "fills"));
        QCOMPARE(*stored(node, "sw")->number(), 2.0);
        QCOMPARE(*stored(node, "sCap")->string(), std::string("round"));
        QCOMPARE(*stored(node, "sJoin")->string(), std::string("bevel"));
        QCOMPARE(stored(node, "sDash")->array()->size(), std::size_t{2}); // an odd list repeats
    }
    void gradientsBecomePaints()
    {
        const Imported result = imported(svg("<defs><linearGradient id='a'><stop offset='0' stop-color='red'/><stop offset='100%' stop-color='blue' stop-opacity='.5'/></linearGradient>"
                                             "<linearGradient id='b' href='#a' gradientUnits='userSpaceOnUse' x1='10' y1='10' x2='30' y2='10'/></defs>"
                                             "<rect x='10' y='10' width='20' height='20' fill='url(#b)'/>"));
        const crdt::Any& paint = firstFill(result.root.children.at(0));
        QCOMPARE(*paint.find("type")->string(), std::string("gradient"));
        QCOMPARE(paint.find("stops")->array()->size(), std::size_t{2});
        const crdt::Any& matrix = *paint.find("matrix");
        QVERIFY(std::abs(at(matrix, 0) - 1) < 1e-6 && std::abs(at(matrix, 4)) < 1e-6); // across the whole box
    }
    void gradientChainsThatLoopEnd()
    {
        const Imported result = imported(svg("<linearGradient id='a' href='#b'/><linearGradient id='b' href='#a'/><rect width='5' height='5' fill='url(#a)'/>"));
        QCOMPARE(result.root.children.size(), std::size_t{1});
        QVERIFY(!stored(result.root.children[0], "fills"));
    }
    void useInstantiatesAndSymbolScales()
    {
        const Imported result = imported(svg("<symbol id='s' viewBox='0 0 10 10'><rect width='10' height='10'/></symbol><use href='#s' x='5' width='20' height='20'/>"));
        const ImportedNode& use = result.root.children.at(0);
        QCOMPARE(at(*stored(use, "xf"), 4), 5.0);
        const ImportedNode& viewport = use.children.at(0);
        QCOMPARE(viewport.type, NodeType::frame); // a symbol clips
        QCOMPARE(at(*stored(viewport, "size"), 0), 20.0);
        QCOMPARE(at(*stored(viewport.children.at(0), "xf"), 0), 2.0);
    }
    void useThatRefersToItselfEndsWithANotice()
    {
        const Imported result = imported(svg("<g id='g'><rect width='1' height='1'/><use href='#g'/></g>"));
        QVERIFY(!result.notices.empty());
    }
    void exponentialUseIsRefused()
    {
        std::string body = "<defs><g id='l0'><rect width='1' height='1'/></g>";
        for (int i = 1; i <= 12; ++i) {
            body += "<g id='l" + std::to_string(i) + "'>";
            for (int k = 0; k < 10; ++k)
                body += "<use href='#l" + std::to_string(i - 1) + "'/>";
            body += "</g>";
        }
        const auto result = importSvg(asBytes(svg(body + "</defs><use href='#l12'/>")), "bomb");
        QCOMPARE(result.error().code, ImportErrc::tooComplex);
    }
    void textKeepsLinesRunsAndAnchor()
    {
        const Imported result = imported(svg("<text x='50' y='40' text-anchor='middle' font-size='20'>Hello <tspan fill='red' font-weight='bold'>big</tspan><tspan x='50' dy='24'>world</tspan></text>"));
        const ImportedNode& text = result.root.children.at(0);
        QCOMPARE(text.text, std::string("Hello big\nworld"));
        QCOMPARE(text.formats.at(1).at, 6u);
        QCOMPARE(text.formats.at(1).count, 4u); // the line break too
        QCOMPARE(*stored(text, "para")->find("align")->string(), std::string("center"));
    }
    void embeddedPngBecomesAnAsset()
    {
        const Imported result = imported(svg("<image width='8' height='8' href='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='/>"));
        QCOMPARE(result.assets.size(), std::size_t{1});
        QCOMPARE(result.assets[0].widthPx, 1u);
        QCOMPARE(result.root.children.at(0).type, NodeType::image);
    }
    void linkedImagesAreNotFetched()
    {
        const Imported result = imported(svg("<image width='8' height='8' href='http://example.com/a.png'/>"));
        QVERIFY(result.assets.empty());
        QCOMPARE(result.root.children.at(0).type, NodeType::svgRaw);
        QVERIFY(result.notices.at(0).what.find("never fetched") != std::string::npos);
    }
    void badInputNamesWhatAndWhere_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<int>("code");
        QTest::newRow("empty") << QByteArray() << int(ImportErrc::notThisFormat);
        QTest::newRow("html") << QByteArray("<html><body/></html>") << int(ImportErrc::notThisFormat);
        QTest::newRow("cut short") << QByteArray("<svg><g><rect width='5'") << int(ImportErrc::malformed);
        QTest::newRow("mismatched tags") << QByteArray("<svg><g></svg></g>") << int(ImportErrc::malformed);
        QTest::newRow("binary") << QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16) << int(ImportErrc::notThisFormat);
        QTest::newRow("too deep") << QByteArray("<svg>") + QByteArray("<g>").repeated(300) + QByteArray("</g>").repeated(300) + QByteArray("</svg>") << int(ImportErrc::tooComplex);
    }
    void badInputNamesWhatAndWhere()
    {
        QFETCH(QByteArray, source);
        QFETCH(int, code);
        const auto result = importSvg(asBytes(source.toStdString()), "bad");
        QVERIFY(!result);
        QCOMPARE(int(result.error().code), code);
        QVERIFY(!describe(result.error()).empty());
    }
    void hundredMegabytesAreRefusedUnread()
    {
        const Bytes big(std::size_t{100} << 20, ' ');
        const auto result = importSvg(big, "big");
        QCOMPARE(result.error().code, ImportErrc::tooLarge);
    }
    void importedNodesApplyToADocument()
    {
        SeededRandom random(3);
        auto document = document::Document::createBlank(random, "Doc");
        const Imported result = imported(svg("<g><rect width='5' height='5'/><text y='9'>Hi</text></g>"));
        const auto commands = toCommands(result, {document->tree().pages.at(0), std::nullopt}, random);
        QVERIFY(document::apply(*document, commands, "import").hasValue());
        const auto& onPage = document->tree().childrenOf(document->tree().pages.at(0));
        QCOMPARE(onPage.size(), std::size_t{1});
        const NodeId group = document->tree().childrenOf(onPage[0]).at(0);
        const NodeId text = document->tree().childrenOf(group).at(1);
        QCOMPARE(document->node(text)->plainText(), std::string("Hi"));
        QCOMPARE(document->node(text)->text.at(0).style.family, std::string("Inter"));
    }
    void layersOfTheExchangeFormBecomeNodes()
    {
        const crdt::Any layers = crdt::parseJson(R"([{"t":"rect","name":"Back","props":{"size":[10,20],"t":"page"}},
            {"t":"group","children":[{"t":"text","text":"Hi you","runs":[{"insert":"Hi ","attributes":{"size":24}},{"insert":"you"}]}]}])").value();
        const auto nodes = parseLayers(layers).value();
        QCOMPARE(nodes.size(), std::size_t{2});
        QCOMPARE(nodes[0].properties.size(), std::size_t{1}); // t is not a property to set
        QCOMPARE(nodes[1].children.at(0).formats.size(), std::size_t{1});
        QCOMPARE(nodes[1].children.at(0).formats.at(0).count, 3u);
    }
    void runsMustAddUpToTheText()
    {
        const auto result = parseLayers(crdt::parseJson(R"([{"t":"text","text":"Hi","runs":[{"insert":"Hi you"}]}])").value());
        QCOMPARE(result.error().code, ImportErrc::malformed);
    }
    void brokenLayersNameThePath()
    {
        const auto result = parseLayers(crdt::parseJson(R"([{"t":"group","children":[{"t":"page"}]}])").value());
        QVERIFY(result.error().detail.starts_with("layers[0].children[0]"));
    }
};

QTEST_APPLESS_MAIN(SvgImportTest)
#include "svg_import_test.moc"
