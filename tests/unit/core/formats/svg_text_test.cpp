#include <QtTest>

#include <cmath>

#include <core/base/utf.h>
#include <core/crdt/any.h>
#include <core/document/document.h>
#include <core/formats/svg_import.h>

using namespace tessera;
using namespace tessera::formats;
using document::NodeType;

namespace {

Imported imported(const std::string& body)
{
    const std::string source = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
                               "viewBox=\"0 0 200 100\" width=\"200\" height=\"100\">" + body + "</svg>";
    return importSvg(asBytes(source), "Test").value();
}

const ImportedNode* findText(const std::vector<ImportedNode>& nodes)
{
    for (const ImportedNode& node : nodes) {
        if (node.type == NodeType::text)
            return &node;
        if (const ImportedNode* found = findText(node.children))
            return found;
    }
    return nullptr;
}

/// The last text of the drawing, so that definitions may come first.
ImportedNode text(const std::string& body)
{
    const Imported result = imported(body);
    const ImportedNode* found = findText(result.root.children);
    return found ? *found : ImportedNode{};
}

const crdt::Any* find(const document::Properties& properties, std::string_view key)
{
    for (const auto& [name, value] : properties)
        if (name == key)
            return &value;
    return nullptr;
}

double number(const crdt::Any* value) { return value && value->number() ? *value->number() : NAN; }
std::string string(const crdt::Any* value) { return value && value->string() ? *value->string() : std::string(); }

/// Attribute of the run that holds a UTF-16 unit.
const crdt::Any* attribute(const ImportedNode& node, std::uint32_t unit, std::string_view key)
{
    for (const ImportedFormat& format : node.formats)
        if (unit >= format.at && unit < format.at + format.count)
            return find(format.attributes, key);
    return nullptr;
}

Point origin(const ImportedNode& node)
{
    const crdt::Any* xf = find(node.properties, "xf");
    return xf ? Point{*xf->array()->at(4).number(), *xf->array()->at(5).number()} : Point{};
}

/// Where a run's start is in user space: stored ones are in node coordinates.
Point startOf(const ImportedNode& node, std::uint32_t unit)
{
    const crdt::Any* start = attribute(node, unit, "start");
    if (!start)
        return {NAN, NAN};
    const Point o = origin(node);
    return {number(start->find("x")) + o.x, number(start->find("y")) + o.y};
}

bool near(double a, double b) { return std::abs(a - b) < 1e-3; }
bool near(Point a, Point b) { return near(a.x, b.x) && near(a.y, b.y); }

} // namespace

