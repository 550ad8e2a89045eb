#include <QtTest>

#include <core/document/filter.h>

#include "effect_form.h"
#include "filter_form.h"

using namespace tessera;
using namespace tessera::document;
using crdt::Any;

namespace {

FilterInput result(std::size_t index) { return {FilterInput::From::primitive, index}; }

FilterPrimitive primitive(FilterOperation operation, std::vector<FilterInput> inputs = {})
{
    FilterPrimitive p;
    p.inputs = std::move(inputs);
    p.operation = std::move(operation);
    return p;
}

/// One of each, with no value at its default.
Filter everything()
{
    const FilterInput source, alpha{FilterInput::From::sourceAlpha, 0}, nothing{FilterInput::From::nothing, 0};
    ComponentTransferFilter transfer;
    transfer.channels[0] = {TransferFunction::Kind::table, {0, 0.25, 1}};
    transfer.channels[1] = {TransferFunction::Kind::discrete, {1, 0}};
    transfer.channels[2] = {TransferFunction::Kind::linear, {2, -0.5}};
    transfer.channels[3] = {TransferFunction::Kind::gamma, {1, 2.2, 0.1}};
    ConvolveFilter convolve{2, 3, {1, 2, 3, 4, 5, 6}, 21, 0.25, 1, 2, ConvolveFilter::Edge::wrap, true};
    Filter filter;
    filter.region = {-10, -20.5, 300, 200};
    filter.primitives = {primitive(FloodFilter{{1, 0.5f, 0, 0.25f}}),
                         primitive(BlurFilter{3, 0.5}, {source}),
                         primitive(OffsetFilter{{-4, 2.5}}, {result(1)}),
                         primitive(BlendFilter{BlendMode::softLight}, {result(2), alpha}),
                         primitive(CompositeFilter{CompositeFilter::Operator::arithmetic, {0.5, 1, -1, 0.125}}, {result(0), result(3)}),
                         primitive(hueRotateMatrix(33), {result(4)}),
                         primitive(transfer, {source}),
                         primitive(convolve, {nothing}),
                         primitive(MorphologyFilter{MorphologyFilter::Operator::dilate, 2, 3}, {result(7)}),
                         primitive(TurbulenceFilter{true, 0.05, 0.1, 3, -7, true}),
                         primitive(LightingFilter{true, 5, 0.5, 20, {0, 1, 0, 1}, DistantLight{45, 30}}, {alpha}),
                         primitive(LightingFilter{false, 2, 2, 1, {1, 1, 0, 1}, PointLight{{1, 2}, 3}}, {alpha}),
                         primitive(LightingFilter{false, 2, 2, 1, {1, 1, 0, 1}, SpotLight{{1, 2}, 3, {4, 5}, 6, 7, 30}}, {alpha}),
                         primitive(DisplacementFilter{12, 0, 2}, {source, result(9)}),
                         primitive(ImageFilter{ContentHash{std::string(64, 'a')}, {}, ImageFit::fill}),
                         primitive(ImageFilter{{}, NodeId{"shown"}, ImageFit::stretch}),
                         primitive(TileFilter{}, {result(14)}),
                         primitive(DropShadowFilter{{1, 2}, 3, 4, {1, 0, 1, 0.5f}}, {source}),
                         primitive(MergeFilter{}, {result(0), source, result(17)})};
    filter.primitives[1].area = Rect{1, 2, 3, 4};
    filter.primitives[2].linear = false;
    return filter;
}

Effect effectOf(const Filter& filter)
{
    Effect effect;
    effect.id = "e1";
    effect.kind = EffectKind::filter;
    effect.filter = std::make_shared<const Filter>(filter);
    return effect;
}

/// The stored effect with one thing about its first primitive changed.
Any changed(const char* key, Any value)
{
    Any::Object flood{{"op", "turbulence"}, {"octaves", 2}};
    std::erase_if(flood, [&](const auto& member) { return member.first == key; });
    flood.emplace_back(key, std::move(value));
    return Any::Array{
        Any::Object{{"type", "filter"},
                    {"filter", Any::Object{{"region", Any::Array{0, 0, 10, 10}}, {"primitives", Any::Array{std::move(flood)}}}}}};
}

} // namespace

class FilterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everyPrimitiveSurvivesStoring()
    {
        const Effect effect = effectOf(everything());
        const Any stored = toAny(std::vector{effect});
        const auto read = readEffects(&stored);
        QCOMPARE(read.size(), std::size_t{1});
        QCOMPARE(read[0].kind, EffectKind::filter);
        for (std::size_t i = 0; i < effect.filter->primitives.size(); ++i)
            QVERIFY2(read[0].filter->primitives[i] == effect.filter->primitives[i], std::to_string(i).c_str());
        QVERIFY(read[0] == effect);
        QVERIFY(toAny(read) == stored);
    }
    void effectsAreEqualByContent()
    {
        Filter other = everything();
        QVERIFY(effectOf(everything()) == effectOf(everything()));
        other.primitives[1].operation = BlurFilter{3, 0.75};
        QVERIFY(effectOf(everything()) != effectOf(other));
        QVERIFY(effectOf(other) != Effect{});
    }
    void brokenGraphsAreUnknownAndKept_data()
    {
        QTest::addColumn<QString>("json");
        const char* flood = R"({"op":"flood"})";
        QTest::newRow("no graph") << R"([{"type":"filter"}])";
        QTest::newRow("no region") << QString(R"([{"type":"filter","filter":{"primitives":[%1]}}])").arg(flood);
        QTest::newRow("empty region") << QString(R"([{"type":"filter","filter":{"region":[0,0,0,5],"primitives":[%1]}}])").arg(flood);
        QTest::newRow("huge region") << QString(R"([{"type":"filter","filter":{"region":[0,0,1e300,5],"primitives":[%1]}}])").arg(flood);
        QTest::newRow("no primitives") << R"([{"type":"filter","filter":{"region":[0,0,5,5],"primitives":[]}}])";
        QTest::newRow("newer primitive") << R"([{"type":"filter","filter":{"region":[0,0,5,5],"primitives":[{"op":"shimmer"}]}}])";
        QTest::newRow("kernel of another size")
            << R"([{"type":"filter","filter":{"region":[0,0,5,5],"primitives":[{"op":"convolve","columns":2,"rows":2,"kernel":[1,2,3]}]}}])";
        QTest::newRow("divisor 0")
            << R"([{"type":"filter","filter":{"region":[0,0,5,5],"primitives":[{"op":"convolve","columns":1,"rows":1,"kernel":[1],"divisor":0}]}}])";
    }
    void brokenGraphsAreUnknownAndKept()
    {
        QFETCH(QString, json);
        const Any stored = crdt::parseJson(json.toStdString()).value();
        const auto read = readEffects(&stored);
        QCOMPARE(read[0].kind, EffectKind::unknown);
        QVERIFY(toAny(read) == stored);
    }
    void tooManyPrimitivesAreUnknown()
    {
        Filter filter;
        filter.region = {0, 0, 1, 1};
        filter.primitives.assign(maxFilterPrimitives + 1, primitive(FloodFilter{}));
        const Any stored = toAny(filter);
        QVERIFY(readFilter(&stored) == nullptr);
        filter.primitives.pop_back();
        const Any fits = toAny(filter);
        QVERIFY(readFilter(&fits) != nullptr);
    }
    void badNumbersTakeTheirDefaults_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<double>("value");
        QTest::newRow("too many octaves") << "octaves" << 1e6;
        QTest::newRow("negative octaves") << "octaves" << -1.0;
        QTest::newRow("frequency that is no number") << "frequencyX" << std::nan("");
        QTest::newRow("seed out of range") << "seed" << 1e18;
    }
    void badNumbersTakeTheirDefaults()
    {
        QFETCH(QString, key);
        QFETCH(double, value);
        const Any stored = changed(key.toUtf8().constData(), value);
        const auto read = readEffects(&stored);
        const auto& noise = std::get<TurbulenceFilter>(read[0].filter->primitives[0].operation);
        QCOMPARE(noise.seed, 0);
        QCOMPARE(noise.frequencyX, 0.0);
        QCOMPARE(noise.octaves, key == "octaves" ? 1 : 2);
    }
    void inputsThatComeLaterAreNothing()
    {
        const Any stored =
            crdt::parseJson(
                R"({"region":[0,0,5,5],"primitives":[{"op":"blur","in":[0]},{"op":"offset","in":[0,7]},{"op":"merge","in":[5,1,"x"]}]})")
                .value();
        const auto filter = readFilter(&stored);
        QVERIFY(filter->primitives[0].inputs == (std::vector{FilterInput{FilterInput::From::nothing, 0}}));
        QVERIFY(filter->primitives[1].inputs == std::vector{result(0)}); // one input is all it takes
        const FilterInput nothing{FilterInput::From::nothing, 0};
        QVERIFY(filter->primitives[2].inputs == (std::vector{nothing, result(1), nothing}));
    }
    void colorMatricesAreThoseOfTheSpecification()
    {
        QVERIFY(saturateMatrix(1) == ColorMatrixFilter{});
        QVERIFY(sepiaMatrix(0) == ColorMatrixFilter{});
        QVERIFY(grayscaleMatrix(0) == ColorMatrixFilter{});
        QCOMPARE(saturateMatrix(0).rows[1], 0.715);
        QCOMPARE(saturateMatrix(0.5).rows[0], 0.213 + 0.787 * 0.5);
        QCOMPARE(sepiaMatrix(1).rows[0], 0.393);
        QCOMPARE(grayscaleMatrix(1).rows[12], 0.0722);
        for (std::size_t i = 0; i < 20; ++i) {
            QVERIFY(std::abs(hueRotateMatrix(0).rows[i] - ColorMatrixFilter{}.rows[i]) < 1e-12);
            QVERIFY(std::abs(hueRotateMatrix(360).rows[i] - ColorMatrixFilter{}.rows[i]) < 1e-12);
        }
        QVERIFY(std::abs(hueRotateMatrix(90).rows[0] - (0.213 - 0.213)) < 1e-12);
        QCOMPARE(luminanceToAlphaMatrix().rows[16], 0.7154);
    }
};

QTEST_GUILESS_MAIN(FilterTest)
#include "filter_test.moc"
