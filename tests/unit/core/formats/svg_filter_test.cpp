#include <QtTest>

#include <core/document/filter.h>
#include <core/formats/svg_import.h>

#include "effect_form.h"
#include "svg_filter_functions.h"

using namespace tessera;
using namespace tessera::document;
using namespace tessera::formats;

namespace {

Imported imported(const std::string& body)
{
    const std::string source = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 200 100' width='200' height='100'>" + body + "</svg>";
    return importSvg(asBytes(source), "Test").value();
}

const crdt::Any* effectsOf(const ImportedNode& node)
{
    for (const auto& [key, value] : node.properties) {
        if (key == "effects")
            return &value;
    }
    for (const ImportedNode& child : node.children) {
        if (const crdt::Any* found = effectsOf(child))
            return found;
    }
    return nullptr;
}

std::vector<Effect> effects(const std::string& body) { return readEffects(effectsOf(imported(body).root)); }

const std::string box = "<rect x='20' y='10' width='100' height='50' filter='url(#f)'/>";

/// The graph that the element in a filter around `box` becomes.
Filter graph(const std::string& primitives, const std::string& attributes = {})
{
    const auto read = effects("<filter id='f' " + attributes + ">" + primitives + "</filter>" + box);
    return read.size() == 1 && read[0].filter ? *read[0].filter : Filter{};
}

template <class Operation> Operation only(const std::string& primitive, const std::string& attributes = {})
{
    const Filter filter = graph(primitive, attributes);
    return filter.primitives.empty() ? Operation{} : std::get<Operation>(filter.primitives[0].operation);
}

bool near(const Rect& a, const Rect& b)
{
    return std::abs(a.x - b.x) < 1e-3 && std::abs(a.y - b.y) < 1e-3 && std::abs(a.width - b.width) < 1e-3 &&
           std::abs(a.height - b.height) < 1e-3;
}

FilterInput result(std::size_t index) { return {FilterInput::From::primitive, index}; }

} // namespace

class SvgFilterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void theRegionIsATenthLargerThanTheBox()
    {
        QVERIFY(near(graph("<feFlood/>").region, {10, 5, 120, 60}));
        QVERIFY(near(graph("<feFlood/>", "x='0' y='50%' width='0.5' height='2'").region, {20, 35, 50, 100}));
        QVERIFY(near(graph("<feFlood/>", "filterUnits='userSpaceOnUse' x='10%' y='3' width='7' height='50%'").region, {20, 3, 7, 50}));
        QVERIFY(near(graph("<feFlood/>", "filterUnits='userSpaceOnUse'").region, {-20, -10, 240, 120}));
    }
    void areasAreOfThePrimitive()
    {
        QVERIFY(!graph("<feFlood/>").primitives[0].area);
        QVERIFY(near(*graph("<feFlood x='30' width='5%'/>").primitives[0].area, {30, 5, 10, 60}));
        QVERIFY(near(*graph("<feBlur/><feOffset x='0.5' height='0.5'/>", "primitiveUnits='objectBoundingBox'").primitives[0].area,
                     {70, 5, 120, 25}));
        QVERIFY(near(*graph("<feFlood x='0.5' height='0.5'/>", "primitiveUnits='objectBoundingBox'").primitives[0].area,
                     {70, 10, 100, 25}));
    }
    void inputsAreTheOneBeforeUnlessNamed()
    {
        const Filter filter = graph(
            "<feOffset/><feOffset result='a'/><feOffset in='SourceAlpha' result='b'/><feBlend in='a' in2='b'/>"
            "<feOffset in='nobody'/><feOffset in='BackgroundImage'/><feMerge><feMergeNode in='b'/><feMergeNode/></feMerge>");
        QVERIFY(filter.primitives[0].inputs == std::vector{FilterInput{}});
        QVERIFY(filter.primitives[1].inputs == std::vector{result(0)});
        QVERIFY(filter.primitives[2].inputs == (std::vector{FilterInput{FilterInput::From::sourceAlpha, 0}}));
        QVERIFY(filter.primitives[3].inputs == (std::vector{result(1), result(2)}));
        QVERIFY(filter.primitives[4].inputs == std::vector{result(3)});
        QVERIFY(filter.primitives[5].inputs == (std::vector{FilterInput{FilterInput::From::nothing, 0}}));
        QVERIFY(filter.primitives[6].inputs == (std::vector{result(2), result(5)}));
    }
    void laterResultsTakeTheName()
    {
        const Filter filter = graph("<feOffset result='a'/><feOffset result='a'/><feOffset in='a'/>");
        QVERIFY(filter.primitives[2].inputs == std::vector{result(1)});
    }
    void unknownChildrenAreSkipped()
    {
        QCOMPARE(graph("<desc>x</desc><feNew/><feFlood/>").primitives.size(), std::size_t{1});
    }
    void colorsComeFromTheCascade()
    {
        QVERIFY(only<FloodFilter>("<feFlood flood-color='#0f0' flood-opacity='50%'/>").color == (Color{0, 1, 0, 0.5f}));
        QVERIFY(only<FloodFilter>("<feFlood flood-color='currentColor' color='red'/>").color == (Color{1, 0, 0, 1}));
        QVERIFY(only<FloodFilter>("<feFlood flood-color='inherit'/>", "flood-color='blue'").color == (Color{0, 0, 1, 1}));
        QVERIFY(only<FloodFilter>("<feFlood/>", "flood-color='blue'").color == (Color{0, 0, 0, 1}));
        const std::string light = "<feDistantLight/></feDiffuseLighting>";
        QVERIFY(only<LightingFilter>("<feDiffuseLighting lighting-color='currentColor'>" + light).color == (Color{0, 0, 0, 1}));
        QVERIFY(only<LightingFilter>("<feDiffuseLighting>" + light).color == (Color{1, 1, 1, 1}));
    }
    void colorSpaceIsInherited()
    {
        QVERIFY(graph("<feFlood/>").primitives[0].linear);
        QVERIFY(!graph("<feFlood/>", "color-interpolation-filters='sRGB'").primitives[0].linear);
        QVERIFY(graph("<feFlood color-interpolation-filters='linearRGB'/>", "color-interpolation-filters='sRGB'").primitives[0].linear);
    }
    void blursTakeOneOrTwoDeviations()
    {
        QVERIFY((only<BlurFilter>("<feGaussianBlur stdDeviation='2'/>") == BlurFilter{2, 2}));
        QVERIFY((only<BlurFilter>("<feGaussianBlur stdDeviation='2 5'/>") == BlurFilter{2, 5}));
        for (const char* bad : {"", "-1", "1 -1", "1 2 3", "1px", "wide"})
            QVERIFY2(only<BlurFilter>("<feGaussianBlur stdDeviation='" + std::string(bad) + "'/>") == BlurFilter{}, bad);
        QVERIFY((only<BlurFilter>("<feGaussianBlur stdDeviation='0.1'/>", "primitiveUnits='objectBoundingBox'") == BlurFilter{10, 5}));
    }
    void mistakesInConvolutionsPaintNothing_data()
    {
        QTest::addColumn<QString>("attributes");
        QTest::newRow("no kernel") << "";
        QTest::newRow("too many values") << "kernelMatrix='1 1 1 1 1 1 1 1 1 1'";
        QTest::newRow("order 0") << "order='0' kernelMatrix='1'";
        QTest::newRow("order -2") << "order='-2' kernelMatrix='1 1 1 1'";
        QTest::newRow("order 1.5") << "order='1.5' kernelMatrix='1 1 1 1'";
        QTest::newRow("divisor 0") << "order='1' kernelMatrix='1' divisor='0'";
        QTest::newRow("target outside") << "order='1' kernelMatrix='1' targetX='1'";
        QTest::newRow("target -1") << "kernelMatrix='1 1 1 1 1 1 1 1 1' targetY='-1'";
    }
    void mistakesInConvolutionsPaintNothing()
    {
        QFETCH(QString, attributes);
        QVERIFY(only<FloodFilter>("<feConvolveMatrix " + attributes.toStdString() + "/>").color == (Color{0, 0, 0, 0}));
    }
    void convolutionsDivideByTheirSum()
    {
        const auto filter = only<ConvolveFilter>(
            "<feConvolveMatrix order='4 2' kernelMatrix='1 2 3 4 5 6 7 8' edgeMode='none' preserveAlpha='true'/>");
        QVERIFY((filter == ConvolveFilter{4, 2, {1, 2, 3, 4, 5, 6, 7, 8}, 36, 0, 2, 1, ConvolveFilter::Edge::none, true}));
        QCOMPARE(only<ConvolveFilter>("<feConvolveMatrix order='1 2' kernelMatrix='1 -1'/>").divisor, 1.0);
    }
    void lightsHaveOneSource()
    {
        QVERIFY(only<FloodFilter>("<feDiffuseLighting/>").color.a == 0);
        const auto first = only<LightingFilter>(
            "<feDiffuseLighting><!-- x --><fePointLight x='1' y='2' z='3'/><feDistantLight/></feDiffuseLighting>");
        QVERIFY((first.light == LightSource{PointLight{{1, 2}, 3}}));
        const auto spot = only<LightingFilter>("<feSpecularLighting specularExponent='3'><feSpotLight x='1' pointsAtY='5' "
                                               "specularExponent='-2' limitingConeAngle='40'/></feSpecularLighting>");
        QVERIFY((spot.light == LightSource{SpotLight{{1, 0}, 0, {0, 5}, 0, 1, 40}}));
        QVERIFY(only<FloodFilter>("<feSpecularLighting specularExponent='0.5'><feDistantLight/></feSpecularLighting>").color.a == 0);
    }
    void filtersInheritFromTheOneTheyReferTo()
    {
        const auto read = effects("<filter id='a' x='0' y='0' primitiveUnits='objectBoundingBox'><feOffset dx='0.1'/></filter>"
                                  "<filter id='f' y='0.5' href='#a'/>" + box);
        QVERIFY(near(read[0].filter->region, {20, 35, 120, 60}));
        QVERIFY((std::get<OffsetFilter>(read[0].filter->primitives[0].operation) == OffsetFilter{{10, 0}}));
        QCOMPARE(effects("<filter id='a' href='#f'><feFlood/></filter><filter id='f' href='#a'><feTile/></filter>" + box).size(),
                 std::size_t{1});
    }
    void elementsWhoseFilterCannotBeAreNotDrawn_data()
    {
        QTest::addColumn<QString>("body");
        QTest::newRow("missing") << "<rect width='9' height='9' filter='url(#none)'/>";
        QTest::newRow("not a filter") << "<g id='f'/><rect width='9' height='9' filter='url(#f)'/>";
        QTest::newRow("no primitives") << "<filter id='f'/><rect width='9' height='9' filter='url(#f)'/>";
        QTest::newRow("no region") << "<filter id='f' width='0'><feFlood/></filter><rect width='9' height='9' filter='url(#f)'/>";
        QTest::newRow("flat element") << "<filter id='f'><feFlood/></filter><path d='M 5 5 h 9' stroke='red' filter='url(#f)'/>";
    }
    void elementsWhoseFilterCannotBeAreNotDrawn()
    {
        QFETCH(QString, body);
        QVERIFY(imported(body.toStdString()).root.children.empty());
    }
    void emptyGroupsMayBeFlooded()
    {
        QCOMPARE(effects("<filter id='f' filterUnits='userSpaceOnUse'><feFlood/></filter><g filter='url(#f)'/>").size(), std::size_t{1});
    }
    void opacityComesAfterTheFilter()
    {
        const Imported result = imported("<filter id='f'><feFlood/></filter><rect width='9' height='9' opacity='0.5' filter='url(#f)'/>");
        const ImportedNode& group = result.root.children.at(0);
        const auto has = [](const ImportedNode& node, std::string_view key) {
            return std::any_of(node.properties.begin(), node.properties.end(), [&](const auto& p) { return p.first == key; });
        };
        QVERIFY(has(group, "effects") && has(group, "op"));
        QVERIFY(!has(group.children.at(0), "op"));
    }
    void imagesBecomeHiddenNodes()
    {
        const Imported result = imported("<filter id='f'><feImage href='#shown'/></filter><defs><circle id='shown' r='5'/></defs>" + box);
        QCOMPARE(result.root.children.at(0).children.size(), std::size_t{1});
        const auto effect = readEffects(effectsOf(result.root));
        QVERIFY(std::get<ImageFilter>(effect[0].filter->primitives[0].operation).node == NodeId{result.root.children[0].children[0].key});
        SeededRandom random{1};
        for (const Command& command : toCommands(result, {NodeId{"page"}, {}}, random)) { // ids are minted, keys are gone
            const auto* create = std::get_if<CreateNode>(&command);
            for (std::size_t i = 0; create && i < create->properties.size(); ++i) {
                if (create->properties[i].first == "effects")
                    QVERIFY(crdt::toJson(create->properties[i].second).find("filter image") == std::string::npos);
            }
        }
    }
    void imagesThatShowThemselvesShowNothing()
    {
        const Imported result = imported(
            "<filter id='f'><feImage href='#own'/></filter><g id='own'><rect width='9' height='9' filter='url(#f)'/></g>");
        QVERIFY(!result.root.children.empty());
    }
    void functionsAreParsed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("count"); // -1: a mistake
        QTest::newRow("none") << "none" << 0;
        QTest::newRow("defaults") << "blur() brightness() contrast() grayscale() hue-rotate() invert() opacity() saturate() sepia()" << 9;
        QTest::newRow("list with references") << "url(#a) blur(2px) url(#b)" << 3;
        QTest::newRow("percent") << "sepia(50%)" << 1;
        QTest::newRow("two values") << "blur(4 2)" << -1;
        QTest::newRow("percent of a length") << "blur(5%)" << -1;
        QTest::newRow("negative") << "blur(-1)" << -1;
        QTest::newRow("turned") << "hue-rotate(0.5turn)" << 1;
        QTest::newRow("angle without a unit") << "hue-rotate(45)" << -1;
        QTest::newRow("zero needs none") << "hue-rotate(0)" << 1;
        QTest::newRow("shadow") << "drop-shadow(rgb(1, 2, 3) 4px 5px 6px)" << 1;
        QTest::newRow("shadow, color last") << "drop-shadow(4 5 red)" << 1;
        QTest::newRow("shadow with spread") << "drop-shadow(red 4 5 6 7)" << -1;
        QTest::newRow("shadow without offset") << "drop-shadow(red)" << -1;
        QTest::newRow("unknown") << "shimmer(2)" << -1;
        QTest::newRow("open") << "blur(2" << -1;
        QTest::newRow("no function") << "red" << -1;
    }
    void functionsAreParsed()
    {
        QFETCH(QString, text);
        QFETCH(int, count);
        const auto functions = parseFilterFunctions(text.toStdString());
        QCOMPARE(functions ? static_cast<int>(functions->size()) : -1, count);
    }
    void functionsWorkOnEncodedColors()
    {
        const auto read =
            effects("<rect x='20' y='10' width='100' height='50' color='lime' filter='drop-shadow(1 2 3) hue-rotate(90deg)'/>");
        QCOMPARE(read.size(), std::size_t{2});
        QVERIFY((std::get<DropShadowFilter>(read[0].filter->primitives[0].operation) == DropShadowFilter{{1, 2}, 3, 3, {0, 1, 0, 1}}));
        QVERIFY(!read[0].filter->primitives[0].linear);
        QVERIFY(read[0].filter->region.contains(Rect{10, 0, 120, 70}));
        QVERIFY(std::get<ColorMatrixFilter>(read[1].filter->primitives[0].operation) == hueRotateMatrix(90));
    }
    void oneMistakeLeavesTheElementAsItIs()
    {
        const Imported result = imported("<rect width='9' height='9' filter='blur(2) shimmer(1)'/>");
        QVERIFY(effectsOf(result.root) == nullptr);
        QCOMPARE(result.root.children.size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(SvgFilterTest)
#include "svg_filter_test.moc"