/// Text of SVG files as positioned text nodes.
class SvgTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aTextStandsWhereItSays()
    {
        const ImportedNode node = text("<text x='30' y='40'>Hi</text>");
        QCOMPARE(node.text, std::string("Hi"));
        QCOMPARE(string(find(node.properties, "para")->find("layout")), std::string("positioned"));
        QVERIFY(near(startOf(node, 0), {30, 40}));
        QVERIFY(near(startOf(text("<text>Hi</text>"), 0), {0, 0}));
        QVERIFY(near(startOf(text("<text x='25%' y='50%'>Hi</text>"), 0), {50, 50}));
        QVERIFY(near(startOf(text("<text font-size='20' x='2em'>Hi</text>"), 0), {40, 0}));
    }
    void theNodesBoxIsAboutWhereTheTextIs()
    {
        const ImportedNode node = text("<text x='100' y='40' font-size='20' text-anchor='end'>Hello</text>");
        const double width = *find(node.properties, "size")->array()->at(0).number();
        QVERIFY(near(origin(node).x + width, 100));
        QVERIFY(origin(node).y < 40 && origin(node).y > 10);
    }
    void listsPlaceCharacters()
    {
        const ImportedNode node = text("<text x='10 20 30' y='5 6'>abcd</text>");
        QVERIFY(near(startOf(node, 0), {10, 5}));
        QVERIFY(near(startOf(node, 1), {20, 6}));
        QVERIFY(near(startOf(node, 2).x, 30));
        QVERIFY(!attribute(node, 2, "start")->find("y"));
        QCOMPARE(node.formats.back().count, 2u); // the last one follows the third
    }
    void listsCountCharactersNotUnits()
    {
        const ImportedNode node = text("<text x='10 20'>\U0001F600b</text>");
        QCOMPARE(node.formats.at(0).count, 2u); // a surrogate pair
        QVERIFY(near(startOf(node, 2).x, 20));
    }
    void equalShiftsStayApart()
    {
        const ImportedNode node = text("<text dx='5 5 5'>abc</text>");
        QCOMPARE(node.formats.size(), std::size_t{3});
        QVERIFY(number(node.formats[0].attributes.back().second.find("n")) != number(node.formats[1].attributes.back().second.find("n")));
        SeededRandom random(1);
        const auto document = documentOf("<text dx='5 5 5'>abc</text>", random);
        QCOMPARE(textIn(*document)->text.size(), std::size_t{3});
        QCOMPARE(textIn(*document)->text[2].style.start->dx, 5.0);
    }
    void innerListsWin()
    {
        const ImportedNode node = text("<text x='1 2 3 4'>a<tspan x='50'>b</tspan>c</text>");
        QVERIFY(near(startOf(node, 1).x, 50));
        QVERIFY(near(startOf(node, 2).x, 3));
    }
    void rotationsGoOnWithTheLast()
    {
        const ImportedNode node = text("<text rotate='10 20'>abc<tspan rotate='0'>d</tspan>e</text>");
        QCOMPARE(number(attribute(node, 0, "rotate")), 10.0);
        QCOMPARE(number(attribute(node, 2, "rotate")), 20.0);
        QVERIFY(!attribute(node, 3, "rotate"));
        QCOMPARE(number(attribute(node, 4, "rotate")), 20.0);
        QVERIFY(!attribute(text("<text rotate='5mm'>a</text>"), 0, "rotate"));
    }
    void whatIsNotDisplayedIsNotThere()
    {
        const ImportedNode node = text("<text rotate='10 30 50'>T<tspan display='none'>ex</tspan>t</text>");
        QCOMPARE(node.text, std::string("Tt"));
        QCOMPARE(number(attribute(node, 1, "rotate")), 30.0);
    }
    void whatIsHiddenKeepsItsPlace()
    {
        const ImportedNode node = text("<text>a<tspan visibility='hidden'>b</tspan>c</text>");
        QCOMPARE(node.text, std::string("abc"));
        QCOMPARE(*attribute(node, 1, "fill")->find("visible"), crdt::Any(false));
        QVERIFY(!attribute(node, 2, "fill")->find("visible"));
    }

    void spaceCollapses_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("shown");
        QTest::newRow("around and within") << "<text>\n  a \t\n b\n</text>" << "a b";
        QTest::newRow("between spans") << "<text>a <tspan> b </tspan> c</text>" << "a b c";
        QTest::newRow("none where there was none") << "<text>a<tspan>b</tspan>c</text>" << "abc";
        QTest::newRow("a span of space") << "<text>a<tspan> </tspan>b</text>" << "a b";
        QTest::newRow("between two spans") << "<text><tspan>a</tspan>\n <tspan>b</tspan></text>" << "a b";
        QTest::newRow("leading in a span") << "<text> <tspan> a</tspan></text>" << "a";
        QTest::newRow("preserved") << "<text xml:space='preserve'> a\n b </text>" << " a  b ";
        QTest::newRow("preserved inside") << "<text>a  <tspan xml:space='preserve'>  b  </tspan>  c</text>" << "a   b  c";
        QTest::newRow("default inside") << "<text xml:space='preserve'> a <tspan xml:space='default'>  b  </tspan></text>" << " a b";
        QTest::newRow("inherited") << "<g xml:space='preserve'><text> a </text></g>" << " a ";
        QTest::newRow("entities and CDATA") << "<text>&lt;&amp;<![CDATA[<x>]]></text>" << "<&<x>";
        QTest::newRow("comments and titles") << "<text>a<!-- b --><title>t</title>c</text>" << "ac";
    }
    void spaceCollapses()
    {
        QFETCH(QString, body);
        QFETCH(QString, shown);
        QCOMPARE(QString::fromStdString(text(body.toStdString()).text), shown);
    }
    void textWithoutCharactersIsNoNode()
    {
        QVERIFY(imported("<text> \n </text><text/><text><tspan/></text>").root.children.empty());
    }

    void lowerChunksAreNewLines()
    {
        const ImportedNode node = text("<text x='10' y='20'><tspan x='10'>one</tspan><tspan x='10' dy='20'>two</tspan><tspan x='10' y='70'>three</tspan></text>");
        QCOMPARE(node.text, std::string("one\ntwo\nthree"));
        QVERIFY(near(startOf(node, 4), {10, 20}));
        QCOMPARE(number(attribute(node, 4, "start")->find("dy")), 20.0);
        QVERIFY(near(startOf(node, 8), {10, 70}));
        QCOMPARE(text("<text><tspan x='0'>one</tspan><tspan x='90'>two</tspan></text>").text, std::string("onetwo"));
    }
    void anchorsBelongToChunks()
    {
        const ImportedNode node = text("<text x='9' text-anchor='end'>a<tspan x='5' text-anchor='middle'>b</tspan><tspan x='7'>c</tspan></text>");
        QCOMPARE(string(find(node.properties, "para")->find("align")), std::string("right"));
        QVERIFY(!attribute(node, 0, "anchor"));
        QCOMPARE(string(attribute(node, 1, "anchor")), std::string("middle"));
        QVERIFY(!attribute(node, 2, "anchor"));
        QCOMPARE(string(find(text("<text text-anchor='nonsense'>a</text>").properties, "para")->find("align")), std::string("left"));
    }

    void fontsAreKeptAsLists()
    {
        const ImportedNode node = text("<text font-family=\"'My Font', Arial, sans-serif\" font-style='oblique' font-stretch='condensed' font-variant='small-caps' font-kerning='none'>a</text>");
        QCOMPARE(string(attribute(node, 0, "family")), std::string("'My Font', Arial, sans-serif"));
        QCOMPARE(*attribute(node, 0, "italic"), crdt::Any(true));
        QCOMPARE(number(attribute(node, 0, "stretch")), 75.0);
        QCOMPARE(string(attribute(node, 0, "case")), std::string("smallCaps"));
        QCOMPARE(number(attribute(node, 0, "features")->find("kern")), 0.0);
    }
    void sizesAndWeightsAreRelativeToTheParents_data()
    {
        QTest::addColumn<QString>("outer");
        QTest::addColumn<QString>("inner");
        QTest::addColumn<double>("size");
        QTest::addColumn<double>("weight"); // 400 is not stored
        QTest::newRow("em") << "font-size='20'" << "font-size='1.5em'" << 30.0 << 400.0;
        QTest::newRow("ex") << "font-size='20'" << "font-size='1ex'" << 10.0 << 400.0;
        QTest::newRow("percent") << "font-size='20'" << "font-size='80%'" << 16.0 << 400.0;
        QTest::newRow("larger") << "font-size='20'" << "font-size='larger'" << 24.0 << 400.0;
        QTest::newRow("smaller") << "font-size='12'" << "font-size='smaller'" << 10.0 << 400.0;
        QTest::newRow("keyword") << "" << "font-size='x-large'" << 23.04 << 400.0;
        QTest::newRow("negative counts not") << "font-size='20'" << "font-size='-3'" << 20.0 << 400.0;
        QTest::newRow("bolder") << "font-size='10'" << "font-weight='bolder'" << 10.0 << 700.0;
        QTest::newRow("bolder than bold") << "font-weight='bold' font-size='10'" << "font-weight='bolder'" << 10.0 << 900.0;
        QTest::newRow("lighter than bold") << "font-weight='700' font-size='10'" << "font-weight='lighter'" << 10.0 << 400.0;
        QTest::newRow("lighter than normal") << "font-size='10'" << "font-weight='lighter'" << 10.0 << 100.0;
        QTest::newRow("nonsense") << "font-weight='600' font-size='10'" << "font-weight='heavy'" << 10.0 << 600.0;
    }
    void sizesAndWeightsAreRelativeToTheParents()
    {
        QFETCH(QString, outer);
        QFETCH(QString, inner);
        QFETCH(double, size);
        QFETCH(double, weight);
        const ImportedNode node = text("<g " + outer.toStdString() + "><text " + inner.toStdString() + ">a</text></g>");
        QVERIFY(near(number(attribute(node, 0, "size")), size));
        const crdt::Any* stored = attribute(node, 0, "weight");
        QCOMPARE(stored ? number(stored) : 400.0, weight);
    }
    void settingsOfFontsAreRead()
    {
        const ImportedNode node = text("<text style=\"font-variation-settings: 'wght' 350, 'slnt' -10; font-feature-settings: 'ss01', 'liga' off, 'bad' 3\">a</text>");
        QCOMPARE(number(attribute(node, 0, "axes")->find("slnt")), -10.0);
        QCOMPARE(number(attribute(node, 0, "features")->find("ss01")), 1.0);
        QCOMPARE(number(attribute(node, 0, "features")->find("liga")), 0.0);
        QCOMPARE(attribute(node, 0, "features")->object()->size(), std::size_t{2});
    }
    void spacingIsInPixels()
    {
        const ImportedNode node = text("<text font-size='20' letter-spacing='0.1em' word-spacing='5'>a</text>");
        QVERIFY(near(number(attribute(node, 0, "letterSpacing")), 2));
        QCOMPARE(number(attribute(node, 0, "wordSpacing")), 5.0);
        QVERIFY(!attribute(text("<text letter-spacing='normal'>a</text>"), 0, "letterSpacing"));
    }
    void baselineShiftsOfSpansAddUp()
    {
        const ImportedNode node = text("<text baseline-shift='super' font-size='20'>a<tspan baseline-shift='super'>b<tspan baseline-shift='25%'>c</tspan></tspan></text>");
        QVERIFY(!attribute(node, 0, "baseline")); // the text's own does not count
        QCOMPARE(string(attribute(node, 1, "baseline")), std::string("super"));
        QCOMPARE(attribute(node, 2, "baseline")->array()->size(), std::size_t{2});
        QCOMPARE(*attribute(node, 2, "baseline")->array()->at(0).number(), 5.0);
    }
    void dominantBaselinesAreInheritedAlignmentIsNot()
    {
        const ImportedNode node = text("<text dominant-baseline='middle'>a<tspan alignment-baseline='hanging'>b<tspan>c</tspan></tspan></text>");
        QCOMPARE(string(attribute(node, 0, "baselineAlign")), std::string("middle"));
        QCOMPARE(string(attribute(node, 1, "baselineAlign")), std::string("hanging"));
        QCOMPARE(string(attribute(node, 2, "baselineAlign")), std::string("middle"));
    }
    void lengthsReachOverTheirElement()
    {
        const ImportedNode node = text("<text textLength='90'>a<tspan textLength='20' lengthAdjust='spacingAndGlyphs'>b</tspan>c</text>");
        QCOMPARE(number(attribute(node, 0, "fit")->find("length")), 90.0);
        QCOMPARE(*attribute(node, 0, "fit"), *attribute(node, 2, "fit"));
        QCOMPARE(number(attribute(node, 1, "fit")->find("length")), 20.0);
        QCOMPARE(*attribute(node, 1, "fit")->find("glyphs"), crdt::Any(true));
        QVERIFY(!attribute(text("<g textLength='50'><text textLength='-1'>a</text></g>"), 0, "fit"));
    }

    void decorationsArePaintedAsWhoAsksForThem()
    {
        const ImportedNode node = text("<g text-decoration='underline' fill='lime'><text fill='yellow' text-decoration='line-through'>a<tspan fill='blue'>b</tspan></text></g>");
        QCOMPARE(attribute(node, 0, "decoration")->array()->size(), std::size_t{2});
        QVERIFY(!attribute(node, 0, "decoration")->array()->at(0).find("fill")); // its own fill
        const crdt::Any& through = attribute(node, 1, "decoration")->array()->at(1);
        QCOMPARE(string(through.find("line")), std::string("line-through"));
        QCOMPARE(*through.find("fill")->find("color"), document::toAny(Color{1, 1, 0, 1}));
        // What is asked for around the text is painted as the text.
        QCOMPARE(*attribute(node, 1, "decoration")->array()->at(0).find("fill")->find("color"), document::toAny(Color{1, 1, 0, 1}));
    }
    void strokesKeepTheirStyle()
    {
        const ImportedNode node = text("<text stroke='red' stroke-width='2' stroke-linejoin='round' stroke-dasharray='3 1' paint-order='stroke'>a</text>");
        const crdt::Any* stroke = attribute(node, 0, "stroke");
        QCOMPARE(number(stroke->find("width")), 2.0);
        QCOMPARE(string(stroke->find("join")), std::string("round"));
        QCOMPARE(stroke->find("dash")->array()->size(), std::size_t{2});
        QCOMPARE(*attribute(node, 0, "strokeFirst"), crdt::Any(true));
        QVERIFY(!attribute(text("<text stroke='red' stroke-width='0'>a</text>"), 0, "stroke"));
    }
    void gradientsReferToTheTextOrToUserSpace()
    {
        const std::string stops = "<stop offset='0' stop-color='red'/><stop offset='1' stop-color='blue'/>";
        const ImportedNode box = text("<linearGradient id='g'>" + stops + "</linearGradient><text x='50' y='40' fill='url(#g)'>a</text>");
        QVERIFY(!attribute(box, 0, "fill")->find("units"));
        QVERIFY(near(*attribute(box, 0, "fill")->find("matrix")->array()->at(0).number(), 1));
        const ImportedNode user = text("<linearGradient id='g' gradientUnits='userSpaceOnUse' x1='60' x2='80'>" + stops + "</linearGradient><text x='50' y='40' fill='url(#g)'>a</text>");
        QCOMPARE(string(attribute(user, 0, "fill")->find("units")), std::string("node"));
        const auto& matrix = *attribute(user, 0, "fill")->find("matrix")->array();
        QVERIFY(near(*matrix[0].number(), 20) && near(*matrix[4].number() + origin(user).x, 60));
    }
    void patternsOfRunsNameTheirNode()
    {
        SeededRandom random(1);
        const auto document = documentOf("<pattern id='p' patternUnits='userSpaceOnUse' width='4' height='4'><rect width='2' height='2'/></pattern>"
                                         "<text fill='url(#p)' stroke='url(#p)'>a</text>", random);
        const document::Node* node = textIn(*document);
        QVERIFY(node->text[0].style.paint && document->node(node->text[0].style.paint->pattern));
        QVERIFY(node->text[0].style.stroke && document->node(node->text[0].style.stroke->paint.pattern));
    }

    void textFollowsPaths()
    {
        const ImportedNode node = text("<path id='p' d='M 0 0 L 100 0' transform='translate(0 50)'/><text font-size='10'>ab"
                                       "<textPath xlink:href='#p' startOffset='10%'>cd<tspan dy='3'>e</tspan></textPath>f</text>");
        QCOMPARE(node.text, std::string("abcdef"));
        QVERIFY(!attribute(node, 1, "onPath"));
        QCOMPARE(string(attribute(node, 2, "onPath")->find("offset")), std::string("10%"));
        QCOMPARE(*attribute(node, 2, "onPath"), *attribute(node, 4, "onPath"));
        QVERIFY(!attribute(node, 5, "onPath"));
        const auto& points = *find(node.properties, "paths")->array()->at(0).find("subs")->array()->at(0).find("points")->array();
        QVERIFY(near(*points[1].number() + origin(node).y, 50)); // the path's own transform counts
    }
    void coordinatesOnAPathAreOffsets()
    {
        const ImportedNode node = text("<path id='p' d='M 0 0 L 100 0'/><text x='20' y='30'><textPath href='#p' x='9' startOffset='5mm'>ab</textPath></text>");
        QCOMPARE(number(attribute(node, 0, "start")->find("x")), 20.0);
        QVERIFY(near(number(attribute(node, 0, "onPath")->find("offset")), 5 * 96 / 25.4));
    }
    void shapesServeAsPaths_data()
    {
        QTest::addColumn<QString>("shape");
        for (const char* shape : {"<rect id='p' width='9' height='9'/>", "<circle id='p' r='9'/>", "<line id='p' x2='9'/>", "<polygon id='p' points='0 0 5 0 5 5'/>"})
            QTest::newRow(shape) << shape;
    }
    void shapesServeAsPaths()
    {
        QFETCH(QString, shape);
        const ImportedNode node = text(shape.toStdString() + "<text><textPath href='#p'>ab</textPath></text>");
        QVERIFY(find(node.properties, "paths")->array()->at(0).find("subs")->array()->at(0).find("points")->array()->size() >= 12);
    }
    void textOnNoPathIsNotDrawn()
    {
        const ImportedNode node = text("<text x='1 2 3 4'>a<textPath href='#nothing'>bc</textPath>d</text>");
        QCOMPARE(node.text, std::string("ad"));
        QVERIFY(near(startOf(node, 1).x, 4)); // but its characters count
        QVERIFY(imported("<g id='g'/><text><textPath href='#g'>a</textPath></text>").root.children.empty());
    }

    void deepNestingEnds()
    {
        std::string open, close;
        for (int i = 0; i < 200; ++i)
            open += "<tspan>", close += "</tspan>";
        const auto result = importSvg(asBytes("<svg xmlns='http://www.w3.org/2000/svg'><text>" + open + "a" + close + "</text></svg>"), "x", {.maxDepth = 100});
        QVERIFY(!result || result.value().root.children.size() <= 1);
    }

private:
    static std::unique_ptr<document::Document> documentOf(const std::string& body, Random& random)
    {
        auto document = document::Document::createBlank(random, "x");
        const NodeId page = document->tree().pages.front();
        for (const document::Command& command : toCommands(imported(body), {page, {}}, random))
            if (const auto done = document::apply(*document, command, "me"); !done)
                qFatal("%s", document::describe(done.error()).c_str());
        return document;
    }
    static const document::Node* textIn(const document::Document& document)
    {
        std::vector<NodeId> open{document.tree().pages.front()};
        while (!open.empty()) {
            const NodeId id = open.back();
            open.pop_back();
            if (const document::Node* node = document.node(id); node && node->type == NodeType::text)
                return node;
            for (const NodeId& child : document.tree().childrenOf(id))
                open.push_back(child);
        }
        return nullptr;
    }
};

QTEST_APPLESS_MAIN(SvgTextTest)
#include "svg_text_test.moc"
