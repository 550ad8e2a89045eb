#include <cmath>

#include "layers.h"

using namespace layers;

namespace {

const Color red{1, 0, 0, 1}, green{0, 1, 0, 1}, blue{0, 0, 1, 1}, white{1, 1, 1, 1};

/// Half red over the left 40 columns, and as the second input half blue over the right 40: all four cases of two alphas.
Image composed(CompositeFilter how)
{
    return filtered({box({0, 0, 40, 64}, {1, 0, 0, 0.5f})},
                    {step(FloodFilter{{0, 0, 1, 0.5f}}, {}, Rect{24, 0, 40, 64}), step(how, {source, result(0)})});
}

LightingFilter lighting(LightSource light, bool specular = false, double exponent = 1)
{
    return {specular, 10, 1, exponent, {1, 0.5f, 0, 1}, light};
}

double bell(double distance, double sigma) { return 0.5 * (1 + std::erf(distance / (sigma * std::sqrt(2.0)))); }

} // namespace

/// Every primitive against values from the formulas of Filter Effects Module Level 1.
class FilterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void floodFillsTheRegionWithoutContent()
    {
        const Image image = filtered({}, {step(FloodFilter{{1, 0.5f, 0, 0.5f}})}, {8, 8, 16, 24});
        QVERIFY(close(pixel(image, 8, 8), {128, 64, 0, 128}, 1));
        QVERIFY(close(pixel(image, 23, 31), {128, 64, 0, 128}, 1));
        QCOMPARE(pixel(image, 24, 31), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(image, 7, 8), (Rgba{0, 0, 0, 0}));
    }
    void nothingIsLeftOutsideTheRegion()
    {
        const Image image = filtered({box({0, 0, 64, 64}, red)}, {step(OffsetFilter{}, {source})}, {10, 10, 20, 20});
        QCOMPARE(pixel(image, 10, 29), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(image, 30, 29), (Rgba{0, 0, 0, 0}));
    }
    void areasCutWhatPrimitivesPaint()
    {
        const Image image =
            filtered({}, {step(FloodFilter{green}, {}, Rect{4, 4, 8, 8}), step(FloodFilter{blue}, {}, Rect{20, 20, 100, 8}),
                          step(MergeFilter{}, {result(0), result(1)})});
        QCOMPARE(pixel(image, 11, 11), (Rgba{0, 255, 0, 255}));
        QCOMPARE(pixel(image, 12, 11), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(image, 63, 20), (Rgba{0, 0, 255, 255}));
    }
    void emptyAreasPaintNothing()
    {
        const Image image = filtered({box({0, 0, 64, 64}, red)}, {step(FloodFilter{green}, {}, Rect{4, 4, -8, 8})});
        QCOMPARE(pixel(image, 2, 6), (Rgba{0, 0, 0, 0}));
    }
    void smallBlursHaveTheWeightsOfTheGaussian()
    {
        const double sigma = 1.5;
        const Image image = filtered({box({32, 32, 1, 1}, white)}, {step(BlurFilter{sigma, sigma}, {source})});
        double sum = 0;
        for (int i = -5; i <= 5; ++i)
            sum += std::exp(-0.5 * i * i / (sigma * sigma));
        for (int d = 0; d < 4; ++d) {
            const int expected = static_cast<int>(std::lround(255 * std::exp(-0.5 * d * d / (sigma * sigma)) / (sum * sum)));
            QVERIFY(std::abs(pixel(image, 32 + d, 32)[3] - expected) <= 1);
            QCOMPARE(pixel(image, 32 + d, 32), pixel(image, 32 - d, 32));
            QCOMPARE(pixel(image, 32 + d, 32), pixel(image, 32, 32 + d));
        }
    }
    void blurredEdgesFollowTheNormalDistribution_data()
    {
        QTest::addColumn<double>("sigma");
        for (const double sigma : {1.0, 1.9, 2.0, 2.7, 4.0, 5.5})
            QTest::newRow(std::to_string(sigma).c_str()) << sigma;
    }
    void blurredEdgesFollowTheNormalDistribution()
    {
        QFETCH(double, sigma);
        const Image image = filtered({box({32, 0, 32, 64}, white)}, {step(BlurFilter{sigma, 0}, {source})});
        for (int x = 16; x < 46; ++x)
            QVERIFY2(std::abs(pixel(image, x, 30)[3] - 255 * bell(x + 0.5 - 32, sigma)) < 7, std::to_string(x).c_str());
    }
    void blurKeepsWhatIsThere_data() { blurredEdgesFollowTheNormalDistribution_data(); }
    void blurKeepsWhatIsThere()
    {
        QFETCH(double, sigma);
        const Image image = filtered({box({24, 24, 16, 16}, white)}, {step(BlurFilter{sigma, sigma}, {source})});
        long sum = 0;
        for (int y = 0; y < 64; ++y) {
            for (int x = 0; x < 64; ++x) {
                sum += pixel(image, x, y)[3];
                QCOMPARE(pixel(image, x, y), pixel(image, 63 - x, 63 - y));
                QCOMPARE(pixel(image, x, y), pixel(image, y, x));
            }
        }
        QVERIFY2(std::abs(sum / (16.0 * 16 * 255) - 1) < 0.01, std::to_string(sum).c_str());
    }
    void offsetsAreWholePixelsTowardsZero()
    {
        const Image image = filtered({box({10, 10, 10, 10}, red)}, {step(OffsetFilter{{5.9, -3.9}}, {source})});
        QCOMPARE(pixel(image, 15, 7), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(image, 24, 16), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(image, 14, 7), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(image, 15, 17), (Rgba{0, 0, 0, 0}));
    }
    void porterAndDuff_data()
    {
        QTest::addColumn<int>("with");
        QTest::addColumn<double>("ofA"); // factors where both are there, as alphas of 0.5 give them
        QTest::addColumn<double>("ofB");
        QTest::addColumn<bool>("aAlone");
        QTest::addColumn<bool>("bAlone");
        using Operator = CompositeFilter::Operator;
        QTest::newRow("over") << static_cast<int>(Operator::over) << 1.0 << 0.5 << true << true;
        QTest::newRow("in") << static_cast<int>(Operator::in) << 0.5 << 0.0 << false << false;
        QTest::newRow("out") << static_cast<int>(Operator::out) << 0.5 << 0.0 << true << false;
        QTest::newRow("atop") << static_cast<int>(Operator::atop) << 0.5 << 0.5 << false << true;
        QTest::newRow("xor") << static_cast<int>(Operator::exclusiveOr) << 0.5 << 0.5 << true << true;
        QTest::newRow("lighter") << static_cast<int>(Operator::lighter) << 1.0 << 1.0 << true << true;
    }
    void porterAndDuff()
    {
        QFETCH(int, with);
        QFETCH(double, ofA);
        QFETCH(double, ofB);
        QFETCH(bool, aAlone);
        QFETCH(bool, bAlone);
        const Image image = composed({static_cast<CompositeFilter::Operator>(with), {}});
        const auto half = [](double factor) { return static_cast<int>(std::lround(127.5 * factor)); };
        QVERIFY(close(pixel(image, 32, 32), {half(ofA), 0, half(ofB), half(ofA) + half(ofB)}, 2));
        QVERIFY(close(pixel(image, 8, 32), aAlone ? Rgba{128, 0, 0, 128} : Rgba{0, 0, 0, 0}, 1));
        QVERIFY(close(pixel(image, 56, 32), bAlone ? Rgba{0, 0, 128, 128} : Rgba{0, 0, 0, 0}, 1));
    }
    void arithmeticIsOfPremultipliedValues()
    {
        const Image image = composed({CompositeFilter::Operator::arithmetic, {0.5, 0.25, 1, 0.125}});
        // alpha: 0.5 * 0.25 + 0.25 * 0.5 + 0.5 + 0.125; red 0.25 * 0.5 + 0.125; green 0.125; blue 0.5 + 0.125
        QVERIFY(close(pixel(image, 32, 32), {64, 32, 159, 223}, 2));
        const Image clamped = composed({CompositeFilter::Operator::arithmetic, {0, 4, -4, 0}});
        QCOMPARE(pixel(clamped, 56, 32), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(clamped, 8, 32)[3], 255);
    }
    void blendsTheFirstOntoTheSecond()
    {
        const auto blended = [](BlendMode mode) {
            return pixel(filtered({box({0, 0, 64, 64}, {0.2f, 0.8f, 0.4f, 1})},
                                  {step(FloodFilter{{0.5f, 0.5f, 0.5f, 1}}), step(BlendFilter{mode}, {result(0), source})}),
                         5, 5);
        };
        QVERIFY(close(blended(BlendMode::normal), {128, 128, 128, 255}, 1));
        QVERIFY(close(blended(BlendMode::multiply), {26, 102, 51, 255}, 1));
        QVERIFY(close(blended(BlendMode::screen), {153, 230, 179, 255}, 1));
        QVERIFY(close(blended(BlendMode::darken), {51, 128, 102, 255}, 1));
        QVERIFY(close(blended(BlendMode::difference), {76, 76, 26, 255}, 1));
    }
    void colorMatricesAreOfUnpremultipliedValues()
    {
        ColorMatrixFilter swap{{0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0.5, 0.25}};
        const Image image = filtered({box({0, 0, 64, 64}, {1, 0.5f, 0, 0.5f})}, {step(swap, {source})});
        QVERIFY(close(pixel(image, 9, 9), {0, 128, 64, 128}, 2)); // alpha 0.5 again; r, g, b = old b, r, g
        const Image gray = filtered({box({0, 0, 64, 64}, red)}, {step(saturateMatrix(0), {source})});
        QVERIFY(close(pixel(gray, 9, 9), {54, 54, 54, 255}, 1));
        const Image alpha = filtered({box({0, 0, 64, 64}, green)}, {step(luminanceToAlphaMatrix(), {source})});
        QVERIFY(close(pixel(alpha, 9, 9), {0, 0, 0, 182}, 1));
    }
    void transfersFollowTheirFunctions_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QVector<double>>("values");
        QTest::addColumn<double>("expected"); // of 0.6
        using Kind = TransferFunction::Kind;
        QTest::newRow("identity") << static_cast<int>(Kind::identity) << QVector<double>{} << 0.6;
        QTest::newRow("table") << static_cast<int>(Kind::table) << QVector<double>{0, 1, 0} << 0.8;
        QTest::newRow("table of one") << static_cast<int>(Kind::table) << QVector<double>{0.3} << 0.3;
        QTest::newRow("discrete") << static_cast<int>(Kind::discrete) << QVector<double>{0, 0.5, 1} << 0.5;
        QTest::newRow("linear") << static_cast<int>(Kind::linear) << QVector<double>{0.5, 0.25} << 0.55;
        QTest::newRow("linear beyond") << static_cast<int>(Kind::linear) << QVector<double>{9e8, 9e8} << 1.0;
        QTest::newRow("gamma") << static_cast<int>(Kind::gamma) << QVector<double>{0.5, 2, 0.1} << 0.28;
        QTest::newRow("gamma without a value") << static_cast<int>(Kind::gamma) << QVector<double>{-1e8, -1e8, 0} << 0.0;
    }
    void transfersFollowTheirFunctions()
    {
        QFETCH(int, kind);
        QFETCH(QVector<double>, values);
        QFETCH(double, expected);
        ComponentTransferFilter transfer;
        transfer.channels[1] = {static_cast<TransferFunction::Kind>(kind), {values.begin(), values.end()}};
        const Image image = filtered({box({0, 0, 64, 64}, {0.2f, 0.6f, 1, 1})}, {step(transfer, {source})});
        QVERIFY(close(pixel(image, 9, 9), {51, static_cast<int>(std::lround(255 * expected)), 255, 255}, 1));
    }
    void convolutionTurnsTheKernel()
    {
        ConvolveFilter corner{3, 3, {1, 0, 0, 0, 0, 0, 0, 0, 0}, 1, 0, 1, 1, ConvolveFilter::Edge::none, false};
        const Image image = filtered({box({20, 20, 8, 8}, red)}, {step(corner, {source})});
        QCOMPARE(pixel(image, 19, 19), (Rgba{255, 0, 0, 255})); // the first weight is of the pixel below to the right
        QCOMPARE(pixel(image, 27, 27), (Rgba{0, 0, 0, 0}));
        corner.edge = ConvolveFilter::Edge::duplicate;
        QCOMPARE(pixel(filtered({box({0, 0, 64, 64}, red)}, {step(corner, {source})}), 63, 63), (Rgba{255, 0, 0, 255}));
        corner.edge = ConvolveFilter::Edge::wrap;
        QCOMPARE(pixel(filtered({box({0, 0, 8, 8}, red)}, {step(corner, {source})}), 63, 63), (Rgba{255, 0, 0, 255}));
        corner.edge = ConvolveFilter::Edge::none;
        QCOMPARE(pixel(filtered({box({0, 0, 64, 64}, red)}, {step(corner, {source})}), 63, 63), (Rgba{0, 0, 0, 0}));
    }
    void convolutionDividesAndAddsTheBias()
    {
        ConvolveFilter mean{3, 1, {1, 1, 1}, 6, 0.25, 1, 0, ConvolveFilter::Edge::duplicate, false};
        // alpha 0.5 + 0.25; red 0.5 + 0.25 * 0.75
        QVERIFY(close(pixel(filtered({box({0, 0, 64, 64}, red)}, {step(mean, {source})}), 30, 30), {175, 48, 48, 191}, 1));
        mean.preserveAlpha = true;
        QVERIFY(close(pixel(filtered({box({0, 0, 64, 64}, {1, 0, 0, 0.5f})}, {step(mean, {source})}), 30, 30), {80, 16, 16, 128}, 1));
    }
    void morphologyGrowsAndShrinks()
    {
        const auto with = [](MorphologyFilter::Operator how, double x, double y) {
            return filtered({box({20, 20, 20, 20}, red)}, {step(MorphologyFilter{how, x, y}, {source})});
        };
        using Operator = MorphologyFilter::Operator;
        const Image small = with(Operator::erode, 3, 5);
        QCOMPARE(pixel(small, 23, 25), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(small, 22, 25), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(small, 23, 24), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(small, 37, 35), (Rgba{255, 0, 0, 255})); // the window is two radii wide, so it ends a pixel early
        const Image large = with(Operator::dilate, 3, 5);
        QCOMPARE(pixel(large, 42, 44), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(large, 18, 16), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(large, 17, 16), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(with(Operator::erode, 0, 0), 20, 20), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(with(Operator::dilate, 1e8, 1e8), 63, 0), (Rgba{255, 0, 0, 255}));
    }
    void morphologyTakesTheExtremeOfEachChannel()
    {
        const Image image = filtered({box({0, 0, 32, 64}, red), box({32, 0, 32, 64}, blue)},
                                     {step(MorphologyFilter{MorphologyFilter::Operator::dilate, 2, 2}, {source})});
        QCOMPARE(pixel(image, 31, 30), (Rgba{255, 0, 255, 255}));
        QCOMPARE(pixel(image, 28, 30), (Rgba{255, 0, 0, 255}));
    }
    void noiseIsZeroOnItsLattice()
    {
        const Image image = filtered({}, {step(TurbulenceFilter{true, 1, 1, 1, 5, false})});
        QVERIFY(close(pixel(image, 17, 40), {64, 64, 64, 128}, 1)); // (0 + 1) / 2, premultiplied
        QCOMPARE(pixel(filtered({}, {step(TurbulenceFilter{false, 1, 1, 1, 5, false})}), 17, 40), (Rgba{0, 0, 0, 0}));
    }
    void noiseDependsOnTheSeedAndStaysInUserSpace()
    {
        const auto noise = [](int seed, double x) {
            return draw(layer({}, {filterEffect({step(TurbulenceFilter{true, 0.07, 0.05, 3, seed, false})}, {-x, 0, 64, 64})},
                              Transform::translation(x, 0)));
        };
        QVERIFY(noise(1, 0).pixels == noise(1, 0).pixels);
        QVERIFY(noise(1, 0).pixels != noise(2, 0).pixels);
        QCOMPARE(pixel(noise(1, 0), 10, 20), pixel(noise(1, 7), 17, 20));
    }
    void stitchedNoiseMeetsItself()
    {
        const Image image = filtered({}, {step(TurbulenceFilter{true, 0.09, 0.11, 2, 3, true}, {}, Rect{8, 4, 32, 32})}, {8, 4, 32, 32});
        const auto apart = [&](int x0, int y0, int x1, int y1) { return std::abs(pixel(image, x0, y0)[3] - pixel(image, x1, y1)[3]); };
        int inside = 0, seam = 0;
        for (int i = 0; i < 31; ++i) {
            for (int j = 0; j < 32; ++j)
                inside = std::max({inside, apart(8 + i, 4 + j, 9 + i, 4 + j), apart(8 + j, 4 + i, 8 + j, 5 + i)});
            seam = std::max({seam, apart(39, 4 + i, 8, 4 + i), apart(8 + i, 35, 8 + i, 4)});
        }
        QVERIFY2(seam <= inside + 2, qPrintable(QString("%1 %2").arg(seam).arg(inside)));
    }
    void flatSurfacesAreLitByTheLightsHeight()
    {
        const auto lit = [](LightingFilter how) { return pixel(filtered({}, {step(how, {alphaOfSource})}), 30, 30); };
        QVERIFY(close(lit(lighting(DistantLight{0, 90})), {255, 128, 0, 255}, 1));
        QVERIFY(close(lit(lighting(DistantLight{120, 30})), {128, 64, 0, 255}, 1));
        QVERIFY(close(lit(lighting(PointLight{{30, 30}, 10})), {255, 128, 0, 255}, 1));
        QVERIFY(close(lit(lighting(PointLight{{33, 34}, 5})), {180, 90, 0, 255}, 1)); // 5 up, 5 aside
        // Half way between the light at 30 degrees and the eye: the cosine of 30 degrees, squared.
        QVERIFY(close(lit(lighting(DistantLight{0, 30}, true, 2)), {191, 96, 0, 191}, 1));
    }
    void slopesTurnTowardsTheLight()
    {
        LightingFilter how = lighting(DistantLight{180, 45}); // from the left
        how.surfaceScale = 4;
        const Image image = filtered({box({20, 0, 20, 64}, white)}, {step(how, {source})});
        // Left edge: Sobel's difference is 255, so the normal is (-4, 0, 1).
        const double facing = (4 + 1) / std::sqrt(2.0) / std::sqrt(17.0);
        QVERIFY(std::abs(pixel(image, 19, 30)[0] - 255 * std::min(1.0, facing)) <= 1);
        QCOMPARE(pixel(image, 40, 30)[0], 0); // turned away
        QVERIFY(std::abs(pixel(image, 30, 30)[0] - 180) <= 1);
    }
    void spotLightsHaveACone()
    {
        const auto spot = [](std::optional<double> cone, double exponent) {
            return filtered({}, {step(lighting(SpotLight{{32, 32}, 20, {32, 32}, 0, exponent, cone}), {source})});
        };
        QVERIFY(close(pixel(spot(30, 1), 32, 32), {255, 128, 0, 255}, 1));
        QVERIFY(pixel(spot(30, 1), 42, 32)[0] > 0);  // 27 degrees off
        QCOMPARE(pixel(spot(30, 1), 45, 32)[0], 0);  // 33
        QVERIFY(pixel(spot({}, 1), 45, 32)[0] > pixel(spot({}, 8), 45, 32)[0]);
    }
    void displacementMovesByChannels()
    {
        const auto moved = [](const Color& map) {
            return filtered({box({20, 20, 20, 20}, red)},
                            {step(FloodFilter{map}), step(DisplacementFilter{20, 0, 1}, {source, result(0)})});
        };
        const Image image = moved({1, 0.5f, 0, 1}); // 10 from the right, nothing down
        QCOMPARE(pixel(image, 10, 25), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(image, 30, 25), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(moved({0, 0, 0, 0}), 30, 30), (Rgba{255, 0, 0, 255})); // transparent counts as 0: 10 from above and left
    }
    void mergesInOrder()
    {
        const Image image =
            filtered({box({0, 0, 64, 64}, red)}, {step(FloodFilter{{0, 0, 1, 0.5f}}), step(MergeFilter{}, {source, result(0)})});
        QVERIFY(close(pixel(image, 3, 3), {127, 0, 128, 255}, 1));
    }
    void tilesRepeatTheirInputsArea()
    {
        const Image image =
            filtered({box({0, 0, 64, 64}, red)}, {step(FloodFilter{green}, {}, Rect{5, 5, 10, 10}),
                                                  step(OffsetFilter{{4, 4}}, {result(0)}), step(TileFilter{}, {result(1)})});
        for (const int at : {0, 10, 40}) { // periods of 10; the offset has left 6 of each
            QCOMPARE(pixel(image, at + 9, at + 9), (Rgba{0, 255, 0, 255}));
            QCOMPARE(pixel(image, at + 14, at + 14), (Rgba{0, 255, 0, 255}));
            QCOMPARE(pixel(image, at + 8, at + 9), (Rgba{0, 0, 0, 0}));
        }
    }
    void shadowsLieBelow()
    {
        const Image image = filtered({box({20, 20, 10, 10}, red)}, {step(DropShadowFilter{{5, 5}, 0, 0, {0, 0, 1, 0.5f}}, {source})});
        QCOMPARE(pixel(image, 29, 29), (Rgba{255, 0, 0, 255}));
        QVERIFY(close(pixel(image, 34, 34), {0, 0, 128, 128}, 1));
        QCOMPARE(pixel(image, 35, 34), (Rgba{0, 0, 0, 0}));
    }
    void imagesFitTheArea()
    {
        auto pixels = std::make_shared<Image>(Image::blank(2, 1));
        pixels->pixels = {255, 0, 0, 255, 0, 0, 255, 255};
        const ContentHash hash{std::string(64, 'b')};
        const auto shown = [&](ImageFit fit) {
            return draw(layer({}, {filterEffect({step(ImageFilter{hash, {}, fit}, {}, Rect{8, 8, 40, 40})})}, {},
                              {{hash, {}, pixels, nullptr}}));
        };
        QCOMPARE(pixel(shown(ImageFit::stretch), 9, 9), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(shown(ImageFit::stretch), 46, 46), (Rgba{0, 0, 255, 255}));
        QCOMPARE(pixel(shown(ImageFit::fit), 9, 9), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(shown(ImageFit::fit), 9, 28), (Rgba{255, 0, 0, 255}));
        QVERIFY(pixel(draw(layer({}, {filterEffect({step(ImageFilter{hash})})})), 9, 28) == (Rgba{0, 0, 0, 0}));
    }
    void otherNodesShowFromTheAreasCorner()
    {
        DisplayList content;
        content.items = {box({2, 3, 10, 10}, green)};
        const NodeId node{"shown"};
        const Image image = draw(layer({}, {filterEffect({step(ImageFilter{{}, node}, {}, Rect{8, 8, 40, 40})})}, {},
                                       {{{}, node, nullptr, std::make_shared<const DisplayList>(content)}}));
        QCOMPARE(pixel(image, 10, 11), (Rgba{0, 255, 0, 255}));
        QCOMPARE(pixel(image, 9, 11), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(image, 19, 20), (Rgba{0, 255, 0, 255}));
    }
    void linearLightMixesBrighter()
    {
        FilterPrimitive merge = step(MergeFilter{}, {source, result(0)});
        const auto middle = [&](bool linear) {
            merge.linear = linear;
            return pixel(filtered({box({0, 0, 64, 64}, white)}, {step(FloodFilter{{0, 0, 0, 0.5f}}), merge}), 3, 3)[0];
        };
        QVERIFY(std::abs(middle(false) - 127) <= 1);
        QVERIFY(std::abs(middle(true) - 187) <= 1); // the curve of 0.5
    }
    void lengthsGrowWithTheScaleOfEachAxis()
    {
        const Transform twiceAsWide = Transform::scaling(2, 1);
        const Image image = draw(layer({box({0, 0, 5, 5}, red, twiceAsWide)},
                                       {filterEffect({step(OffsetFilter{{10, 10}}, {source})}, {0, 0, 32, 64})}, twiceAsWide));
        QCOMPARE(pixel(image, 20, 10), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(image, 29, 14), (Rgba{255, 0, 0, 255}));
        QCOMPARE(pixel(image, 19, 10), (Rgba{0, 0, 0, 0}));
    }
    void missingInputsAreTransparent()
    {
        const FilterInput nothing{FilterInput::From::nothing, 0};
        const Image image =
            filtered({box({0, 0, 64, 64}, red)}, {step(BlurFilter{2, 2}, {nothing}), step(TileFilter{}, {nothing}),
                                                  step(MergeFilter{}, {result(0), result(1), nothing})});
        QCOMPARE(pixel(image, 30, 30), (Rgba{0, 0, 0, 0}));
        QCOMPARE(pixel(filtered({box({0, 0, 64, 64}, red)}, {step(MergeFilter{})}), 30, 30), (Rgba{0, 0, 0, 0}));
    }
};

QTEST_GUILESS_MAIN(FilterTest)
#include "filter_test.moc"
