#include <QtTest>

#include <set>

#include <boost/json.hpp>

#include <core/base/color.h>

#include "../../../../appliance/runtimes/src/composer/compositions.h"
#include "../../../../appliance/runtimes/src/composer/headline.h"
#include "runtime_conformance.h"

using namespace tessera;
using namespace tessera::appliance;

namespace {

GenerationRequest posterRequest()
{
    return {.model = "composer", .prompt = "Summer jazz night, Friday 20 June", .colors = {"#e43f5a", "#1b1b2f"}, .widthPx = 320, .heightPx = 400, .seed = 7};
}

boost::json::array compose(const GenerationRequest& request)
{
    RecordingSink sink;
    return boost::json::parse(makeComposer()->generate(request, sink).value().layersJson).as_array();
}

/// Every number in a value is finite and below the bound; every layer has the members docs/wire.md names.
bool isWellFormed(const boost::json::value& layer, int depth = 0)
{
    static const std::set<std::string> types{"frame", "group", "rect", "ellipse", "vector", "text", "line", "image"};
    const auto& object = layer.as_object();
    const std::string type = object.at("t").as_string().c_str();
    if (!types.contains(type) || depth > 8 || !object.at("props").is_object() || object.at("name").as_string().empty())
        return false;
    if (type == "text" && (object.at("text").as_string().empty() || object.at("runs").as_array().empty()))
        return false;
    if (type != "group" && object.at("props").as_object().at("size").as_array().size() != 2)
        return false;
    if (type == "vector") {
        for (const auto& sub : object.at("props").at("path").at("subs").as_array()) {
            if (sub.at("points").as_array().size() % 6 != 0)
                return false;
        }
    }
    for (const auto& child : object.at("children").as_array()) {
        if (!isWellFormed(child, depth + 1))
            return false;
    }
    return true;
}

} // namespace

class ComposerTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void conforms() { checkRuntimeConformance([] { return makeComposer(); }, posterRequest()); }

    void oneFrameOfTheAskedSizeHoldsEverything()
    {
        for (std::uint64_t seed = 0; seed < 18; ++seed) {
            GenerationRequest request = posterRequest();
            request.prompt = "Quiet morning";
            request.seed = seed;
            request.widthPx = 120 + static_cast<std::uint32_t>(seed) * 31;
            const auto layers = compose(request);
            QCOMPARE(layers.size(), std::size_t{1});
            QVERIFY2(isWellFormed(layers[0]), qPrintable(QString("seed %1").arg(seed)));
            QCOMPARE(layers[0].at("props").at("size").as_array()[0].as_int64(), std::int64_t{request.widthPx});
            QCOMPARE(std::string(layers[0].at("t").as_string().c_str()), std::string("frame"));
        }
    }

    void textCanBeReadOnItsBackground()
    {
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            SeededRandom random(seed);
            std::vector<Color> brand;
            for (std::uint64_t i = random.below(5); i > 0; --i)
                brand.push_back({static_cast<float>(random.unit()), static_cast<float>(random.unit()), static_cast<float>(random.unit()), 1});
            const Palette palette = makePalette(brand, {}, random);
            QVERIFY(contrastRatio(palette.background, palette.text) >= 4.5);
            QVERIFY(contrastRatio(palette.backgroundEnd, palette.text) >= 4.5);
            QVERIFY(palette.shapes.size() >= 4);
        }
    }

    void brandColoursAppearInTheLayers()
    {
        const Color brand = *parseHexColor("#e43f5a");
        SeededRandom random(1);
        const Palette palette = makePalette({brand, *parseHexColor("#1b1b2f")}, {}, random);
        QVERIFY(std::find(palette.shapes.begin(), palette.shapes.end(), brand) != palette.shapes.end());
    }

    void everyStyleIsReachedByItsWords()
    {
        for (const Style& style : styles()) {
            GenerationRequest request = posterRequest();
            request.prompt = "a " + std::string(style.words.front()) + " poster";
            RecordingSink sink;
            const auto recipe = boost::json::parse(makeComposer()->generate(request, sink)->recipeJson);
            QCOMPARE(std::string(recipe.at("sampler").as_string().c_str()), std::string(style.name));
        }
    }

    void headlinesComeFromThePrompt_data()
    {
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("subtitle");
        QTest::newRow("filler goes") << "a poster for the spring fair" << "Spring fair" << "";
        QTest::newRow("quotes win") << "make \"Big Sale\" with \"50% off\" in red" << "Big Sale" << "50% off";
        QTest::newRow("curly quotes") << "say \u201cHello\u201d" << "Hello" << "";
        QTest::newRow("after the comma") << "Jazz night, Friday at eight" << "Jazz night" << "Friday at eight";
        QTest::newRow("empty") << "" << "Untitled" << "";
        QTest::newRow("only filler") << "a poster of the" << "Untitled" << "";
        QTest::newRow("unclosed quote") << "\"abc" << "\"abc" << "";
    }
    void headlinesComeFromThePrompt()
    {
        QFETCH(QString, prompt);
        QFETCH(QString, title);
        QFETCH(QString, subtitle);
        const Headline headline = makeHeadline(prompt.toStdString());
        QCOMPARE(QString::fromStdString(headline.title), title);
        QCOMPARE(QString::fromStdString(headline.subtitle), subtitle);
    }

    void linesAreBalanced()
    {
        QCOMPARE(balancedLines("one two three four", 2), (std::vector<std::string>{"one two", "three four"}));
        QCOMPARE(balancedLines("word", 4), (std::vector<std::string>{"word"}));
    }
};

QTEST_APPLESS_MAIN(ComposerTest)
#include "composer_test.moc"
