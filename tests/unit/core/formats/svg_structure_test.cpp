#include <QtTest>

#include <cmath>

#include <core/document/document.h>
#include <core/formats/svg_import.h>

using namespace tessera;
using namespace tessera::formats;
using document::NodeType;

namespace {

std::string svg(const std::string& body, const std::string& attributes = "viewBox='0 0 100 100' width='100' height='100'")
{
    return "<svg xmlns='http://www.w3.org/2000/svg' " + attributes + ">" + body + "</svg>";
}

Imported imported(const std::string& source) { return importSvg(asBytes(source), "Test").value(); }

const crdt::Any* stored(const ImportedNode& node, std::string_view key)
{
    for (const auto& [name, value] : node.properties) {
        if (name == key)
            return &value;
    }
    return nullptr;
}

double at(const crdt::Any& value, std::size_t index) { return *value.array()->at(index).number(); }

std::string text(const ImportedNode& node, std::string_view key)
{
    const crdt::Any* value = stored(node, key);
    return value && value->string() ? *value->string() : std::string();
}

/// The first node, depth first, that has the property.
const ImportedNode* firstWith(const ImportedNode& node, std::string_view key)
{
    if (stored(node, key))
        return &node;
    for (const ImportedNode& child : node.children) {
        if (const ImportedNode* found = firstWith(child, key))
            return found;
    }
    return nullptr;
}

std::size_t count(const ImportedNode& node, NodeType type)
{
    std::size_t sum = node.type == type;
    for (const ImportedNode& child : node.children)
        sum += count(child, type);
    return sum;
}

/// From the node's parent to the root.
const ImportedNode* parentOf(const ImportedNode& root, const ImportedNode* node)
{
    for (const ImportedNode& child : root.children) {
        if (&child == node)
            return &root;
        if (const ImportedNode* found = parentOf(child, node))
            return found;
    }
    return nullptr;
}

} // namespace

/// Clips, masks, markers, patterns, viewports and images of SVG as nodes.
class SvgStructureTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void clipOfOneShapeIsAVectorMask()
    {
        const Imported result = imported(svg("<clipPath id='c'><circle cx='10' cy='10' r='5'/></clipPath><rect width='20' height='20' clip-path='url(#c)'/>"));
        const ImportedNode* mask = firstWith(result.root, "mask");
        QVERIFY(mask);
        QCOMPARE(text(*mask, "mask"), std::string("vector"));
        QCOMPARE(mask->type, NodeType::ellipse);
        const ImportedNode* group = parentOf(result.root, mask);
        QCOMPARE(&group->children.front(), mask); // below what it shows
        QCOMPARE(group->children.back().type, NodeType::rect);
        QVERIFY(result.notices.empty());
    }
    void clipOfSeveralShapesIsAnAlphaMaskOfBlackShapes()
    {
        const Imported result = imported(svg("<clipPath id='c'><rect width='5' height='5' fill='none' stroke='red'/><circle r='5' opacity='0'/></clipPath>"
                                             "<g clip-path='url(#c)'><rect width='9' height='9'/></g>"));
        const ImportedNode* mask = firstWith(result.root, "mask");
        QCOMPARE(text(*mask, "mask"), std::string("alpha"));
        QCOMPARE(mask->children.size(), std::size_t{2});
        for (const ImportedNode& shape : mask->children) {
            QVERIFY(stored(shape, "fills"));
            QVERIFY(!stored(shape, "strokes"));
            QVERIFY(!stored(shape, "op"));
        }
    }
    void clipInBoxUnitsFollowsTheElement()
    {
        const Imported result = imported(svg("<clipPath id='c' clipPathUnits='objectBoundingBox'><rect width='0.5' height='1'/></clipPath>"
                                             "<rect x='10' y='20' width='40' height='10' clip-path='url(#c)'/>"));
        const ImportedNode* mask = firstWith(result.root, "mask");
        const crdt::Any& xf = *stored(*mask, "xf");
        QCOMPARE(at(xf, 0), 40.0);
        QCOMPARE(at(xf, 3), 10.0);
        QCOMPARE(at(xf, 4), 10.0);
        QCOMPARE(at(xf, 5), 20.0);
    }
    void clipAndMaskThatAreMissingCountAsNone()
    {
        const Imported result = imported(svg("<rect width='5' height='5' clip-path='url(#no)' mask='url(#neither)'/>"));
        QCOMPARE(result.root.children.at(0).type, NodeType::rect);
    }
    void elementWhoseFilterIsMissingIsNotDrawn()
    {
        const Imported result = imported(svg("<rect width='5' height='5' filter='url(#no)'/>"));
        QVERIFY(result.root.children.empty());
        QCOMPARE(result.notices.size(), std::size_t{1});
    }
    void emptyClipShowsNothing()
    {
        const Imported result = imported(svg("<clipPath id='c'/><rect width='5' height='5' clip-path='url(#c)'/>"));
        const ImportedNode* mask = firstWith(result.root, "mask");
        QVERIFY(mask && mask->children.empty()); // a mask without content hides all
    }
    void clipsThatNameEachOtherEnd()
    {
        const Imported result = imported(svg("<clipPath id='a' clip-path='url(#b)'><rect width='5' height='5'/></clipPath>"
                                             "<clipPath id='b' clip-path='url(#a)'><rect width='9' height='9'/></clipPath><rect width='7' height='7' clip-path='url(#a)'/>"));
        QVERIFY(count(result.root, NodeType::rect) >= 3);
    }
    void maskBecomesAFrameOfItsArea()
    {
        const Imported result = imported(svg("<mask id='m'><rect width='9' height='9' fill='white'/></mask><circle cx='20' cy='20' r='10' mask='url(#m)'/>"));
        const ImportedNode* mask = firstWith(result.root, "mask");
        QCOMPARE(text(*mask, "mask"), std::string("luminance"));
        QCOMPARE(mask->type, NodeType::frame);
        QCOMPARE(at(*stored(*mask, "size"), 0), 24.0); // 120 % of the circle's box
        QCOMPARE(at(*stored(*mask, "xf"), 4), 8.0);
        QCOMPARE(at(*stored(mask->children.at(0), "xf"), 4), -8.0);
    }
    void maskTypeAlphaIsKept()
    {
        const Imported result = imported(svg("<mask id='m' style='mask-type:alpha'><rect width='9' height='9'/></mask><circle r='10' mask='url(#m)'/>"));
        QCOMPARE(text(*firstWith(result.root, "mask"), "mask"), std::string("alpha"));
    }
    void opacityOfAMaskedElementIsOutside()
    {
        const Imported result = imported(svg("<mask id='m'><rect width='9' height='9'/></mask><circle r='10' opacity='.5' style='mix-blend-mode:multiply' mask='url(#m)'/>"));
        const ImportedNode& outer = result.root.children.at(0);
        QCOMPARE(*stored(outer, "op")->number(), 0.5);
        QCOMPARE(text(outer, "blend"), std::string("multiply"));
        QVERIFY(!firstWith(outer.children.at(0), "op"));
    }
    void blendModesCountInStyleSheetsOnly()
    {
        const Imported result = imported(svg("<rect width='5' height='5' mix-blend-mode='screen'/><g style='isolation:isolate'><rect width='5' height='5'/></g>"));
        QVERIFY(!stored(result.root.children.at(0), "blend"));
        QCOMPARE(text(result.root.children.at(1), "blend"), std::string("normal"));
    }

    void markersStandAtVerticesAndTurn()
    {
        const Imported result = imported(svg("<marker id='m' markerWidth='4' markerHeight='4' refX='2' refY='2' orient='auto'><rect width='4' height='4'/></marker>"
                                             "<path d='M0 0 H10 V10' stroke='red' stroke-width='2' marker-start='url(#m)' marker-mid='url(#m)' marker-end='url(#m)'/>"));
        const ImportedNode& group = result.root.children.at(0);
        QCOMPARE(group.children.size(), std::size_t{4}); // the path and three markers
        QCOMPARE(group.children.at(0).type, NodeType::vector);
        const crdt::Any& start = *stored(group.children.at(1), "xf");
        QCOMPARE(at(start, 0), 2.0); // scaled by the stroke's width
        QCOMPARE(at(start, 4), -4.0);
        const crdt::Any& mid = *stored(group.children.at(2), "xf");
        QVERIFY(std::abs(at(mid, 0) - std::sqrt(2.0)) < 1e-6); // half way between right and down
        const crdt::Any& end = *stored(group.children.at(3), "xf");
        QVERIFY(std::abs(at(end, 0)) < 1e-9 && std::abs(at(end, 1) - 2) < 1e-9);
    }
    void arcsHaveVerticesOnlyAtTheirEnds()
    {
        const Imported result = imported(svg("<marker id='m' overflow='visible'><rect width='4' height='4'/></marker><path d='M0 0 A40 40 0 1 1 30 50' marker-mid='url(#m)'/>"));
        QCOMPARE(count(result.root, NodeType::rect), std::size_t{0});
    }
    void markersOfInvisiblePathsAreInvisible()
    {
        const Imported result = imported(svg("<marker id='m'><rect width='4' height='4'/></marker><path visibility='hidden' d='M0 0 H10' marker-start='url(#m)'/>"));
        QCOMPARE(count(result.root, NodeType::rect), std::size_t{0});
    }
    void markersThatUseThemselvesEnd()
    {
        const Imported result = imported(svg("<marker id='m'><path d='M0 0 H10' marker-start='url(#m)'/></marker><path d='M0 0 H10' marker-start='url(#m)'/>"));
        QVERIFY(count(result.root, NodeType::vector) >= 1);
    }
    void paintOrderSplitsAShape_data()
    {
        QTest::addColumn<QString>("order");
        QTest::addColumn<QString>("first");
        QTest::newRow("stroke first") << "stroke" << "strokes";
        QTest::newRow("stroke, then fill") << "stroke fill" << "strokes";
        QTest::newRow("normal") << "normal" << "";
        QTest::newRow("fill first") << "fill stroke markers" << "";
        QTest::newRow("not understood") << "stroke qwe" << "";
    }
    void paintOrderSplitsAShape()
    {
        QFETCH(QString, order);
        QFETCH(QString, first);
        const Imported result = imported(svg("<rect width='5' height='5' stroke='red' paint-order='" + order.toStdString() + "'/>"));
        const ImportedNode& node = result.root.children.at(0);
        if (first.isEmpty()) {
            QCOMPARE(node.type, NodeType::rect);
            return;
        }
        QCOMPARE(node.children.size(), std::size_t{2});
        QVERIFY(stored(node.children[0], first.toStdString()));
        QVERIFY(!stored(node.children[0], "fills"));
    }

    void patternsBecomeHiddenNodesThatPaintsName()
    {
        SeededRandom random(1);
        const Imported result = imported(svg("<pattern id='p' patternUnits='userSpaceOnUse' width='10' height='5'><rect width='4' height='4'/></pattern>"
                                             "<rect x='20' y='30' width='50' height='50' fill='url(#p)'/>"));
        const ImportedNode& holder = result.root.children.at(0);
        QVERIFY(!*stored(holder, "vis")->boolean());
        auto document = document::Document::createBlank(random, "Doc");
        const auto commands = toCommands(result, {document->tree().pages.at(0), std::nullopt}, random);
        QVERIFY(document::apply(*document, commands, "import").hasValue());
        for (const NodeId& id : document->nodeIds()) {
            const document::Node& node = *document->node(id);
            if (node.fills.empty() || node.fills[0].kind != document::PaintKind::pattern)
                continue;
            const document::Paint& paint = node.fills[0];
            QVERIFY(document->node(paint.pattern)); // the minted id, not the key
            QCOMPARE(document->tree().childrenOf(paint.pattern).size(), std::size_t{1});
            QCOMPARE(paint.cell, (Rect{0, 0, 10, 5}));
            QCOMPARE(paint.gradientMatrix.e, -20.0); // from the page's corner to the node's
            QCOMPARE(paint.gradientMatrix.f, -30.0);
            return;
        }
        QFAIL("no pattern paint");
    }
    void patternsAreSharedByUsersOfOneCell()
    {
        const std::string pattern = "<pattern id='p' patternUnits='userSpaceOnUse' width='10' height='5'><rect width='4' height='4'/></pattern>";
        const Imported same = imported(svg(pattern + "<rect width='9' height='9' fill='url(#p)'/><circle r='9' fill='url(#p)'/>"));
        QCOMPARE(same.root.children.at(0).children.size(), std::size_t{1});
        const Imported boxes = imported(svg("<pattern id='p' width='.5' height='.5'><rect width='4' height='4'/></pattern>"
                                            "<rect width='9' height='9' fill='url(#p)'/><circle r='9' fill='url(#p)'/>"));
        QCOMPARE(boxes.root.children.at(0).children.size(), std::size_t{2});
    }
    void patternsThatUseThemselvesEnd()
    {
        const Imported result = imported(svg("<pattern id='p' patternUnits='userSpaceOnUse' width='10' height='5'><rect width='4' height='4' fill='url(#p)'/></pattern>"
                                             "<rect width='9' height='9' fill='url(#p)'/>"));
        QVERIFY(count(result.root, NodeType::rect) >= 1);
    }
    void paintServersThatServeNothingFallBack_data()
    {
        QTest::addColumn<QString>("server");
        QTest::newRow("gradient without stops") << "<linearGradient id='s'/>";
        QTest::newRow("pattern without a size") << "<pattern id='s'><rect width='1' height='1'/></pattern>";
        QTest::newRow("missing") << "";
        QTest::newRow("no paint server") << "<rect id='s' width='1' height='1'/>";
    }
    void paintServersThatServeNothingFallBack()
    {
        QFETCH(QString, server);
        const Imported result = imported(svg("<defs>" + server.toStdString() + "</defs><circle r='5' fill='url(#s) #00f'/>"));
        const crdt::Any& paint = stored(result.root.children.at(0), "fills")->array()->at(0);
        QCOMPARE(*paint.find("type")->string(), std::string("solid"));
        QCOMPARE(at(*paint.find("color")->find("c"), 2), 1.0);
    }
    void flatShapesHaveGradientsInUserSpaceOnly()
    {
        const std::string line = "<path d='M0 5 H40' stroke='url(#g)'/>", stops = "<stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient>";
        QVERIFY(!stored(imported(svg("<linearGradient id='g'>" + stops + line)).root.children.at(0), "strokes"));
        const Imported user = imported(svg("<linearGradient id='g' gradientUnits='userSpaceOnUse' x2='40'>" + stops + line));
        QCOMPARE(*stored(user.root.children.at(0), "strokes")->array()->at(0).find("type")->string(), std::string("gradient"));
    }
    void radialGradientsKeepFocusAndSpread()
    {
        const Imported result = imported(svg("<radialGradient id='g' fx='.7' fr='.1' spreadMethod='reflect'><stop/><stop offset='1' stop-color='red'/></radialGradient><circle r='5' fill='url(#g)'/>"));
        const crdt::Any& paint = stored(result.root.children.at(0), "fills")->array()->at(0);
        QVERIFY(std::abs(at(*paint.find("focus"), 0) - 0.7) < 1e-9);
        QVERIFY(std::abs(*paint.find("focusRadius")->number() - 0.1) < 1e-9);
        QCOMPARE(*paint.find("spread")->string(), std::string("reflect"));
    }

    void nestedSvgIsAFrameThatClipsUnlessItOverflows()
    {
        const std::string inside = "viewBox='0 0 10 10' x='5' width='20' height='20'><rect width='10' height='10'/></svg>";
        const ImportedNode clipped = imported(svg("<svg " + inside)).root.children.at(0);
        QCOMPARE(clipped.type, NodeType::frame);
        QCOMPARE(at(*stored(clipped, "xf"), 4), 5.0);
        QCOMPARE(at(*stored(clipped.children.at(0), "xf"), 0), 2.0);
        QCOMPARE(imported(svg("<svg overflow='visible' " + inside)).root.children.at(0).type, NodeType::group);
    }
    void useGivesAnSvgItsSize()
    {
        const Imported result = imported(svg("<defs><svg id='s' width='10' height='10' viewBox='0 0 10 10'><rect width='10' height='10'/></svg></defs><use href='#s' width='40'/>"));
        QCOMPARE(at(*stored(result.root.children.at(0).children.at(0), "size"), 0), 40.0);
        QCOMPARE(at(*stored(result.root.children.at(0).children.at(0), "size"), 1), 10.0);
    }
    void transformOriginIsThePointThatStays()
    {
        const Imported result = imported(svg("<rect x='10' y='10' width='10' height='10' transform='scale(2)' style='transform-origin:10px 10px'/>"));
        const crdt::Any& xf = *stored(result.root.children.at(0), "xf");
        QCOMPARE(at(xf, 0), 2.0);
        QCOMPARE(at(xf, 4), 10.0);
    }
    void flatTransformsDrawNothing() { QVERIFY(imported(svg("<rect width='5' height='5' transform='scale(0 1)'/>")).root.children.empty()); }
    void visibilityIsOfLeaves()
    {
        const Imported result = imported(svg("<g visibility='hidden'><rect width='5' height='5'/><rect width='5' height='5' visibility='visible'/></g>"));
        const ImportedNode& group = result.root.children.at(0);
        QVERIFY(!stored(group, "vis"));
        QVERIFY(!*stored(group.children.at(0), "vis")->boolean());
        QVERIFY(!stored(group.children.at(1), "vis"));
    }
    void hiddenShapesCountInBoxesAndUndisplayedDoNot_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<double>("width");
        QTest::newRow("hidden") << "visibility='hidden'" << 40.0;
        QTest::newRow("not displayed") << "display='none'" << 10.0;
    }
    void hiddenShapesCountInBoxesAndUndisplayedDoNot()
    {
        QFETCH(QString, how);
        QFETCH(double, width);
        const Imported result = imported(svg("<clipPath id='c' clipPathUnits='objectBoundingBox'><rect width='1' height='1'/></clipPath><g clip-path='url(#c)'><rect width='40' height='10' " +
                                             how.toStdString() + "/><rect width='10' height='10'/></g>"));
        QCOMPARE(at(*stored(*firstWith(result.root, "mask"), "xf"), 0), width);
    }
    void sizeOfAFileWithoutOneIsItsContent()
    {
        const Imported result = imported(svg("<rect x='20' y='10' width='100' height='50' stroke='red' stroke-width='3'/>", ""));
        QCOMPARE(at(*stored(result.root, "size"), 0), 122.0);
        QCOMPARE(at(*stored(result.root, "size"), 1), 62.0);
    }
    void unknownElementsDrawNothing() { QVERIFY(imported(svg("<sparkle><rect width='5' height='5'/></sparkle>")).root.children.empty()); }
    void radiiOfRectsAndEllipsesFollowEachOther()
    {
        const Imported result = imported(svg("<rect width='20' height='20' rx='-2' ry='3'/><ellipse rx='7'/>"));
        QCOMPARE(at(*stored(result.root.children.at(0), "radii"), 0), 3.0);
        QCOMPARE(at(*stored(result.root.children.at(1), "size"), 1), 14.0);
    }
    void dashesNeedGoodLengthsAndKeepTheirOffset()
    {
        const std::string line = "<path d='M0 0H9' stroke='red' stroke-dashoffset='10%' stroke-dasharray='";
        const ImportedNode good = imported(svg(line + "1mm, 2'/>")).root.children.at(0);
        QVERIFY(std::abs(at(*stored(good, "sDash"), 0) - 96 / 25.4) < 1e-4);
        QCOMPARE(*stored(good, "sDashOffset")->number(), 10.0);
        for (const char* bad : {"1 -2'/>", "1 x'/>", "0 0'/>", "none'/>"})
            QVERIFY2(!stored(imported(svg(line + bad)).root.children.at(0), "sDash"), bad);
    }
    void numbersWithUnitsAreNone()
    {
        const ImportedNode node = imported(svg("<path d='M0 0H9' stroke='red' stroke-miterlimit='5mm' opacity='50%'/>")).root.children.at(0);
        QVERIFY(!stored(node, "sMiter"));
        QCOMPARE(*stored(node, "op")->number(), 0.5);
    }

    void svgImagesBecomeNodes()
    {
        const std::string inner = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><rect width='10' height='10'/></svg>";
        const std::string data = QByteArray::fromStdString(inner).toBase64().toStdString();
        const Imported result = imported(svg("<image width='40' height='40' href='data:image/svg+xml;base64," + data + "'/>"));
        const ImportedNode& frame = result.root.children.at(0);
        QCOMPARE(frame.type, NodeType::frame);
        QCOMPARE(at(*stored(frame, "xf"), 0), 4.0);
        QCOMPARE(frame.children.at(0).type, NodeType::rect);
    }
    void linkedImagesComeThroughTheCallerOnly()
    {
        SvgLimits limits;
        std::string asked;
        const std::string inner = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><image href='inner.png'/><rect width='10' height='10'/></svg>";
        limits.linkedImage = [&](std::string_view href) {
            asked += href;
            return std::optional(Bytes(inner.begin(), inner.end()));
        };
        const auto result = importSvg(asBytes(svg("<image width='10' height='10' href='a/b.svg'/>")), "Test", limits);
        QCOMPARE(asked, std::string("a/b.svg")); // and not what the image links to
        QCOMPARE(count(result->root, NodeType::rect), std::size_t{1});
    }
    void imagesWithoutASideAreLeftOut()
    {
        QVERIFY(imported(svg("<image width='0' height='8' href='x.png'/>")).root.children.empty());
    }
};

QTEST_APPLESS_MAIN(SvgStructureTest)
#include "svg_structure_test.moc"
